"""Pages that are written from the program itself: run `python -m docs.generate` after a change of it.

The language reference comes from the grammar and the function table, manual pages and completion scripts
from the commands. A test compares what is committed with what is written now.
"""
