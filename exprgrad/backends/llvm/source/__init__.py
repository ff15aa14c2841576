"""The Python of the careful algorithms, translated to scalar LLVM code."""
