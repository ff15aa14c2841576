"""What data files hold: a row a column."""

from __future__ import annotations

from collections.abc import Callable

from exprgrad.jobs.columns.result import Overview
from exprgrad.render.documents import Document, number
from exprgrad.render.sheet import Cell, Sheet
from exprgrad.text.numbers import format_number

_HEADER = ("column", "alias", "type", "missing", "min", "max", "first rows")
_SPARE = (("first rows",), ("missing",), ("max",), ("min",), ("alias",))
"""What is left out first where a terminal is too narrow."""
_LARGE = 1e15
"""Whole numbers below have all of their digits."""


def sheets(result: Overview) -> list[Sheet]:
    """All that is known of each column."""
    return [_sheet(result, len(result.first), lambda end: end)]


def tables(result: Overview) -> list[Sheet]:
    """The same, with aliases where there is one; and how many rows there are."""
    aliases = any(column.alias for column in result.columns)
    sheet = _sheet(result, len(result.first), _whole)
    places = [place for place, name in enumerate(sheet.header) if name != "alias" or aliases]
    header = tuple(sheet.header[place] for place in places)
    rows = [tuple(row[place] for place in places) for row in sheet.rows]
    spare = tuple(names for names in _SPARE if names[0] in header)
    return [Sheet(header, rows, labels=("column", "first rows"), spare=spare), Sheet(("rows",), [(result.rows,)])]


def document(result: Overview) -> Document:
    """The files, how they are read, the columns, and the first rows."""
    return {
        "files": list(result.files),
        "notes": list(result.notes),
        "rows": result.rows,
        "columns": lines(result),
        "first_rows": [[_value(cell) for cell in row] for row in result.first],
    }


def lines(result: Overview) -> list[Document]:
    """A document a column."""
    return [
        {
            "column": column.name,
            "alias": column.alias or None,
            "type": column.type,
            "missing": column.missing,
            "min": _value(column.least),
            "max": _value(column.most),
        }
        for column in result.columns
    ]


def _sheet(result: Overview, count: int, shown: Callable[[float | int], float | int]) -> Sheet:
    """The columns, with so many of their first values."""
    rows: list[tuple[Cell, ...]] = []
    for place, column in enumerate(result.columns):
        first = [_text(row[place]) for row in result.first[:count]] + ["…"] * (result.rows > count)
        ends = ["" if end is None else shown(end) for end in (column.least, column.most)]
        shown_first = ", ".join(first) if any(row[place] not in (None, "") for row in result.first[:count]) else ""
        rows.append((column.name, column.alias, column.type, column.missing, *ends, shown_first))
    return Sheet(_HEADER, rows)


def _whole(end: float | int) -> float | int:
    """A number, which loses no digits if it is whole."""
    return int(end) if end == end // 1 and abs(end) < _LARGE else end


def _text(cell: object) -> str:
    """A value of the data, as a table shows it."""
    if cell is None or cell == "":
        return "-"
    return (
        str(cell).lower() if isinstance(cell, bool) else format_number(cell) if isinstance(cell, float) else str(cell)
    )


def _value(cell: object) -> object:
    """The same in JSON."""
    return number(cell) if isinstance(cell, float) else cell
