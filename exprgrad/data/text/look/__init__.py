"""A look at the first lines of a text: which encoding, delimiter, decimal mark and comments they show."""
