"""How a delimited text is written, worked out from its first bytes."""

from __future__ import annotations

import csv
import io

from exprgrad.data.read_options import ReadOptions
from exprgrad.data.stores.bytesource import ByteSource
from exprgrad.data.text.dialect import Dialect, Layout
from exprgrad.data.text.rows import first_end
from exprgrad.errors import DataError, LimitError
from exprgrad.text.escapes import visible

_BOM = b"\xef\xbb\xbf"
_LONGEST_HEADER = 16 << 20
MOST = 200_000
"""Columns: pyarrow takes 2 kB for each as it looks for the fields."""


def worked_out(source: ByteSource, options: ReadOptions, usual: str) -> Layout:
    """The layout of a text: what the options say, and what the first bytes show. `usual` is the delimiter that the
    name of the file tells."""
    size = 1 << 16
    while True:
        text = source.peek(size)
        skip = len(_BOM) if text.startswith(_BOM) else 0
        skip += len(text[skip:]) - len(text[skip:].lstrip(b"\r\n"))
        end = first_end(text[skip:], usual)
        if end or len(text) < size:
            break
        if size >= _LONGEST_HEADER:
            raise DataError(f"{visible(source.name)}: the header line is longer than {_LONGEST_HEADER >> 20} MB")
        size *= 4
    end = skip + end if end else len(text)
    try:
        line = text[skip:end].decode("utf-8")
    except UnicodeDecodeError:
        raise DataError(f"{visible(source.name)}: the header is not UTF-8 text") from None
    if not line.strip():
        raise DataError(f"{visible(source.name)} has no header line")
    if "\0" in line:
        raise DataError(f"{visible(source.name)} is not a text file: its first line holds a null byte")
    try:
        fields = next(csv.reader(io.StringIO(line, newline=""), delimiter=usual))
    except csv.Error as error:
        raise DataError(f"{visible(source.name)}: the header line cannot be read: {error}") from None
    if len(fields) > MOST:
        raise LimitError(f"{visible(source.name)} has {len(fields):,} columns, and {MOST:,} are the most")
    return Layout(Dialect(usual), tuple(fields), end)
