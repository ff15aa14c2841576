"""The rows of a text at one delimiter, and how good a table they make."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from exprgrad.data.text.dialect import BLANKS
from exprgrad.data.text.look.cells import Cells, Kind
from exprgrad.data.text.look.compounds import ROWS, has_compound
from exprgrad.data.text.look.records import ALONE, Records
from exprgrad.data.text.look.shape import Shape
from exprgrad.data.text.look.units import are_units


class Level(NamedTuple):
    """How well a text falls into a table at a delimiter, the worst first in their order."""

    even: bool
    """Whether all rows have as many fields from the header on."""
    numbers: bool
    """Whether all columns hold numbers or dates."""
    regular: float
    """3: all rows have as many fields as the first line; 2: the first line has one less; 1 to 2: lines before the
    header differ, the fewer the more; less: the share of rows that do not."""
    share: float
    """The share of columns that hold numbers or dates."""


NONE = Level(False, False, 0, 0.0)


class Division(NamedTuple):
    """The rows at one delimiter."""

    delimiter: str
    found: Records
    shape: Shape
    level: Level


def division_at(delimiter: str, divide: Callable[[str], Records], cells: Cells) -> Division | None:
    """The rows at a delimiter, None where it does not divide them, or divides numbers that belong together."""
    found = divide(delimiter)
    if not found.rows:
        return None
    shape = Shape([record.fields for record in found.rows], cells, delimiter, ROWS)
    if (shape.width > 1) != (delimiter != ALONE) or has_compound(shape, delimiter):
        return None
    filled = [column for column, kind in enumerate(shape.kinds) if kind is not Kind.MISSING or column in shape.typed]
    share = len(shape.typed) / max(len(filled), 1)
    regular = _regular(shape, delimiter)
    rows = [shape.rows[place] for place in shape.body if place >= shape.first()]
    numbers = share == 1 and all(cells.kind(row[column]) is not Kind.TEXT for row in rows for column in shape.typed)
    return Division(delimiter, found, shape, Level(regular >= 1, numbers, regular, share))


def _regular(shape: Shape, delimiter: str) -> float:
    start = shape.regular[0]
    if delimiter == ALONE:
        above = shape.first() if shape.typed else 2
        return 3 if above < 2 or (above == 2 and shape.typed and are_units(shape.rows[1])) else 0
    if len(shape.regular) < len(shape.rows) - start:
        return len(shape.regular) / len(shape.rows)
    if start == 0:
        return 3
    header = start - 2 if start > 1 and are_units(shape.rows[start - 1]) else start - 1
    if shape.is_short_header(header) and (len(shape.rows[header]) > 1 or delimiter != BLANKS):
        return 2 - header / len(shape.rows)
    return 2 - start / len(shape.rows)
