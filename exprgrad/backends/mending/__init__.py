"""Rows whose derivatives lost digits on the way, as a number left the range of floats: found, and computed again."""
