"""Some rows of fields, seen as a table: how wide it is, what its columns hold, and what each row looks like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from enum import Enum

from exprgrad.data.text.dialect import BLANKS
from exprgrad.data.text.look.cells import VALUES, Cells, Kind, Quoted, Torn
from exprgrad.data.text.look.units import is_rule

Row = Sequence[str]

_COLUMNS = 400
"""Columns that are looked at: the others are like them."""
_FIELDS = 2000
"""Fields that are looked at."""
_LABEL = re.compile(r"[^:=\d][^:=]{0,60}[:=](?!/)")
"""How a line `key: value` begins."""
_LABELLED = re.compile(r"[^:=\d,;]{1,40}:\s+\S")
"""How a line `key: value` begins that is one field."""
MARKS = ("#", "%", "!", "//")
"""What comments begin with."""


class Role(Enum):
    """What a row looks like, next to those at the end."""

    OTHER = "not as many fields as the rows have"
    EMPTY = "nothing in the columns of numbers and dates"
    NAMES = "texts where the rows have numbers or dates, and none of these"
    MIXED = "texts and numbers where the rows have numbers"
    ROW = "numbers where the rows have numbers, or nothing"


def usual_width(rows: Sequence[Row], cells: Cells) -> int:
    """How many fields the rows at the end have; the last one's, if only it has a number."""
    named = [row for row in rows[-20:] if not is_label(row, "")] or rows
    counts = Counter(len(row) for row in named[-3:])
    if len(counts) == len(named[-3:]) and len(named) > 3:
        counts = Counter(map(len, named))
    last = len(rows[-1])
    width = max(counts, key=lambda width: (counts[width], width))
    if last == width or not _has_number(rows[-1], cells) or (last < width and counts[last] < counts[width]):
        return width
    return width if any(_has_number(row, cells) for row in rows if len(row) == width) else last


def is_label(row: Row, delimiter: str) -> bool:
    """Whether it is surely a line `key: value`."""
    fields = [field.strip() for field in row[:2]]
    if len(row) == 1 and _LABELLED.match(fields[0]):
        return True
    return fields[0].endswith((":", "=")) or (delimiter == BLANKS and fields[-1].startswith((":", "=")))


def _has_number(row: Row, cells: Cells) -> bool:
    return any(cells.kind(field) is Kind.NUMBER for field in row[:_COLUMNS])


class Shape:
    """Rows, their width and the kinds of their columns, as most of the rows at the end show them."""

    def __init__(self, rows: Sequence[Row], cells: Cells, delimiter: str, most: int = 1000):
        """At most so many rows are looked at, and less where they are wide."""
        self.rows, self.cells, self.delimiter = rows, cells, delimiter
        self.width = usual_width(rows, cells)
        self.regular = [place for place, row in enumerate(rows) if len(row) == self.width]
        """The rows of this width."""
        self.start = next((place for place in self.regular if self.filled(place)), self.regular[0])
        """The first of them that is not empty."""
        half = self.regular[len(self.regular) // 2 :]
        self.body = half[-min(max(_FIELDS // min(self.width, _COLUMNS), 3), most) :]
        self.kinds = cells.columns([rows[place][:_COLUMNS] for place in self.body])
        self.typed = [column for column, kind in enumerate(self.kinds) if kind in VALUES or self._has_word(column)]
        """The columns of numbers and dates, or of words for missing ones."""
        self.ended = (
            self.width > 1
            and delimiter != BLANKS
            and all(
                rows[place][-1] == "" and type(rows[place][-1]) is str for place in self.regular[1:] or self.regular
            )
            and (rows[self.regular[0]][-1] == "" or cells.kind(rows[self.regular[0]][-1]) is Kind.TEXT)
        )
        """Whether an empty field ends each row."""

    def _is_text(self, field: str) -> bool:
        return self.cells.kind(field) is Kind.TEXT

    def _has_word(self, column: int) -> bool:
        fields = [self.rows[place][column] for place in self.body] if self.kinds[column] is Kind.MISSING else []
        return any(field.strip() and self.cells.kind(field) is Kind.MISSING for field in fields)

    def role(self, place: int) -> Role:
        """What a row looks like."""
        row = self.rows[place]
        if len(row) != self.width:
            return Role.OTHER
        values = words = texts = False
        for column in self.typed:
            kind = self.cells.kind(row[column])
            if kind is Kind.NUMBER or kind is self.kinds[column]:
                values, words = values or _has_digit(row[column]), True  # beside names, `true` and `inf` are names
            elif kind is not Kind.MISSING:
                texts = True
        if values or (words and not texts):
            return Role.MIXED if texts else Role.ROW
        return Role.NAMES if texts else Role.EMPTY

    def first(self) -> int:
        """The first row that is surely one, or at least may be; the number of rows where none is."""
        found: dict[Role, int] = {}
        for place in self.regular:
            if (role := self.role(place)) is Role.ROW:
                return place
            found.setdefault(role, place)
        return found.get(Role.MIXED, found.get(Role.EMPTY, len(self.rows)))

    def is_above(self, place: int) -> bool:
        """Whether it is a title, as it has texts in place of numbers, and is no line `key: value`."""
        return self.role(place) is Role.NAMES and not self.is_label(place)

    def is_label(self, place: int) -> bool:
        """Whether it is surely a line `key: value`."""
        return is_label(self.rows[place], self.delimiter)

    def may_be_label(self, place: int) -> bool:
        """Whether it may be a line `key: value`."""
        return self.is_label(place) or bool(_LABEL.match(" ".join(self.rows[place]).strip()))

    def is_text(self, place: int) -> bool:
        """Whether it is surely no row: a line `key: value`, or texts only."""
        texts = all(map(self._is_text, self.rows[place][:_COLUMNS]))
        return self.may_be_label(place) or (texts and len(self.rows[place]) > 1)

    def is_alone(self, place: int) -> bool:
        """Whether it may be the name of one column, above numbers with decimal commas."""
        below = self.rows[place + 1]
        numbers = len(below) == self.width == 2 and all(self.cells.kind(field) is Kind.NUMBER for field in below)
        return self.delimiter == "," and numbers and len(self.rows[place]) == 1

    def may_be_row(self, place: int) -> bool:
        """Whether it holds nothing but numbers, dates and empty fields."""
        kinds = {self.cells.kind(field) for field in self.rows[place][:_COLUMNS]}
        return Kind.TEXT not in kinds and (kinds != {Kind.MISSING} or len(self.rows[place]) == self.width)

    def is_rule(self, place: int) -> bool:
        """Whether it is a line that is drawn under a header."""
        return place < len(self.rows) and is_rule(self.rows[place]) and self.role(place) is not Role.ROW

    def is_scale(self, place: int) -> bool:
        """Whether it tells of the columns, as oscilloscopes write under the names: texts where the rows have numbers,
        and numbers where they are all empty."""
        if not 0 < place < len(self.rows) or self.role(place) is not Role.NAMES:
            return False
        empty = [column for column, kind in enumerate(self.kinds) if kind is Kind.MISSING and column not in self.typed]
        row = self.rows[place]
        texts = all(self._is_text(row[column]) for column in self.typed)
        return texts and any(self.cells.kind(row[column]) is Kind.NUMBER for column in empty)

    def filled(self, place: int) -> int:
        """How many fields there are up to the last that is not empty."""
        row = self.rows[place]
        return next((count for count in range(len(row), 0, -1) if row[count - 1].strip()), 0)

    def is_short_header(self, place: int) -> bool:
        """Whether a line that is not as wide as the rows is their header all the same: the first column is an index of
        row names, or a delimiter ends each row, or the line begins with the mark of a comment."""
        row, width, closed = self.rows[place], self.width - self.ended, False
        if row[-1] == "" and (self.ended or (len(row) == width + 1 and self.delimiter not in (BLANKS, ""))):
            row, closed = row[:-1], len(row) == width + 1
        if any(isinstance(field, Torn) or not self._is_text(field) for field in row[:_COLUMNS]) or self.is_label(place):
            return False
        if closed and not self.ended:
            return len(row) == width
        if len(row) == width + 1:
            return row[0].strip() in MARKS
        return (len(row) == width - 1 and self._has_index(row)) or (self.ended and len(row) == width)

    def _has_index(self, names: Row) -> bool:
        """Whether the first column has the names of the rows, or their numbers."""
        rows = [self.rows[place] for place in self.regular]
        index = [row[0] if isinstance(row[0], Quoted) else row[0].strip() for row in rows]
        if len(set(index)) < len(index) or self.kinds[0] is Kind.DATE:
            return False
        bare = any(field.strip() and not isinstance(field, Quoted) for row in rows for field in row)
        if bare and all(isinstance(field, Quoted) for field in (*index, *names)):
            return True
        if Kind.TEXT in self.kinds[1:]:
            return False  # a text with a delimiter within would look so, too
        if self.kinds[0] is Kind.TEXT or len(names) == 1:
            return len(names) > 1
        # Numbers with decimal commas between commas would look so, too.
        return self.delimiter != "," and index in [[str(k + first) for k in range(len(index))] for first in (0, 1)]


def _has_digit(field: str) -> bool:
    return any(map(str.isdigit, field))
