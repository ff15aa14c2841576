"""Lines that are not to be left out, nor taken for a header, on a guess: each is an error that names the option."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, NoReturn

from exprgrad.data.faults import quoted
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.text.look.cells import Kind, Quoted
from exprgrad.data.text.look.programs import without_remarks
from exprgrad.data.text.look.shape import Role, Shape
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

_SHOWN = 6
"""Names that a note shows."""


class Doubts(NamedTuple):
    """Rows in which the header is searched, and where they are from."""

    shape: Shape
    options: ReadOptions
    name: str
    lines: Sequence[int]
    """The number of each row's line in the file."""

    def before(self, start: int) -> tuple[str, ...]:
        """What is said of the lines above the header. Raises DataError where one may be a row, or another header."""
        shape = self.shape
        if self.options.skip_lines is not None:
            return ()
        header = shape.filled(start)
        for place in range(start):
            short = len(shape.rows[place]) != shape.width or shape.filled(place) < header
            if not (short or shape.may_be_label(place)) or (shape.may_be_row(place) and shape.filled(place)):
                self.skip(start, "may be a row of the table or its header", place)
        return (
            (f"{count_of(start, 'line')} before the {'header' if self.shape.role(start) is not Role.ROW else 'rows'}",)
            if start
            else ()
        )

    def check_first_row(self, start: int) -> None:
        """Raises DataError where the first row may be a header all the same."""
        shape = self.shape
        row = shape.rows[start]
        role, rest = shape.role(start), [shape.rows[place] for place in shape.regular[1:]]
        if role is not Role.ROW or any(shape.role(place) is Role.NAMES for place in shape.regular if place > start):
            self.unclear(start)
        years = [field for field in row if field.strip().isdecimal()]
        if Kind.TEXT in shape.kinds and len(years) > 1 and _are_steps([int(field) for field in years]):
            self.unclear(start)
        holes = [column for column, field in enumerate(row) if not field.strip()]
        if any(all(other[column].strip() for other in rest) for column in holes):
            self.unclear(start)
        if not rest and Kind.TEXT in shape.kinds:
            self.unclear(start)
        values = [column for column in shape.typed if row[column].strip()]
        if (
            all(isinstance(row[column], Quoted) for column in values)
            and not any(isinstance(other[column], Quoted) for column in values for other in rest)
            and rest
        ):
            self.unclear(start)

    def unclear(self, place: int) -> NoReturn:
        shown = quoted(",".join(self.shape.rows[place]))
        what = f"{self.line(place)} may be a header or a row: {shown}"
        raise DataError(what, hint="give --header-row or --no-header")

    def skip(self, start: int, what: str, place: int) -> NoReturn:
        count = self.lines[start] - 1 if start < len(self.lines) else self.lines[place]
        hint = (
            f"give --skip-lines {count} to leave out what is before line {count + 1}, and --names if they are not there"
        )
        row = self.shape.rows[place]
        if self.shape.cells.kind(row[0]) is Kind.NUMBER:
            hint = without_remarks([row]) or hint
        raise DataError(f"{self.line(place)} {what}", hint=hint)

    def line(self, place: int) -> str:
        return f"{visible(self.name)}, line {self.lines[place]}"


def _are_steps(numbers: Sequence[int]) -> bool:
    """Whether they go up by the same step, as years in a header do."""
    steps = {after - before for before, after in pairwise(numbers)}
    return len(steps) == 1 and min(steps) > 0


def count_of(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def list_of(names: Sequence[str]) -> str:
    shown = [visible(name.strip()[:40]) for name in names if name.strip()]
    return ", ".join([*shown[: _SHOWN - 1], "…", shown[-1]] if len(shown) > _SHOWN else shown)
