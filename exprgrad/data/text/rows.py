"""Where the rows of a text end: a newline inside a quoted field ends none.

Quotes as pyarrow reads them (RFC 4180): a quote opens a field only as its first character, two quotes
within stand for one, and after the closing quote, or inside a field that began without, a quote is a
character like any other.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

Text = bytes | bytearray | memoryview

_QUOTE = ord('"')


def last_end(text: bytearray, size: int, delimiter: str | None) -> int:
    """The offset just after the last row that is whole, 0 if none is; `text` starts with a row.

    Only the first `size` bytes count. Without a delimiter no character is a quote (NDJSON).
    """
    if delimiter is None:
        return text.rfind(b"\n", 0, size) + 1
    end = _last_newline(text, size, size)
    spans = _quoted(text, size, delimiter)
    if spans is None:
        return end
    starts, ends = spans
    while end > 0:
        span = int(np.searchsorted(starts, end - 1)) - 1
        if span < 0 or ends[span] < end - 1:
            return end
        end = _last_newline(text, int(starts[span]), size)
    return 0


def first_end(text: Text, delimiter: str | None, rows: int = 1) -> int:
    """The offset just after the first `rows` rows, 0 if they are not whole. Blank lines before a row go with it."""
    pattern, end = _row(delimiter), 0
    for _ in range(rows):
        found = pattern.match(text, end)
        if found is None:
            return 0
        end = found.end()
    return end


@cache
def _row(delimiter: str | None) -> re.Pattern[bytes]:
    if delimiter is None:
        return re.compile(rb"\s*+[^\n]*+\n")
    comma = re.escape(delimiter.encode())
    field = rb'(?:"(?:[^"]++|"")*+"|(?!"))[^%s\r\n]*+' % comma
    return re.compile(rb"[\r\n]*+%s(?:%s%s)*+(?:\r\n?|\n)" % (field, comma, field))


def _last_newline(text: bytearray, stop: int, size: int) -> int:
    """The offset after the last "\\n" or "\\r" before `stop`; a "\\r" at the very end may be half of "\\r\\n" and does
    not count."""
    end = text.rfind(b"\n", 0, stop) + 1
    return text.rfind(b"\r", end, min(stop, size - 1)) + 1 or end


def _quoted(text: bytearray, size: int, delimiter: str) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """The first and last offsets of what is in quotes, None if nothing is; what stays open ends at `size`."""
    if text.find(b'"', 0, size) < 0:
        return None
    characters = np.frombuffer(text, np.uint8, size)
    quotes = np.flatnonzero(characters == _QUOTE)
    starts = quotes[::2]
    # Before an opening quote stands a separator, or the closing one of which it makes a pair.
    before = characters[starts[starts > 0] - 1]
    openers = np.array([ord(delimiter), ord("\n"), ord("\r"), _QUOTE], np.uint8)
    if not np.isin(before, openers).all():
        return _walked(characters, quotes, openers[:3])
    ends = np.append(quotes[1::2], np.full(len(starts) - len(quotes) // 2, size))
    return starts, ends


def _walked(
    characters: NDArray[np.uint8], quotes: NDArray[np.int64], openers: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The same, quote by quote, for a text with quotes in the middle of fields."""
    starts: list[int] = []
    ends: list[int] = []
    separators = set(openers.tolist())
    places: list[int] = quotes.tolist()
    index = 0
    while index < len(places):
        place = places[index]
        index += 1
        if place and int(characters[place - 1]) not in separators:
            continue
        starts.append(place)
        while index + 1 < len(places) and places[index + 1] == places[index] + 1:
            index += 2
        ends.append(places[index] if index < len(places) else len(characters))
        index += 1
    return np.array(starts, np.int64), np.array(ends, np.int64)
