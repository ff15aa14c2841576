"""The value of an expression and its derivatives, at a point or over columns."""
