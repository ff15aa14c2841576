"""What data files hold: a row a column."""

from __future__ import annotations

from exprgrad.jobs.columns.result import Overview
from exprgrad.render.documents import Document, number
from exprgrad.render.sheet import Cell, Sheet
from exprgrad.text.numbers import format_number

_HEADER = ("column", "alias", "type", "missing", "min", "max", "first rows")
_LEAVING = ("first rows", "missing", "max", "min", "type")
"""What is left out first where a terminal is too narrow."""


def caption(result: Overview) -> str:
    """Whose columns these are."""
    return ", ".join(result.files)


def sheets(result: Overview) -> list[Sheet]:
    """All that is known of each column."""
    return [_sheet(result)]


def tables(result: Overview) -> list[Sheet]:
    """The same, with aliases only where there is one; and how many rows there are."""
    sheet = _sheet(result)
    kept = [k for k, name in enumerate(_HEADER) if name != "alias" or any(column.alias for column in result.columns)]
    header = tuple(_HEADER[k] for k in kept)
    spare = tuple((name,) for name in _LEAVING if name in header)
    rows = [tuple(row[k] for k in kept) for row in sheet.rows]
    return [
        Sheet(header, rows, labels=(_HEADER[-1],), whole=("column", "alias"), spare=spare),
        Sheet(("rows",), [(result.rows,)]),
    ]


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


def _sheet(result: Overview) -> Sheet:
    """A row for each column, with the first of its values."""
    rows: list[tuple[Cell, ...]] = []
    for place, column in enumerate(result.columns):
        first = [_text(row[place]) for row in result.first] + ["…"] * (result.rows > len(result.first))
        ends = ["" if end is None else end for end in (column.least, column.most)]
        shown_first = ", ".join(first) if any(row[place] not in (None, "") for row in result.first) else ""
        rows.append((column.name, column.alias, column.type, column.missing, *ends, shown_first))
    return Sheet(_HEADER, rows)


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
