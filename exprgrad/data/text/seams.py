"""Where rows begin in a stretch of a text, when quotes may have been opened before it.

A stretch is a function of states: it says, for each in which it may be entered, in which it is left. The functions
of neighbours compose, so stretches can be looked at apart, by several machines; and each quote is such a function,
too. After E. Stehle and H.-A. Jacobsen, ParPaRaw: Massively Parallel Parsing of Delimiter-Separated Raw Data,
VLDB 2020.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exprgrad.data.text.rows import first_end

OUTSIDE, INSIDE, CLOSED = range(3)
"""Of quotes, or just after one that closes them, if no other follows: two stand for one."""

_STATES = 3
_ALL = np.array(list(np.ndindex(_STATES, _STATES, _STATES)), np.uint8)
"""All functions of states: their values [function, state]."""
_PLACES = np.array([9, 3, 1], np.uint8)
"""A function's number is that of its values as digits."""
_THEN = (_ALL[:, _ALL] @ _PLACES).T.copy()
"""The function that does one, then another."""
_PLAIN, _SEPARATOR, _QUOTE = (np.array(values, np.uint8) @ _PLACES for values in ([0, 2, 0], [1, 2, 1], [0, 2, 1]))
"""What a quote does after any other character, after a separator, after a quote."""
_SAME = np.array([0, 1, 2], np.uint8) @ _PLACES

_WINDOW = 1 << 16
"""Bytes within which a row most likely ends."""


class Seam(NamedTuple):
    """What a stretch of a text shows, by the state in which it is entered."""

    size: int
    """Its bytes."""
    left: tuple[int, ...]
    """In which state it is left."""
    row: tuple[int | None, ...]
    """Where the first row begins; None if none does."""

    def then(self, other: Seam) -> Seam:
        """What it shows with the stretch after it."""
        row = list(self.row)
        for state, left in enumerate(self.left):
            after = other.row[left]
            if row[state] is None and after is not None:
                row[state] = self.size + after
        return Seam(self.size + other.size, tuple(other.left[state] for state in self.left), tuple(row))


EMPTY = Seam(0, (OUTSIDE, INSIDE, CLOSED), (None, None, None))


def seam(text: bytearray, delimiter: str | None) -> Seam:
    """The first byte is the one before the stretch. Without a delimiter there are no quotes to heed (NDJSON)."""
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
    """Where the first row begins after what stands before the stretch."""
    for size in (_WINDOW, len(text)):
        if end := first_end(before + text[1:size], delimiter):
            place = end - len(before)
            return place if place < len(text) - 1 else None
    return None


def _left(text: bytearray, comma: bytes) -> tuple[int, ...]:
    """The states after a stretch, by those before it."""
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
