"""The text of an expression: places in it, and excerpts with carets under them."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.text.escapes import visible


class Span(NamedTuple):
    """Half-open range of character offsets into a source text."""

    start: int
    end: int


class SourceText(NamedTuple):
    """A text to be parsed and where it came from (empty for the command line)."""

    text: str
    name: str = ""

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character offset, both counted from 1."""
        line_start = self.text.rfind("\n", 0, offset) + 1
        return self.text.count("\n", 0, offset) + 1, offset - line_start + 1


_EXCERPT = 72
"""Characters of a source line that an excerpt shows at the most."""


def excerpt(source: SourceText, span: Span) -> str:
    """The source line of a span, clipped to the place, and carets under the span."""
    text = source.text
    line_start = text.rfind("\n", 0, span.start) + 1
    line_end = text.find("\n", span.start)
    line_end = len(text) if line_end < 0 else line_end
    first = max(line_start, min(span.start - _EXCERPT // 2, line_end - _EXCERPT))
    last = min(line_end, first + _EXCERPT)
    before = ("…" if first > line_start else "") + visible(text[first : span.start])
    marked = visible(text[span.start : max(min(span.end, last), span.start)])
    after = visible(text[max(min(span.end, last), span.start) : last]) + ("…" if last < line_end else "")
    return f"  {before}{marked}{after}\n  {' ' * _width(before)}{'^' * max(1, _width(marked))}"


def narrowed(found: str, width: int) -> str:
    """An excerpt on a terminal so narrow that its lines would break, and its carets stand below something else."""
    line, carets = found.split("\n")
    whole = _width(line)
    if max(whole, len(carets)) <= width or width < _NARROWEST:
        return found
    place, room = carets.index("^"), width - 4  # two spaces before it, and an ellipsis on both sides
    start = max(2, min(place - room // 3, whole - room))
    shown, first, at = "", start, 0
    for character in line:
        size = _width(character)
        if start <= at and at + size <= start + room:
            first = at if not shown else first
            shown += character
        at += size
    before = "…" if first > 2 else ""
    after = "…" if first + _width(shown) < whole else ""
    marks = max(min(carets.count("^"), first + room - place), 1)
    return f"  {before}{shown}{after}\n  {' ' * (place - first + len(before))}{'^' * marks}"


_NARROWEST = 20
"""Columns below which no excerpt is of use."""


def _width(text: str) -> int:
    """Columns that a text fills on a terminal: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
