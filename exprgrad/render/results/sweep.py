"""Rows of a sweep as a table; where rows are left out, a line of dots stands for them."""

from __future__ import annotations

from exprgrad.jobs.sweep.result import FIRST, Excerpt
from exprgrad.render.documents import Document, number, numbers
from exprgrad.render.sheet import Cell, Sheet


def sheets(result: Excerpt) -> list[Sheet]:
    """One sheet. Where there is no room, derivatives are left out first, then variables; the value stays."""
    rows: list[tuple[Cell, ...]] = [tuple(map(float, row)) for row in zip(*result.columns, strict=True)]
    if len(rows) < result.rows:
        rows.insert(FIRST, ("…",) * len(result.names))
    axes = len(result.swept)
    spare = [*result.names[: axes - 1 : -1][:-1], *result.swept[:0:-1]]
    return [Sheet(result.names, rows, spare=tuple((name,) for name in spare))]


def document(result: Excerpt) -> Document:
    """The columns by name."""
    columns = zip(result.names, result.columns, strict=True)
    return {name: number(column) for name, column in columns}


def lines(result: Excerpt) -> list[Document]:
    """A document for each row."""
    rows = zip(*result.columns, strict=True)
    return [{**numbers(dict(zip(result.names, map(float, row), strict=True)))} for row in rows]
