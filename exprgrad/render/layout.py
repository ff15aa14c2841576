"""How a sheet fits into a width: with fewer digits, then with fewer columns, and texts folded or cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from exprgrad.render.sheet import Cell, Sheet, cell_text
from exprgrad.text.escapes import encoded, visible

FRAME = 3
"""What a column takes beside its text: a border, and a space on both sides."""
_FEWEST = 3
"""The digits that are left to a number before a column is left out."""
_NAME, _WORD = 8, 16
"""The room that every text is given, and the longest word that is not broken."""
_HEAD = re.compile(r"[^\W\d]\w*(/\w+)*( (?== )|$)")
"""What a text that may be cut is known by: a name, or a derivative such as `dL/dx`, alone or before what it is. Then
the blank leaves room for the dots."""
_SHOWN = 6
"""Up to so many rows, a column in a cell is shown whole."""


class Grid(NamedTuple):
    """The columns that are shown: what stands in them, how wide they are, and which of them are numbers."""

    header: list[str]
    columns: list[list[str]]
    widths: list[int]
    numbers: list[bool]
    hidden: list[str]
    """The headings of the columns that are left out."""


class Paper(NamedTuple):
    """What a table is written on."""

    width: int
    encoding: str
    """Characters that it lacks are written as escapes."""


def lay_out(sheet: Sheet, paper: Paper, digits: int | None, *, fixed: bool = False) -> Grid:
    """The sheet as it fits, with so many digits at the most, or exactly as many where they are `fixed`."""
    columns = [_Column(sheet, index, paper.encoding) for index in range(len(sheet.header))]
    kept = [*range(len(columns))]
    levels = list(_levels(columns, digits, fixed=fixed))
    if sheet.narrow is not None:
        for level in levels:
            if _needed([column.wide(level) for column in columns]) <= paper.width:
                return _grid(columns, kept, level, paper.width)
        return lay_out(sheet.narrow, paper, digits, fixed=fixed)
    for leave in [(), *_order(sheet)]:
        kept = [index for index in kept if index not in leave]
        for level in levels:
            if _needed([columns[index].least(level) for index in kept]) <= paper.width:
                return _grid(columns, kept, level, paper.width)
    for column in columns:  # names give way last
        column.whole = False
    last = [_Level(level.digits, 0) for level in (*levels, *_levels(columns, digits, fixed=False))]
    fitting = (level for level in last if _needed([columns[index].least(level) for index in kept]) <= paper.width)
    return _grid(columns, kept, next(fitting, last[-1]), paper.width)


class _Level(NamedTuple):
    """How short numbers are."""

    digits: int | None
    ends: int
    """How many numbers are shown at the beginning of a column in a cell, and if any are, the one at its end."""


def _levels(columns: list[_Column], digits: int | None, *, fixed: bool) -> Iterator[_Level]:
    """From the longest numbers to the shortest."""
    fewer = [] if fixed else [k for k in range(16, _FEWEST - 1, -1) if digits is None or k < digits]
    for ends in (3, 1) if any(column.lists for column in columns) else (3,):
        yield from (_Level(k, ends) for k in [digits, *fewer])


def _order(sheet: Sheet) -> list[tuple[int, ...]]:
    """The columns that may be left out, those first that matter least. The first two stay, unless they are spare."""
    spare = [tuple(map(sheet.header.index, names)) for names in sheet.spare]
    others = [k for k in range(len(sheet.header) - 1, 1, -1) if not any(k in columns for columns in spare)]
    return [*spare, *((k,) for k in others)]


def _needed(widths: list[int]) -> int:
    return sum(widths) + FRAME * len(widths) + 1


class _Column:
    """A column of a sheet, and the room that it needs at a level."""

    def __init__(self, sheet: Sheet, index: int, encoding: str) -> None:
        self.heading = _plain(sheet.header[index], encoding)
        self.cells = [row[index] for row in sheet.rows]
        self.extra = sheet.extra if index == 1 else ()
        self.is_number = bool(self.cells) and not all(isinstance(cell, str) for cell in self.cells)
        self.lists = any(not isinstance(cell, str | float | int) for cell in self.cells)
        self.cut = sheet.header[index] in sheet.labels
        self.whole = sheet.header[index] in sheet.whole
        self.encoding = encoding
        self._texts: dict[_Level, list[str]] = {}

    def texts(self, level: _Level) -> list[str]:
        if level not in self._texts:
            extra = self.extra or (0,) * len(self.cells)
            self._texts[level] = [
                _plain(_text(cell, level, more), self.encoding) for cell, more in zip(self.cells, extra, strict=True)
            ]
        return self._texts[level]

    def wide(self, level: _Level) -> int:
        """The width in which nothing is folded or cut."""
        return max(map(cell_len, [self.heading, *self.texts(level)]))

    def least(self, level: _Level) -> int:
        """The width below which a number would be cut, a word broken, or a name no longer told from others."""
        texts, numbers = list[str](), [self.heading] if self.is_number else []
        for cell, text in zip(self.cells, self.texts(level), strict=True):
            (texts if isinstance(cell, str) else numbers).append(text)
        words = [] if self.is_number else self.heading.split()
        heads = [match[0] for match in map(_HEAD.match, texts) if match] if self.cut else []
        words += heads if self.cut else [word for text in texts for word in text.split()]
        longest = max(map(cell_len, words), default=0)
        longest = longest if self.whole else min(longest, _WORD)
        return min(self.wide(level), max([_NAME * (not self.is_number), longest, *map(cell_len, numbers)]))


def _grid(columns: list[_Column], kept: list[int], level: _Level, width: int) -> Grid:
    """The columns at a level: texts give way, the widest first, until all fit."""
    shown = [columns[index] for index in kept]
    widths, least = [column.wide(level) for column in shown], [column.least(level) for column in shown]
    over = _needed(widths) - width
    while over > 0:
        yielding = [k for k in range(len(shown)) if widths[k] > least[k]]
        if not yielding:
            break
        widest = max(yielding, key=lambda k: widths[k])
        widths[widest] -= 1
        over -= 1
    texts = [
        [_cut(text, room, column.encoding) for text in column.texts(level)] if column.cut else column.texts(level)
        for column, room in zip(shown, widths, strict=True)
    ]
    hidden = [column.heading for index, column in enumerate(columns) if index not in kept]
    return Grid([column.heading for column in shown], texts, widths, [column.is_number for column in shown], hidden)


def _text(cell: Cell, level: _Level, more: int) -> str:
    """A cell; of a long column in it, the first numbers and the last one."""
    digits = None if level.digits is None else min(level.digits + more, 17)
    if isinstance(cell, str | float | int) or len(cell) <= (_SHOWN if level.ends > 1 else level.ends):
        return visible(cell_text(cell, digits))
    if not level.ends:
        return f"({len(cell):,} rows)"
    first, last = cell_text(cell[: level.ends], digits), cell_text(cell[-1:], digits)
    return f"{first},…,{last} ({len(cell):,} rows)"


def _plain(text: str, encoding: str) -> str:
    """The text in the characters that there are: else their escapes would be longer than the room for them."""
    if encoding.startswith("utf"):
        return visible(text)
    return encoded(visible(text), encoding).decode(encoding)


def _cut(text: str, width: int, encoding: str) -> str:
    if cell_len(text) <= width:
        return text
    dots = _plain("…", encoding)
    return set_cell_size(text, width - len(dots)) + dots
