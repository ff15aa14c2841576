"""The parts of a table that can be loaded apart, on any machine that sees the files."""
