"""What data files hold: a row a column."""

from __future__ import annotations

from collections.abc import Callable, Collection

from exprgrad.jobs.columns.result import Overview
from exprgrad.render.documents import Document, number
from exprgrad.render.sheet import Cell, Sheet
from exprgrad.text.numbers import format_number

_HEADER = ("column", "alias", "type", "missing", "min", "max", "first rows")
_LEAVING = ("first rows", "missing", "max", "min", "alias")
"""What is left out first where a terminal is too narrow."""
_DIGITS = 6
"""Of numbers on a terminal."""
_LARGE = 1e15
"""Whole numbers below have all of their digits."""


def sheets(result: Overview) -> list[Sheet]:
    """All that is known of each column."""
    return [_sheet(result, len(result.first), lambda end: end)]


def tables(result: Overview) -> str:
    """As much of it as the terminal is wide, and how many rows there are."""
    from exprgrad.render.table import fits, table

    sheet = _fitting(result, fits)
    left = [name for name in _wanted(result) if name not in sheet.header]
    rows = f"{result.rows:,} row{'s' * (result.rows != 1)}"
    return table(sheet) + (f"{rows}; not shown: {', '.join(left)}\n" if left else f"{rows}\n")


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


def _wanted(result: Overview) -> list[str]:
    """The headings of a table: aliases only where there is one."""
    return [name for name in _HEADER if name != "alias" or any(column.alias for column in result.columns)]


def _fitting(result: Overview, fits: Callable[[Sheet], bool]) -> Sheet:
    """The most that fits: first some of the first rows are left out, then columns of the table."""
    wanted = _wanted(result)
    for count in range(len(result.first), 1, -1):
        sheet = _part(_sheet(result, count, _rounded), wanted)
        if fits(sheet):
            return sheet
    sheet = _part(_sheet(result, 1, _rounded), wanted)
    for name in _LEAVING:
        if fits(sheet):
            break
        sheet = _part(sheet, [kept for kept in sheet.header if kept != name])
    return sheet


def _part(sheet: Sheet, names: Collection[str]) -> Sheet:
    """Some columns of a sheet."""
    places = [place for place, name in enumerate(sheet.header) if name in names]
    return Sheet(tuple(sheet.header[k] for k in places), [tuple(row[k] for k in places) for row in sheet.rows])


def _sheet(result: Overview, count: int, shown: Callable[[float | int], float | int]) -> Sheet:
    """The columns, with so many of their first values."""
    rows: list[tuple[Cell, ...]] = []
    for place, column in enumerate(result.columns):
        first = [_text(row[place]) for row in result.first[:count]] + ["…"] * (result.rows > count)
        ends = ["" if end is None else shown(end) for end in (column.least, column.most)]
        shown_first = ", ".join(first) if any(row[place] not in (None, "") for row in result.first[:count]) else ""
        rows.append((column.name, column.alias, column.type, column.missing, *ends, shown_first))
    return Sheet(_HEADER, rows)


def _rounded(end: float | int) -> float | int:
    return end if end == end // 1 and abs(end) < _LARGE else float(f"{end:.{_DIGITS}g}")


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
