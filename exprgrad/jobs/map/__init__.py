"""New columns, row by row."""
