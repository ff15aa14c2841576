"""A graph's operations as LLVM instructions."""
