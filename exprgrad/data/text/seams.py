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

After E. Stehle and H.-A. Jacobsen, ParPaRaw: Massively Parallel Parsing of Delimiter-Separated Raw Data, VLDB 2020.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exprgrad.data.text.rows import first_end

OUTSIDE, INSIDE, CLOSED = range(3)
"""The states: outside or inside of quotes, or just after a quote which closes them if no other quote follows it."""

_STATES = 3
_ALL = np.array(list(np.ndindex(_STATES, _STATES, _STATES)), np.uint8)
"""All functions from states to states: their values [function, state]."""
_PLACES = np.array([9, 3, 1], np.uint8)
"""The number of a function has its values as digits, to the base 3."""
_THEN = (_ALL[:, _ALL] @ _PLACES).T.copy()
"""The number of the function that does one, then another [first, second]."""
_PLAIN, _SEPARATOR, _QUOTE = (np.array(values, np.uint8) @ _PLACES for values in ([0, 2, 0], [1, 2, 1], [0, 2, 1]))
"""What a quote does to the state: after any other character, after a separator, and after a quote."""
_SAME = np.array([0, 1, 2], np.uint8) @ _PLACES

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


EMPTY = Seam(0, (OUTSIDE, INSIDE, CLOSED), (None, None, None))


def seam(text: bytearray, delimiter: str | None) -> Seam:
    """The seam of all bytes but the first, which is the one before them. Without a delimiter no character is a quote
    (NDJSON)."""
    size = len(text) - 1
    if delimiter is None:
        row = text.find(b"\n", 0, size)
        return Seam(size, EMPTY.left, (row if row >= 0 else None,) * _STATES)
    comma = delimiter.encode()
    before = text[:1]
    plain = 0 if before in b"\r\n" else _row(text, comma if before == comma else b"x", delimiter)
    if text.find(b'"', 1) < 0:
        return Seam(size, (OUTSIDE, INSIDE, OUTSIDE), (plain, None, plain))
    return Seam(size, _left(text, comma), (plain, _row(text, b'"', delimiter), _row(text, b'""', delimiter)))


def _row(text: bytearray, before: bytes, delimiter: str) -> int | None:
    """Where the first row begins, if `before` stands before the bytes."""
    for size in (_WINDOW, len(text)):
        if end := first_end(before + text[1:size], delimiter):
            place = end - len(before)
            return place if place < len(text) - 1 else None
    return None


def _left(text: bytearray, comma: bytes) -> tuple[int, ...]:
    """The states in which the bytes are left, by those in which they are entered."""
    characters = np.frombuffer(text, np.uint8)
    after = np.full(256, _PLAIN, np.uint8)
    after[list(comma + b"\r\n")] = _SEPARATOR
    after[ord('"')] = _QUOTE
    functions = after[characters[np.flatnonzero(characters[1:] == ord('"'))]]
    while len(functions) > 1:
        if len(functions) % 2:
            functions = np.append(functions, _SAME)
        functions = _THEN[functions[::2], functions[1::2]]
    closed = CLOSED if text.endswith(b'"') else OUTSIDE
    return tuple(closed if state == CLOSED else int(state) for state in _ALL[functions[0]])
