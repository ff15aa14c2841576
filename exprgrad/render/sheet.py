"""Rows and columns, which all line-by-line formats share."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.columns.values import Value
from exprgrad.text.numbers import format_number

Cell = Value | int


class Sheet(NamedTuple):
    """A heading for each column, and rows of as many cells."""

    header: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


def cell_text(cell: Cell) -> str:
    """A number as the shortest text that reads back to it, a column as a list of such."""
    if isinstance(cell, str | int):
        return str(cell)
    return format_number(cell) if isinstance(cell, float) else ",".join(map(format_number, map(float, cell)))
