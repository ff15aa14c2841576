"""Rows of any dialect as rows of the plain kind that pyarrow reads: UTF-8, one character between fields, no comments.

For example, between blanks, where ␣ is a blank, → a tab, ⏎ the end of a line:

    ␣␣1␣␣2␣3␣⏎# half way⏎4→5␣6⏎        becomes        ␣␣1→␣2→3␣⏎⏎⏎⏎⏎⏎⏎⏎⏎⏎⏎⏎4→5→6⏎

The first blank after a field becomes a tab, which separates; the others stay, as blanks around a number mean nothing
to pyarrow. Where there are quotes the others are cut out, as a quote opens a field only as its first character. A
comment becomes empty lines, which are no rows, and so does a line of nothing but blanks in any dialect.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exprgrad.data.stores.transcoding import UTF8, encoding_named, is_bytewise
from exprgrad.data.text.dialect import BLANKS, Dialect
from exprgrad.data.text.rows import Spans, line_ends, line_starts, marked, past

_WINDOW = 1 << 18
"""Bytes that are looked at together, in the cache."""
_TAIL = 1 << 13
"""Bytes within which a line most likely ends."""
_TAB, _NEWLINE, _RETURN, _BLANK = b"\t\n\r "
_QUOTE = b'"'

Bytes = NDArray[np.uint8]


class Plain:
    """Turns rows of a dialect into plain ones."""

    def __init__(self, dialect: Dialect) -> None:
        self._delimiter = dialect.delimiter
        self.delimiter = "\t" if dialect.delimiter == BLANKS else dialect.delimiter
        """What separates the fields of plain rows. Between blanks there may be blanks around them, too."""
        self._comment = dialect.comment
        self._trailing = dialect.trailing and dialect.delimiter != BLANKS
        encoding = encoding_named(dialect.encoding)
        self._encoding = encoding if is_bytewise(encoding) else UTF8
        self._as_they_are = not (self._comment or self._trailing or dialect.delimiter == BLANKS)
        self._blanks = b" " if dialect.delimiter == "\t" else b" \t"

    def rows(self, rows: memoryview) -> memoryview:
        """The same rows, in the same order; `rows` are whole ones."""
        text = rows
        if not self._as_they_are or self._has_indents(rows):
            text = self._cleared(rows)
        if self._encoding == UTF8 or not len(text) or np.frombuffer(text, np.uint8).max() < 128:
            return text
        # What is no character stays a byte that is not UTF-8 either.
        return memoryview(bytes(text).decode(self._encoding, "surrogateescape").encode(UTF8, "surrogateescape"))

    def _has_indents(self, rows: memoryview) -> bool:
        """Whether a line begins with a blank."""
        text = np.frombuffer(rows, np.uint8)
        # Most texts have no blanks, which is soon known.
        blanks = [blank for blank in self._blanks if len(rows) and has(rows, bytes([blank]))]
        return any(bool((_is_end(text[:-1]) & (text[1:] == blank)).any()) or rows[0] == blank for blank in blanks)

    def _cleared(self, rows: memoryview) -> memoryview:
        text = np.frombuffer(rows, np.uint8)
        spans, comments = marked(rows, len(rows), self._delimiter, self._comment)
        if self._delimiter != BLANKS:
            comments = np.union1d(comments, _outside(_blank_lines(text, self._blanks), spans))
        if len(comments):
            text = _emptied(text, comments)
        if self._trailing:
            text = _without_trailing(text, ord(self._delimiter), spans)
        return _between_tabs(text, spans, rows) if self._delimiter == BLANKS else text.data


def with_e(rows: memoryview) -> memoryview:
    """Rows in which the D of an exponent is an E, as in 0.1D+02."""
    text = np.frombuffer(rows, np.uint8)
    places = np.flatnonzero((text[1:-1] | 0x20) == ord("d")) + 1
    places = places[_is_digit(text[places - 1]) | (text[places - 1] == ord("."))]
    after = text[places + 1]
    signed = (after == ord("+")) | (after == ord("-"))
    after = np.where(signed, text[np.minimum(places + 2, len(text) - 1)], after)
    places = places[_is_digit(after)]
    if not len(places):
        return rows
    text = text.copy()
    text[places] += 1
    return text.data


def _is_digit(text: Bytes) -> NDArray[np.bool_]:
    return (text >= ord("0")) & (text <= ord("9"))


def has(rows: memoryview, byte: bytes) -> bool:
    """Whether the rows have a byte in them; True is "perhaps"."""
    if isinstance(rows.obj, bytes | bytearray):
        return byte in rows.obj
    return bool((np.frombuffer(rows, np.uint8) == ord(byte)).any())


def _blank_lines(text: Bytes, blanks: bytes) -> NDArray[np.int64]:
    """Where the lines begin that hold nothing but some blanks."""
    starts = line_starts(text)
    places = past(text, starts, blanks)
    ended = (places == len(text)) | _is_end(text[np.minimum(places, len(text) - 1)])
    found: NDArray[np.int64] = starts[ended & (places > starts)]
    return found


def _emptied(text: Bytes, comments: NDArray[np.int64]) -> Bytes:
    """The text with line ends in place of the lines that begin at these offsets, in order."""
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


def _between_tabs(text: Bytes, spans: Spans | None, rows: memoryview) -> memoryview:
    """The text with a tab between fields in place of some blanks and tabs. The blanks that separate nothing go if
    there are quotes in the `rows` that the text was made from, else they stay."""
    whole, tabs, returns = not has(rows, _QUOTE), has(rows, b"\t"), has(rows, b"\r")
    quoted = None if spans is None else _inside(spans, len(text))
    found = bytearray(len(text))
    place = np.frombuffer(found, np.uint8)
    start = size = 0
    while start < len(text):
        stop = _line_end(text, start)
        window, quotes = text[start:stop], None if quoted is None else quoted[start:stop]
        size += _write_window(window, quotes, whole, tabs, returns, place[size : size + len(window)])
        start = stop
    return memoryview(found)[:size]


def _write_window(
    text: Bytes, quoted: NDArray[np.bool_] | None, whole: bool, has_tabs: bool, has_returns: bool, out: Bytes
) -> int:
    """The same for some lines, written into an array of the same size; the bytes that were written. Each step is one
    over all bytes, so those that do nothing are left out."""
    blank = text == _BLANK
    ends = _is_end(text) if has_returns else text == _NEWLINE
    if quoted is not None:
        blank &= ~quoted
        ends &= ~quoted
    if has_tabs:
        tabs = text == _TAB
        if quoted is not None:
            tabs &= ~quoted
        blank |= tabs
        text = np.where(tabs, _BLANK, text)
    # A tab stands in the first place after a field, if another field follows.
    first = np.zeros(len(text), np.bool_)
    np.greater(blank[1:], (blank | ends)[:-1], out=first[1:])
    last = blank[:-1] & ends[1:]
    if last.any() or blank[-1:].any():
        runs = _back_to_fields(np.flatnonzero(np.append(last, blank[-1:])), blank)
        first[runs] = False
        empty = runs[(runs == 0) | ends[runs - 1]]
        whole &= not len(empty)
    np.subtract(text, first.view(np.uint8) * np.uint8(_BLANK - _TAB), out=out)
    if whole:
        return len(text)
    kept = out[first | ~blank]
    out[: len(kept)] = kept
    return len(kept)


def _back_to_fields(places: NDArray[np.int64], blank: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The first places of the runs of blanks that end at some places."""
    found = [places[:0]]
    while len(places):
        inner = (places > 0) & blank[places - 1]
        found.append(places[~inner])
        places = places[inner] - 1
    return np.concatenate(found)


def _is_end(text: Bytes) -> NDArray[np.bool_]:
    ends: NDArray[np.bool_] = text == _NEWLINE
    ends |= text == _RETURN
    return ends


def _inside(spans: Spans, size: int) -> NDArray[np.bool_]:
    """Which bytes are in quotes."""
    starts, ends = spans
    change = np.zeros(size + 1, np.int8)
    change[starts] = 1
    change[np.minimum(ends + 1, size)] -= 1
    return np.cumsum(change[:-1], dtype=np.int8).view(np.bool_)


def _line_end(text: Bytes, start: int) -> int:
    """The end of a window that begins at an offset and is of whole lines."""
    size = _WINDOW
    while start + size < len(text):
        tail = max(size - _TAIL, 0)
        line = bytes(text[start + tail : start + size])
        end = max(line.rfind(b"\n"), line.rfind(b"\r")) + 1
        if end:
            return start + tail + end
        size *= 2
    return len(text)
