"""The languages themselves: how each writes operations, functions and whole files. Each has a row in `languages.py`."""
