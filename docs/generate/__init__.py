"""Pages that are written from the program itself: run `python -m docs.generate` after a change of it.

The language reference comes from the grammar and the function table; manual pages and completion scripts come from the
commands; the exit codes of the page on the command line and the manual pages from their enum; the map of the code and
its picture from the list of floors and the docstrings; the Python API from the public names. A test compares what is
committed with what is written now.
"""
