"""Which lines of a delimited text are comments, as far as a line alone can tell: inside quotes none is.

A comment begins with the mark of the dialect, perhaps after blanks. The words that spreadsheets write where a cell went
wrong begin with one of the marks, too: `#N/A;3` is a row.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from exprgrad.data.text.words import ERRORS

INDENT = 255
"""Blanks before the mark at the most."""

AHEAD = INDENT + 32
"""Bytes after the start of a line that tell whether it is a comment, for any mark of a few characters."""


def pattern(comment: str, delimiter: str) -> bytes:
    """A regular expression of how a comment begins, from the start of its line."""
    mark = re.escape(comment.encode())
    words = [word.encode()[len(comment.encode()) :] for word in ERRORS if word.startswith(comment)]
    ends = b"[%s\\r\\n]|\\Z" % (b" \\t" if delimiter == " " else b"\\t " + re.escape(delimiter.encode()))
    rows = b"(?!(?:%s)(?:%s))" % (b"|".join(map(re.escape, words)), ends) if words else b""
    return rb"[ \t]{0,%d}+%s%s" % (INDENT, mark, rows)


@cache
def _begins(comment: str, delimiter: str) -> re.Pattern[bytes]:
    return re.compile(pattern(comment, delimiter))


def comments(text: bytes | bytearray | memoryview, size: int, delimiter: str, comment: str) -> NDArray[np.int64]:
    """The offsets of lines that look like comments: each begins after a "\\n" or "\\r", or with the text."""
    mark = comment.encode()
    nothing = np.empty(0, np.int64)
    if not comment or (isinstance(text, bytearray) and text.find(mark, 0, size) < 0):
        return nothing
    characters = np.frombuffer(text, np.uint8, size)
    places = np.flatnonzero(characters == mark[0])
    for after, character in enumerate(mark[1:], 1):
        places = places[places + after < size]
        places = places[characters[places + after] == character]
    starts = _line_starts(characters, places)
    places, starts = places[starts >= 0], starts[starts >= 0]
    following = characters[np.minimum(places + len(mark), size - 1)]
    doubtful = np.isin(following, _second_letters(comment))
    begins = _begins(comment, delimiter)
    rows = [start for start in starts[doubtful].tolist() if not begins.match(text, start, min(size, start + AHEAD))]
    return np.setdiff1d(starts, rows) if rows else starts


@cache
def _second_letters(comment: str) -> NDArray[np.uint8]:
    """What may follow the mark in a row, as the words for errors have it."""
    words = [word.encode()[len(comment.encode()) :] for word in ERRORS if word.startswith(comment)]
    return np.array(sorted({word[0] for word in words if word}), np.uint8)


def _line_starts(characters: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where the lines begin in which only blanks are before these places; -1 for the others."""
    found = np.full(len(places), -1, np.int64)
    waiting = np.arange(len(places))
    at = places.copy()
    for _ in range(INDENT + 1):
        found[waiting[at == 0]] = 0
        waiting, at = waiting[at > 0], at[at > 0]
        before = characters[at - 1]
        ends = (before == 10) | (before == 13)
        found[waiting[ends]] = at[ends]
        blank = (before == 32) | (before == 9)
        waiting, at = waiting[blank], at[blank] - 1
        if not len(waiting):
            break
    return found
