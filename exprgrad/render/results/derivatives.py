"""Derivatives: a row each."""

from __future__ import annotations

from exprgrad.jobs.differentiate.result import Derivatives
from exprgrad.render.documents import Document
from exprgrad.render.sheet import Sheet


def sheets(result: Derivatives) -> list[Sheet]:
    """By which variables, and the derivative."""
    rows = [(" ".join(names), formula.text) for names, formula in result.by.items()]
    return [Sheet(("by", "derivative"), [*rows])]


def document(result: Derivatives) -> Document:
    """The expression and its derivatives."""
    return {"expression": result.expression, "derivatives": lines(result)}


def lines(result: Derivatives) -> list[Document]:
    """A document a derivative."""
    return [{"by": list(names), **formula._asdict()} for names, formula in result.by.items()]
