"""A stage, which is one pass over the rows, as compiled code: its kernel, its lanes, and the threads that share it."""
