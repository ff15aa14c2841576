"""Derivatives: a row for each."""

from __future__ import annotations

from exprgrad.jobs.differentiate.result import Derivatives
from exprgrad.render.documents import Document
from exprgrad.render.sheet import Sheet


def sheets(result: Derivatives) -> list[Sheet]:
    """The variables that each derivative is with respect to, and the derivative."""
    rows = [(" ".join(names), formula.text) for names, formula in result.formulas.items()]
    return [Sheet(("by", "derivative"), [*rows])]


def document(result: Derivatives) -> Document:
    """The expression and its derivatives."""
    return {"expression": result.expression, "derivatives": lines(result)}


def lines(result: Derivatives) -> list[Document]:
    """A document for each derivative."""
    return [{"by": list(names), **formula._asdict()} for names, formula in result.formulas.items()]
