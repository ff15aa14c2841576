"""Derivatives: a row each."""

from __future__ import annotations

from exprgrad.jobs.differentiate.result import Derivatives
from exprgrad.render.documents import Document
from exprgrad.render.sheet import Sheet


def sheets(record: Derivatives) -> list[Sheet]:
    """By which variables, and the derivative."""
    rows = [(" ".join(names), formula.text) for names, formula in record.by.items()]
    return [Sheet(("by", "derivative"), [*rows])]


def document(record: Derivatives) -> Document:
    """The expression and its derivatives."""
    return {"expression": record.expression, "derivatives": lines(record)}


def lines(record: Derivatives) -> list[Document]:
    """A document a derivative."""
    return [{"by": list(names), **formula._asdict()} for names, formula in record.by.items()]
