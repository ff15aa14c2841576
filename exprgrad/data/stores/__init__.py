"""Where bytes come from: files, pipes, URLs.

`opening.open_source` gives a byte source for a path. `schemes` knows which store has the files of a URL, `compression`
how a file is decompressed.
"""
