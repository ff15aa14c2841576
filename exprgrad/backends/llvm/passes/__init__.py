"""One pass over the rows as a kernel, and the threads that share it."""
