"""Where the rows of a text end: a newline inside a quoted field ends none.

Quotes as pyarrow reads them (RFC 4180): a quote opens a field only as its first character, two quotes
within stand for one, and after the closing quote, or inside a field that began without, a quote is a
character like any other. Between blanks a field begins after any blank. What is in a comment is no quote.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from exprgrad.data.text.comments import comments, pattern
from exprgrad.data.text.dialect import BLANKS

Text = bytes | bytearray | memoryview
Spans = tuple[NDArray[np.int64], NDArray[np.int64]]
"""The first offsets of some spans of a text, and the last ones."""

_QUOTE = ord('"')
_WINDOW = 1 << 17
"""Bytes that are looked at together, in the cache."""


def last_end(text: bytearray, size: int, delimiter: str | None, comment: str = "") -> int:
    """The offset just after the last row that is whole, 0 if none is; `text` starts with a row.

    Only the first `size` bytes count. Without a delimiter no character is a quote (NDJSON).
    """
    if delimiter is None:
        return text.rfind(b"\n", 0, size) + 1
    end = _last_newline(text, size, size)
    if text.find(b'"', 0, size) < 0:
        return end
    spans, _ = marked(text, size, delimiter, comment)
    if spans is None:
        return end
    starts, ends = spans
    while end > 0:
        span = int(np.searchsorted(starts, end - 1)) - 1
        if span < 0 or ends[span] < end - 1:
            return end
        end = _last_newline(text, int(starts[span]), size)
    return 0


def first_end(text: Text, delimiter: str | None, rows: int = 1, comment: str = "") -> int:
    """The offset just after the first `rows` rows, 0 if they are not whole. Blank lines and comments before a row go
    with it."""
    row, end = _row(delimiter, comment), 0
    for _ in range(rows):
        found = row.match(text, end)
        if found is None:
            return 0
        end = found.end()
    return end


@cache
def _row(delimiter: str | None, comment: str) -> re.Pattern[bytes]:
    if delimiter is None:
        return re.compile(rb"\s*+[^\n]*+\n")
    before = rb"[ \t]*+[\r\n]" if delimiter != "\t" else rb" *+[\r\n]"
    if comment:
        before = rb"%s|%s[^\r\n]*+(?:\r\n?|\n)" % (before, pattern(comment, delimiter))
    ends = rb" \t" if delimiter == BLANKS else re.escape(delimiter.encode())
    apart = rb"[ \t]++" if delimiter == BLANKS else ends
    field = rb'(?:"(?:[^"]++|"")*+"|(?!"))[^%s\r\n]*+' % ends
    around = rb"[ \t]*+" if delimiter == BLANKS else b""
    return re.compile(rb"(?:%s)*+%s%s(?:%s%s)*+(?:\r\n?|\n)" % (before, around, field, apart, field))


def _last_newline(text: bytearray, stop: int, size: int) -> int:
    """The offset after the last "\n" or "\r" before `stop`; a "\r" at the very end may be half of "\r\n" and does
    not count."""
    end = text.rfind(b"\n", 0, stop) + 1
    return text.rfind(b"\r", end, min(stop, size - 1)) + 1 or end


def openers(delimiter: str) -> bytes:
    """The bytes after which a quote opens a field."""
    return (b" \t" if delimiter == BLANKS else delimiter.encode()) + b"\r\n"


def marked(text: Text, size: int, delimiter: str, comment: str) -> tuple[Spans | None, NDArray[np.int64]]:
    """What is in quotes, None if nothing is (what stays open ends at `size`), and where the comments begin; `text`
    starts with a row."""
    lines = comments(text, size, delimiter, comment)
    characters = np.frombuffer(text, np.uint8, size)
    quotes = np.flatnonzero(characters == _QUOTE)
    if not len(quotes):
        return None, lines
    if not len(lines):
        return _spans(characters, quotes, delimiter), lines
    # Let them all be comments. If then none begins in quotes, each is one: what is before it is as it is.
    ends = line_ends(characters, lines)
    line = np.searchsorted(lines, quotes, "right") - 1
    spans = _spans(characters, quotes[(line < 0) | (quotes >= ends[line])], delimiter)
    starts, lasts = spans
    span = np.searchsorted(starts, lines) - 1
    if not len(starts) or not ((span >= 0) & (lasts[span] >= lines)).any():
        return spans, lines
    return _walked(characters, quotes, delimiter, lines, ends)


def line_ends(characters: NDArray[np.uint8], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The offsets of the "\n" or "\r" that end the lines, or of the end of the text."""
    newlines = np.append(np.flatnonzero((characters == 10) | (characters == 13)), len(characters))
    found: NDArray[np.int64] = newlines[np.searchsorted(newlines, starts)]
    return found


def line_starts(characters: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The offsets at which lines begin: with the text, and after each "\n" or "\r"."""
    before = characters[:-1]
    found = [np.zeros(min(len(characters), 1), np.int64)]
    for start in range(0, len(before), _WINDOW):
        window = before[start : start + _WINDOW]
        found.append(np.flatnonzero((window == 10) | (window == 13)) + (start + 1))
    return np.concatenate(found)


def past(characters: NDArray[np.uint8], places: NDArray[np.int64], skipped: bytes) -> NDArray[np.int64]:
    """The offsets of the first bytes, from each of these places on, that are none of the `skipped`; the end of the text
    where there is none."""
    is_skipped = np.zeros(256, np.bool_)
    is_skipped[list(skipped)] = True
    found = places.copy()
    going = np.flatnonzero(is_skipped[characters[found]])
    while len(going):
        found[going] += 1
        going = going[found[going] < len(characters)]
        going = going[is_skipped[characters[found[going]]]]
    return found


def _spans(characters: NDArray[np.uint8], quotes: NDArray[np.int64], delimiter: str) -> Spans:
    starts = quotes[::2]
    # Before an opening quote stands a separator, or the closing one of which it makes a pair.
    before = characters[starts[starts > 0] - 1]
    if not np.isin(before, np.frombuffer(openers(delimiter) + b'"', np.uint8)).all():
        nothing = np.empty(0, np.int64)
        return _walked(characters, quotes, delimiter, nothing, nothing)[0]
    ends = np.append(quotes[1::2], np.full(len(starts) - len(quotes) // 2, len(characters)))
    return starts, ends


def _walked(
    characters: NDArray[np.uint8],
    quotes: NDArray[np.int64],
    delimiter: str,
    lines: NDArray[np.int64],
    line_ends: NDArray[np.int64],
) -> tuple[Spans, NDArray[np.int64]]:
    """The same, quote by quote, for a text with quotes in the middle of fields, or what looks like comments in them."""
    starts: list[int] = []
    ends: list[int] = []
    comments: list[int] = []
    separators = set(openers(delimiter))
    places: list[int] = quotes.tolist()
    waiting = list(zip(lines.tolist(), line_ends.tolist(), strict=True))[::-1]
    index = 0
    while index < len(places):
        place = places[index]
        while waiting and waiting[-1][0] <= (ends[-1] if ends else -1):
            waiting.pop()  # it begins in quotes
        if waiting and waiting[-1][0] < place:
            start, end = waiting.pop()
            comments.append(start)
            while index < len(places) and places[index] < end:
                index += 1
            continue
        index += 1
        if place and int(characters[place - 1]) not in separators:
            continue
        starts.append(place)
        while index + 1 < len(places) and places[index + 1] == places[index] + 1:
            index += 2
        ends.append(places[index] if index < len(places) else len(characters))
        index += 1
    comments += [start for start, _ in waiting[::-1] if start > (ends[-1] if ends else -1)]
    return (np.array(starts, np.int64), np.array(ends, np.int64)), np.array(comments, np.int64)
