"""Sheets as lines for programs: tab-separated, with a header if asked for, and CSV (RFC 4180) with one."""

from __future__ import annotations

from exprgrad.render.sheet import Sheet, cell_text
from exprgrad.text.escapes import visible


def plain(sheet: Sheet, digits: int | None = None, *, header: bool = False) -> str:
    """Tab-separated cells, one line for each row, under the header if that is wanted: tabs and line breaks in a cell
    are written as escapes. Numbers have all digits, or so many."""
    rows = [sheet.header, *sheet.rows] if header else sheet.rows
    return "".join("\t".join(visible(cell_text(cell, digits)) for cell in row) + "\n" for row in rows)


def csv(sheet: Sheet, digits: int | None = None, *, header: bool = True) -> str:
    """Comma-separated cells under the header; quoted where needed. Numbers have all digits, or so many."""
    from csv import writer
    from io import StringIO

    text = StringIO()
    out = writer(text, lineterminator="\n")
    if header:
        out.writerow(sheet.header)
    out.writerows([[cell_text(cell, digits) for cell in row] for row in sheet.rows])
    return text.getvalue()
