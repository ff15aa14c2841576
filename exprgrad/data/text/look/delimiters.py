"""Which delimiter is between the fields of a text: the one at which its first rows fall into the best table."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from exprgrad.data.faults import quoted
from exprgrad.data.text.dialect import BLANKS
from exprgrad.data.text.look.cells import VALUES, Cells, Kind, Quoted
from exprgrad.data.text.look.records import ALONE, Records
from exprgrad.data.text.look.shape import Role, Shape
from exprgrad.data.text.look.units import are_units
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

EXPLICIT = (",", ";", "\t", "|")
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", BLANKS: "blanks"}
"""What messages call a delimiter."""

_ROWS = 30
"""Rows of which the fields are looked at."""
_COMPOUND = re.compile(
    r"\s*[+-]?\d[\d.,eE+-]*(?:\s*[;|\t]\s*|\s*,\s+|\s+)[+-]?[\d.,][\d.,;|\s\teE+-]*|\s*[\d.]+\s*[,;|]\s*"
)
"""Numbers that another delimiter divides."""


class Level(NamedTuple):
    """How well a text falls into a table at a delimiter, the worst first in their order."""

    numbers: bool
    """Whether all columns hold numbers or dates."""
    regular: int
    """3: all rows have as many fields as the first line; 2: the first line has one less; 1: lines before the header
    differ; 0: rows differ."""
    share: float
    """The share of columns that hold numbers or dates."""


class Division(NamedTuple):
    """The rows at one delimiter."""

    delimiter: str
    found: Records
    shape: Shape
    level: Level


def divided(divide: Callable[[str], Records], cells: Cells, usual: str, name: str) -> Division:
    """The rows at the delimiter that makes the best table of them. Raises DataError where two are as good."""
    found = [division for each in EXPLICIT if (division := division_at(each, divide, cells))]
    blanks = division_at(BLANKS, divide, cells)
    if blanks and (blanks.shape.typed or len(blanks.found.rows) == 1):
        found.append(blanks)
    first = next((division for division in found if division.delimiter == usual == "\t"), None)
    if first is not None and first.level.regular == 3:
        return first
    if not any(len(row.fields) > 1 for each in EXPLICIT for row in divide(each).rows[:1]):
        alone = division_at(ALONE, divide, cells)
        if alone and all(alone.level >= _other(division) for division in found):
            return alone
    if not found:
        return _one_column(divide, cells, usual)
    best = max(found, key=lambda division: (division.level, division.delimiter != BLANKS, division.delimiter == usual))
    ties = [division.delimiter for division in found if division.level == best.level]
    if usual not in ties and len({*ties} - {BLANKS}) > 1 and best.delimiter != BLANKS:
        shown = " or ".join(NAMES[each] for each in ties)
        hint = f"give --delimiter '{best.delimiter}' or --delimiter '{ties[ties[0] == best.delimiter]}'"
        raise DataError(f"{visible(name)}: {shown} may be between the fields", hint=hint)
    if best.level.regular == 0 and _fraction(best.shape) < 0.5:
        line = quoted(",".join(best.found.rows[0].fields))
        what = f"{visible(name)}: no delimiter divides the lines into as many fields each, from the first on: {line}"
        raise DataError(what, hint="give --delimiter, and --skip-lines where lines are above the header")
    return best


def division_at(delimiter: str, divide: Callable[[str], Records], cells: Cells) -> Division | None:
    """The rows at a delimiter, None where it does not divide them, or divides numbers that belong together."""
    found = divide(delimiter)
    if not found.rows:
        return None
    shape = Shape([record.fields for record in found.rows], cells, delimiter, _ROWS)
    if (shape.width > 1) != (delimiter != ALONE) or _has_compound(shape):
        return None
    values = [kind for kind in shape.kinds if kind is not Kind.MISSING]
    share = sum(kind in VALUES for kind in values) / max(len(values), 1)
    return Division(delimiter, found, shape, Level(share == 1, _regular(shape, delimiter), share))


def _regular(shape: Shape, delimiter: str) -> int:
    start = shape.regular[0]
    if delimiter == ALONE:
        above = shape.first() if shape.typed else 2
        return 3 if above < 2 or (above == 2 and shape.typed and are_units(shape.rows[1])) else 0
    if len(shape.regular) < len(shape.rows) - start:
        return 0
    if start == 0:
        return 3
    words = shape.rows[start - 1]
    if start == 1 and shape.is_short_header(0) and (len(words) > 1 or delimiter != BLANKS):
        return 2
    return 1


def _other(division: Division) -> Level:
    """The level of a table that a column of whole lines has to reach."""
    level = division.level
    if level.numbers or level.regular == 3 or (level.share and level.regular == 2):
        return level
    shape = division.shape
    words = len(shape.rows[0]) > 1 or shape.role(shape.regular[0]) is Role.NAMES
    return level if words and level.share and level.regular else Level(False, 0, 0.0)


def _fraction(shape: Shape) -> float:
    return len(shape.regular) / len(shape.rows)


def _has_compound(shape: Shape) -> bool:
    """Whether a column holds nothing but numbers that another delimiter divides."""
    for column, kind in enumerate(shape.kinds):
        if kind is Kind.TEXT:
            fields = [field for place in shape.body if (field := shape.rows[place][column]).strip()]
            if fields and all(type(field) is not Quoted and _COMPOUND.fullmatch(field) for field in fields):
                return True
    return False


def _one_column(divide: Callable[[str], Records], cells: Cells, usual: str) -> Division:
    """Rows of one field, under a header that a delimiter divides."""
    rows = {each: divide(each).rows for each in (*EXPLICIT, ALONE)}
    wide = [each for each in EXPLICIT if rows[each] and len(rows[each][0].fields) > 1]
    delimiter = usual if usual in wide or not wide else wide[0]
    found = divide(delimiter)
    shape = Shape([record.fields for record in found.rows], cells, delimiter, _ROWS)
    return Division(delimiter, found, shape, Level(False, 0, 0.0))
