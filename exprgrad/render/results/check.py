"""Numbers against references: a row each."""

from __future__ import annotations

from exprgrad.jobs.check.result import Check
from exprgrad.render.documents import Document, finite
from exprgrad.render.sheet import Sheet


def sheets(record: Check) -> list[Sheet]:
    """Both numbers, how far they are apart, and what that means."""
    header = ("name", "computed", "reference", "error in ulp", "verdict")
    return [Sheet(header, [(r.name, r.computed, r.reference, f"{r.error:.2g}", r.verdict) for r in record.rows])]


def document(record: Check) -> Document:
    """The rows, and whether all is well."""
    return {"expression": record.expression, "passed": record.passed, "rows": lines(record)}


def lines(record: Check) -> list[Document]:
    """A document a number."""
    return [finite(row._asdict()) for row in record.rows]
