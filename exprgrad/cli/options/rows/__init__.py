"""Rows of data that a command writes beside a result."""
