"""Which delimiter is between the fields of a text: the one at which its first rows fall into the best table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

from exprgrad.data.faults import quoted
from exprgrad.data.text.dialect import BLANKS
from exprgrad.data.text.look.cells import Cells, Kind, Quoted
from exprgrad.data.text.look.compounds import ROWS, is_run
from exprgrad.data.text.look.divisions import NONE, Division, Level, division_at
from exprgrad.data.text.look.programs import without_remarks
from exprgrad.data.text.look.records import ALONE, Records
from exprgrad.data.text.look.shape import Role, Shape
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

EXPLICIT = (",", ";", "\t", "|")
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", BLANKS: "blanks"}
"""What messages call a delimiter."""

_FEW = 4
"""Rows that prove little."""


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
    if not any(len(list(filter(str.strip, fields))) > 1 or fields[0] == "" for fields in firsts):
        alone = division_at(ALONE, divide, cells)
        if alone and all(alone.level >= _other(division) for division in found):
            if blanks in found:
                _check_groups(blanks, name)
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
    commas = next((division for division in found if division.delimiter == ","), best)
    if commas is not best and _may_divide(commas, best):
        raise _two([best, commas], name)
    return best


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


def _may_divide(commas: Division, best: Division) -> bool:
    """Whether commas divide all lines as evenly as the best delimiter does, for which they are in the numbers."""
    shape = best.shape
    numbers = (shape.rows[place][column] for place in shape.body for column in shape.typed)
    within = any("," in field and type(field) is not Quoted for field in numbers)
    even = commas.level.share > 0 and commas.level.regular >= best.level.regular
    # Between semicolons only a header can show it: nobody writes `1,2;x` for 1 and `2;x`.
    return within and even and (best.delimiter == BLANKS or shape.role(shape.start) is not Role.ROW)


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


def _check_groups(blanks: Division, name: str) -> None:
    """Raises DataError where the blanks in one column of numbers, as in `87 461`, divide the header, too."""
    numbers = all(kind is Kind.NUMBER for kind in blanks.shape.kinds) and blanks.shape.first() > 0
    if numbers and blanks.level.regular == 3:
        what = f"{visible(name)}: blanks may be between the fields, or between groups of digits"
        raise DataError(what, hint="give --delimiter ' ', or --delimiter , and --thousands ' '")


def _uneven(found: Records, name: str) -> DataError:
    first = quoted(",".join(found.rows[0].fields))
    what = f"{visible(name)}: no delimiter divides the lines into as many fields each, from the first on: {first}"
    if way := without_remarks([record.fields for record in found.rows]):
        return DataError(what, hint=way)
    return DataError(what, hint="give --delimiter or --decimal, and --skip-lines where lines are above the header")
