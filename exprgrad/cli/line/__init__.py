"""The parsing of a command line: the expression first, then an option for each of its variables."""
