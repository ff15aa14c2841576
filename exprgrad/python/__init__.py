"""The functions of Python: one for each command, with the same options."""
