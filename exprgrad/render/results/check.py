"""Numbers and their references: a row for each."""

from __future__ import annotations

from exprgrad.jobs.check.result import Check
from exprgrad.render.documents import Document, finite
from exprgrad.render.sheet import Sheet


def sheets(result: Check) -> list[Sheet]:
    """Both numbers, how far they are apart, and what that means."""
    header = ("name", "computed", "reference", "error in ulp", "verdict")
    return [Sheet(header, [(r.name, r.computed, r.reference, f"{r.error:.2g}", r.verdict) for r in result.rows])]


def document(result: Check) -> Document:
    """The rows, and whether all is well."""
    return {"expression": result.expression, "passed": result.passed, "rows": lines(result)}


def lines(result: Check) -> list[Document]:
    """A document for each number."""
    return [finite(row._asdict()) for row in result.rows]
