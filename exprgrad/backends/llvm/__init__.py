"""The compiled backend: a graph as a kernel over columns of float64, through LLVM."""
