"""Delimited text and lines: where rows begin and end, and parts of a file that can be read apart."""
