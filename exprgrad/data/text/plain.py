"""Rows of any dialect as rows of the plain kind that pyarrow reads: UTF-8, one character between fields, no comments.

For example, between blanks, where ␣ is a blank, →  a tab, ⏎ the end of a line:

    ␣␣1␣␣"a␣␣b"→2␣⏎# half way⏎3␣4␣5⏎        becomes        1␣"a␣␣b"␣2⏎⏎⏎3␣4␣5⏎

What goes from the middle of a line is cut out. A comment becomes empty lines, which are no rows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exprgrad.data.stores.transcoding import UTF8, encoding_named, is_bytewise
from exprgrad.data.text.dialect import BLANKS, Dialect
from exprgrad.data.text.rows import Spans, line_ends, marked

_WINDOW = 1 << 17
"""Bytes that are looked at together, in the cache."""
_TAB, _NEWLINE, _RETURN, _BLANK = b"\t\n\r "

Bytes = NDArray[np.uint8]


class Plain:
    """Turns rows of a dialect into plain ones."""

    def __init__(self, dialect: Dialect) -> None:
        self._delimiter = dialect.delimiter
        self._comment = dialect.comment
        self._trailing = dialect.trailing and dialect.delimiter != BLANKS
        encoding = encoding_named(dialect.encoding)
        self._encoding = encoding if is_bytewise(encoding) else UTF8
        self._as_they_are = not (self._comment or self._trailing or dialect.delimiter == BLANKS)

    def rows(self, rows: memoryview) -> memoryview:
        """The same rows, in the same order; `rows` are whole ones."""
        text = rows if self._as_they_are else self._cleared(np.frombuffer(rows, np.uint8)).data
        if self._encoding == UTF8 or not len(text) or np.frombuffer(text, np.uint8).max() < 128:
            return text
        # What is no character stays a byte that is not UTF-8 either.
        return memoryview(bytes(text).decode(self._encoding, "surrogateescape").encode(UTF8, "surrogateescape"))

    def _cleared(self, text: Bytes) -> Bytes:
        spans, comments = marked(text.data, len(text), self._delimiter, self._comment)
        if len(comments):
            text = _emptied(text, comments)
        if self._trailing:
            text = _without_trailing(text, ord(self._delimiter), spans)
        return _between_single_blanks(text, spans) if self._delimiter == BLANKS else text


def _emptied(text: Bytes, comments: NDArray[np.int64]) -> Bytes:
    """The text with line ends in place of the lines that begin at these offsets."""
    sizes = line_ends(text, comments) - comments
    places = np.repeat(comments - np.append(0, np.cumsum(sizes)[:-1]), sizes) + np.arange(sizes.sum())
    text = text.copy()
    text[places] = _NEWLINE
    return text


def _without_trailing(text: Bytes, delimiter: int, spans: Spans | None) -> Bytes:
    """The text without the delimiters that end lines."""
    ends = np.append(np.flatnonzero((text == _NEWLINE) | (text == _RETURN)), len(text))
    last = ends[ends > 0] - 1
    last = _outside(last[text[last] == delimiter], spans)
    if not len(last):
        return text
    # An empty line more is none; a line that would be empty holds a blank, an empty field.
    before = np.where(last > 0, text[last - 1], _NEWLINE)
    text = text.copy()
    text[last] = np.where((before == _NEWLINE) | (before == _RETURN), _BLANK, _NEWLINE)
    return text


def _outside(places: NDArray[np.int64], spans: Spans | None) -> NDArray[np.int64]:
    """The places that are not in quotes."""
    if spans is None or not len(spans[0]):
        return places
    starts, ends = spans
    span = np.searchsorted(starts, places, "right") - 1
    return places[(span < 0) | (places > ends[span])]


def _between_single_blanks(text: Bytes, spans: Spans | None) -> Bytes:
    """The text with one blank for each run of blanks and tabs within a line, and none at its ends."""
    found = np.empty(len(text), np.uint8)
    end = start = 0
    while start < len(text):
        stop = _line_end(text, start)
        window = text[start:stop]
        low = np.flatnonzero(window <= _BLANK)
        if spans is not None:
            low = _outside(low + start, spans) - start
        kept, gone = _of_runs(window, low)
        tabs = kept[window[kept] == _TAB]
        if len(tabs):
            window = window.copy()
            window[tabs] = _BLANK
        if len(gone):
            stays = np.ones(len(window), np.bool_)
            stays[gone] = False
            window = window[stays]
        found[end : end + len(window)] = window
        end += len(window)
        start = stop
    return found[:end]


def _of_runs(window: Bytes, low: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of the blanks at the offsets `low`, where there may be other control characters, those that stay and those that
    go. The window is of whole lines."""
    characters = window[low]
    ends = (characters == _NEWLINE) | (characters == _RETURN)
    white = ends | (characters == _BLANK) | (characters == _TAB)
    if not white.all():
        low, ends = low[white], ends[white]
    if not len(low):
        return low, low
    # A run that touches the end of a line separates nothing.
    first = np.flatnonzero(np.append(True, np.diff(low) != 1))
    count = np.cumsum(ends)
    last = np.append(first[1:], len(low)) - 1
    at_end = count[last] > count[first] - ends[first]
    at_end[0] |= low[0] == 0
    at_end[-1] |= low[-1] == len(window) - 1
    separates = first[~at_end]
    ends[separates] = True
    return low[separates], low[~ends]


def _line_end(text: Bytes, start: int) -> int:
    """The end of a window that begins at an offset and is of whole lines."""
    size = _WINDOW
    while start + size < len(text):
        window = text[start : start + size][::-1]
        ends = (window == _NEWLINE) | (window == _RETURN)
        place = int(np.argmax(ends))
        if ends[place]:
            return start + size - place
        size *= 2
    return len(text)
