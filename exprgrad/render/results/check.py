"""Numbers and their references: a row for each."""

from __future__ import annotations

from exprgrad.jobs.check.result import Check
from exprgrad.render.documents import Document, finite
from exprgrad.render.naming import named
from exprgrad.render.sheet import Sheet, derivative


def sheets(result: Check) -> list[Sheet]:
    """Both numbers, how far they are apart, and what that means."""
    header = ("name", "computed", "reference", "error in ulp", "verdict")
    *slopes, value = [(r.name, r.computed, r.reference, f"{r.error:.2g}", r.verdict) for r in result.rows]
    rows = [(name, derivative(computed), derivative(reference), *more) for name, computed, reference, *more in slopes]
    return [Sheet(header, [*rows, value])]


def tables(result: Check) -> list[Sheet]:
    """The same, with names such as `dL/dx`; the row of the value says what L is."""
    (sheet,) = sheets(result)
    name, row = named(result.result or result.expression, (), result.expression)
    *slopes, value = sheet.rows
    rows = [(str(cell).replace("/", f"{name}/", 1), *more) for cell, *more in slopes]
    return [
        sheet._replace(rows=[*rows, (row, *value[1:])], labels=("name",), spare=(("reference",), ("error in ulp",)))
    ]


def document(result: Check) -> Document:
    """The rows, and whether all is well."""
    return {"expression": result.expression, "passed": result.passed, "rows": lines(result)}


def lines(result: Check) -> list[Document]:
    """A document for each number."""
    return [finite(row._asdict()) for row in result.rows]
