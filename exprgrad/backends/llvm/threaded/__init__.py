"""A stage as threaded code, for graphs too large to compile as one kernel."""
