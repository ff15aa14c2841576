"""Where rows begin in some bytes of a text, when a quote may have been opened before them.

At any byte a reader of a CSV is in one of three states: outside of quotes, inside, or just after a quote that closes
them unless another quote follows. Nobody knows the state at the first byte of a part before all bytes before it are
read. But a part can say, for each state in which it may be entered, in which state it is left and where its first row
begins: that is its seam. Seams compose, so parts can be looked at apart, by several machines, and each quote is a small
seam, too. For example, the bytes `b⏎c",d⏎e` (⏎ is a newline) have this seam:

    entered        left       first row begins
    outside        outside    at `c`: the first ⏎ ends a row; the quote is within a field, a character like others
    inside         outside    at `e`: the first ⏎ is in the quotes, which the quote closes; the second ends the row
    just closed    outside    at `c`: a `b` follows, so the quotes are closed

The bytes `x,"y` are entered outside and left inside, so both together, entered outside, have their first row at `e`.

Where a dialect has comments there is a fourth state: in a comment no quote counts. A comment begins with the end of the
line before it, so this end's part looks a little ahead.

After E. Stehle and H.-A. Jacobsen, ParPaRaw: Massively Parallel Parsing of Delimiter-Separated Raw Data, VLDB 2020.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprgrad.data.text.comments import comments
from exprgrad.data.text.rows import first_end, line_ends, openers

OUTSIDE, INSIDE, CLOSED, COMMENT = range(4)
"""The states: outside or inside of quotes, just after a quote which closes them if no other quote follows it, or in a
comment."""

_STATES = 4
_ALL = np.array(list(np.ndindex(*[_STATES] * _STATES)), np.uint8)
"""All functions from states to states: their values [function, state]."""
_PLACES = np.array([64, 16, 4, 1], np.uint8)
"""The number of a function has its values as digits, to the base 4."""
_THEN = (_ALL[:, _ALL] @ _PLACES).T.copy()
"""The number of the function that does one, then another [first, second]."""


def _function(*values: int) -> int:
    return int(np.array(values, np.uint8) @ _PLACES)


_PLAIN, _SEPARATOR, _QUOTE = _function(0, 2, 0, 3), _function(1, 2, 1, 3), _function(0, 2, 1, 3)
"""What a quote does to the state: after any other character, after a separator, and after a quote."""
_BEGINS, _ENDS = _function(3, 1, 3, 3), _function(0, 1, 0, 0)
"""What the end of a line does: before a comment, and after one."""
_SAME = _function(0, 1, 2, 3)

_END = re.compile(rb"[\r\n]")

_WINDOW = 1 << 16
"""Bytes within which a row most likely ends."""


class Seam(NamedTuple):
    """What some bytes of a text show, by the state in which they are entered."""

    size: int
    """How many bytes there are."""
    left: tuple[int, ...]
    """The state in which they are left."""
    row: tuple[int | None, ...]
    """Where the first row begins, from their first byte; None if none does."""

    def then(self, other: Seam) -> Seam:
        """The seam of these bytes and those of another seam after them."""
        row = list(self.row)
        for state, left in enumerate(self.left):
            after = other.row[left]
            if row[state] is None and after is not None:
                row[state] = self.size + after
        return Seam(self.size + other.size, tuple(other.left[state] for state in self.left), tuple(row))


EMPTY = Seam(0, (OUTSIDE, INSIDE, CLOSED, COMMENT), (None,) * _STATES)


def seam(text: bytearray, delimiter: str | None, comment: str = "", ahead: bytes = b"", first: bool = False) -> Seam:
    """The seam of all bytes but the first, which is the one before them. Without a delimiter no character is a quote
    (NDJSON). `ahead` are some bytes after them; `first` says that no other part has the start of their first line."""
    size = len(text) - 1
    if delimiter is None:
        row = text.find(b"\n", 0, size)
        return Seam(size, EMPTY.left, (row if row >= 0 else None,) * _STATES)
    between = openers(delimiter)
    before = bytes(text[:1])
    plain: int | None = 0
    if before not in b"\r\n":
        plain = _row(text, b"x" + before if before in between else b"x", delimiter)
    line = _line(text)
    if not comment and text.find(b'"', 1) < 0:
        return Seam(size, (OUTSIDE, INSIDE, OUTSIDE, COMMENT), (plain, None, plain, None))
    rows = (plain, _row(text, b'"', delimiter), _row(text, b'""', delimiter), line)
    return Seam(size, _left(text, between, delimiter, comment, ahead, first), rows)


def _row(text: bytearray, before: bytes, delimiter: str) -> int | None:
    """Where the first row begins, if `before` stands before the bytes."""
    for size in (_WINDOW, len(text)):
        if end := first_end(before + text[1:size], delimiter):
            place = end - len(before)
            return place if place < len(text) - 1 else None
    return None


def _line(text: bytearray) -> int | None:
    """Where the first line begins."""
    end = _END.search(text, 1)
    return end.start() if end and end.end() < len(text) else None


def _left(text: bytearray, between: bytes, delimiter: str, comment: str, ahead: bytes, first: bool) -> tuple[int, ...]:
    """The states in which the bytes are left, by those in which they are entered."""
    characters = np.frombuffer(text, np.uint8)
    after = np.full(256, _PLAIN, np.uint8)
    after[list(between)] = _SEPARATOR
    after[ord('"')] = _QUOTE
    quotes = np.flatnonzero(characters[1:] == ord('"'))
    functions = after[characters[quotes]]
    if comment:
        begins, ends = _comments(text, delimiter, comment, ahead, first)
        # At the end of a line a comment ends first, then one begins.
        places = np.concatenate([3 * (quotes + 1), 3 * ends + 1, 3 * begins + 2])
        every = [functions, np.full(len(ends), _ENDS, np.uint8), np.full(len(begins), _BEGINS, np.uint8)]
        functions = np.concatenate(every)[np.argsort(places)]
    if not len(functions):
        functions = np.array([_SAME], np.uint8)
    while len(functions) > 1:
        if len(functions) % 2:
            functions = np.append(functions, np.uint8(_SAME))
        functions = _THEN[functions[::2], functions[1::2]]
    closed = CLOSED if text.endswith(b'"') else OUTSIDE
    return tuple(closed if state == CLOSED else int(state) for state in _ALL[functions[0]])


def _comments(
    text: bytearray, delimiter: str, comment: str, ahead: bytes, first: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The offsets of line ends after which a comment begins, and at which one ends that may have begun before."""
    whole = text + ahead
    begins = comments(whole, len(whole), delimiter, comment) - 1
    begins = begins[(begins >= (0 if first else 1)) & (begins < len(text))]
    ends = line_ends(np.frombuffer(text, np.uint8), np.append(1, begins + 1))
    return begins, np.unique(ends[ends < len(text)])
