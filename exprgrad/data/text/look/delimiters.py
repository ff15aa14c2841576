"""Which delimiter is between the fields of a text: the one at which its first rows fall into the best table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import NamedTuple

from exprgrad.data.faults import quoted
from exprgrad.data.text.dialect import BLANKS
from exprgrad.data.text.look.cells import Cells, Kind, Quoted
from exprgrad.data.text.look.compounds import ROWS, has_compound, is_run
from exprgrad.data.text.look.records import ALONE, Records
from exprgrad.data.text.look.shape import Shape
from exprgrad.data.text.look.units import are_units
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

EXPLICIT = (",", ";", "\t", "|")
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", BLANKS: "blanks"}
"""What messages call a delimiter."""

_FEW = 4
"""Rows that prove little."""


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


def divided(divide: Callable[[str], Records], cells: Cells, usual: str, name: str) -> Division:
    """The rows at the delimiter that makes the best table of them. Raises DataError where two are as good."""
    found = [division for each in EXPLICIT if (division := division_at(each, divide, cells))]
    blanks = division_at(BLANKS, divide, cells)
    if blanks and (blanks.shape.typed or len(blanks.found.rows) == 1):
        found.append(blanks)
    first = next((division for division in found if division.delimiter == usual == "\t"), None)
    if first is not None and first.level.regular == 3 and not _has_runs(first):
        return first
    firsts = [row.fields for each in EXPLICIT for row in divide(each).rows[:1]]
    if not any(len(list(filter(str.strip, fields))) > 1 for fields in firsts):
        alone = division_at(ALONE, divide, cells)
        if alone and all(alone.level >= _other(division) for division in found):
            return _one_column(divide, cells, usual, name)
    if not found:
        return _one_column(divide, cells, usual, name)
    texts = not any(each.level.share and each.level.even and each.delimiter != BLANKS for each in found)
    best = max(found, key=lambda division: _rank(division, usual, texts))
    if best.level.even:
        best = _clearest(best, found, usual, name)
    if best.delimiter == "\t" and _has_runs(best):
        hint = "give --delimiter '\\t' or --delimiter ' '"
        raise DataError(f"{visible(name)}: tabs or blanks may be between the fields", hint=hint)
    if best.level.regular <= (0.5 if best.level.share else 0.75):
        raise _uneven(best.found, name)
    return best


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


def _rank(division: Division, usual: str, texts: bool) -> tuple[object, ...]:
    """The order of divisions, the best last: blanks are between fields where nothing else is. `texts` says that the
    usual delimiter may divide texts only."""
    level, delimiter = division.level, division.delimiter
    numbers = level.share > 0 or delimiter == usual
    return (
        level.even,
        level.numbers,
        numbers,
        min(level.regular, 2),
        level.share,
        delimiter != BLANKS,
        level,
        delimiter == usual,
    )


def _clearest(best: Division, found: Sequence[Division], usual: str, name: str) -> Division:
    """The best of the divisions, or another whose numbers show that the best one divides them."""
    if best.level.numbers:
        found = [other for other in found if other is best or (other.level.numbers and _fields(other) == _fields(best))]
    rivals = [other for other in found if other.level.even and bool(other.level.share) == bool(best.level.share)]
    if best.level.share == 0:
        rivals += [other for other in found if _divides_numbers(other) and not _explains(best, other.delimiter)]
        if len(rivals) > 1 and rivals[-1].level.share:
            raise _two(rivals, name)
        rivals = [other for other in rivals if other.level == best.level and other.delimiter != BLANKS]
        if best.delimiter in (usual, BLANKS):
            return best
    clear = [one for one in rivals if all(_explains(one, other.delimiter) for other in rivals if other is not one)]
    same = [other for other in rivals if other is not best and _fields(other) == _fields(best)]
    if not any(_first_line(other) < _first_line(best) for other in same):
        rivals = [other for other in rivals if other not in same]
        clear = [one for one in rivals if all(_explains(one, other.delimiter) for other in rivals if other is not one)]
        if len(rivals) == 1 or len(clear) == 1:
            chosen = (clear or rivals)[0]
            tabs = next((other for other in found if other.delimiter == "\t" != best.delimiter), chosen)
            later = chosen is not best and chosen.shape.regular[0] > 0
            if best.delimiter == BLANKS and (later or _is_short(tabs)):
                raise _two([best, tabs], name)
            return chosen
        weaker = all(other is best or other.level.regular < best.level.regular for other in rivals)
        by_chance = best.delimiter == "\t" and len(best.shape.rows) < _FEW  # tabs among blanks
        if best.delimiter != BLANKS and weaker and not by_chance:
            return best
    raise _two(rivals, name)


def _is_short(division: Division) -> bool:
    """Whether tabs divide the rows and the line above them, but that into fewer fields or more."""
    above = division.shape.regular[0] - 1
    tabs = division.delimiter == "\t" and division.level.even and above >= 0
    return tabs and len(division.shape.rows[above]) > 1


def _divides_numbers(division: Division) -> bool:
    return bool(division.level.even and division.level.share and division.delimiter != BLANKS)


def _two(rivals: Sequence[Division], name: str) -> DataError:
    shown = " or ".join(NAMES[each.delimiter] for each in rivals)
    hint = " or ".join(f"--delimiter '{each.delimiter}'".replace("\t", "\\t") for each in rivals)
    return DataError(f"{visible(name)}: {shown} may be between the fields", hint=f"give {hint}")


def _first_line(division: Division) -> int:
    """The number of the first line that is divided as the rows are."""
    return division.found.rows[division.shape.regular[0]].number


def _fields(division: Division) -> list[list[str]]:
    """The fields of the rows at the end, without blanks around them."""
    return [[field.strip() for field in division.shape.rows[place]] for place in division.shape.body]


def _has_runs(division: Division) -> bool:
    """Whether a field has runs of blanks in it, or numbers between blanks."""
    first = division.found.rows[division.shape.regular[0]]
    return any(map(is_run, chain(first.fields, *_fields(division))))


def _explains(division: Division, other: str) -> bool:
    """Whether another delimiter is only in quotes, numbers and dates; blanks divide at tabs as well."""
    if (division.delimiter, other) == (BLANKS, "\t"):
        return False
    marks = " \t" if other == BLANKS else other
    kind = division.shape.cells.kind
    fields = (field for place in division.shape.body for field in division.shape.rows[place])
    return all(
        isinstance(field, Quoted) or kind(field) is not Kind.TEXT
        for field in fields
        if any(mark in field.strip() for mark in marks)
    )


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


def _other(division: Division) -> Level:
    """The level of a table that a column of whole lines has to reach."""
    level = division.level
    if level.numbers or level.regular == 3 or (level.share and level.regular == 2):
        return level
    return level if level.share and level.regular else NONE


def _check_texts(found: Records, cells: Cells, name: str) -> None:
    """Raises DataError for lines that are taken for texts in one column, and have numbers between blanks."""
    for record in found.rows[-3:]:
        ways = [record.fields[0].split(delimiter) for delimiter in (*EXPLICIT, None)]
        kinds = [cells.kind(field.strip(' "')) for way in ways if len(way) > 1 for field in way]
        if len(found.rows) > 1 and Kind.NUMBER in kinds and type(record.fields[0]) is not Quoted:
            what = f"{visible(name)}, line {record.number} is no text in one column, nor as the lines above it are"
            raise DataError(f"{what}: {quoted(record.fields[0])}", hint="give --delimiter, and --skip-lines or --names")


def _one_column(divide: Callable[[str], Records], cells: Cells, usual: str, name: str) -> Division:
    """Rows of one field, under a header that a delimiter divides."""
    lines = divide(ALONE).rows
    rows = {each: divide(each).rows for each in (usual, *EXPLICIT)}
    if any(line.fields[0][:1] in (" ", "\t") and line.fields[0].lstrip()[:1] == '"' for line in lines):
        delimiter = BLANKS
    elif narrow := [each for each in rows if all(len(row.fields) == 1 for row in rows[each])]:
        delimiter = narrow[0]
    else:
        wide = [each for each in rows if len(rows[each][0].fields) > 1]
        delimiter = wide[0]
    found = divide(delimiter)
    if any(len(record.fields) > 1 for record in found.rows[1:]):
        raise _uneven(found, name)
    shape = Shape([record.fields for record in found.rows], cells, delimiter, ROWS)
    if not shape.typed:
        _check_texts(found, cells, name)
    return Division(delimiter, found, shape, NONE)


def _uneven(found: Records, name: str) -> DataError:
    first = quoted(",".join(found.rows[0].fields))
    what = f"{visible(name)}: no delimiter divides the lines into as many fields each, from the first on: {first}"
    return DataError(what, hint="give --delimiter or --decimal, and --skip-lines where lines are above the header")
