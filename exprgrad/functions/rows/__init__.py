"""The rows of the function table, by kind."""
