"""How each language writes operations, functions and whole files. `languages.py` has a row for each."""
