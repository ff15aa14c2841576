"""Rows and columns, which all line-by-line formats share."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.columns.values import Value
from exprgrad.text.numbers import format_number, rounded, unsigned, with_rounded

Cell = Value | int


DIGITS = 6
"""Significant digits on a terminal."""


class Computation(str):
    """A text that computes with numbers, such as `3*2.5`: they are rounded as numbers are. (Other texts are formulas:
    they are to be read back, and keep all digits.)"""

    __slots__ = ()


class Sheet(NamedTuple):
    """A heading for each column, and rows of as many cells. What else it says is for tables."""

    header: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    labels: tuple[str, ...] = ()
    """The columns whose texts may be cut where there is no room. (Other texts are folded.)"""
    whole: tuple[str, ...] = ()
    """The columns of names: other columns are left out before a word in these is broken."""
    spare: tuple[tuple[str, ...], ...] = ()
    """The columns that matter least: they are left out first, before those at the right. Some go together."""
    extra: tuple[int, ...] = ()
    """For each row, how many more digits the number in its second column is worth."""
    result: tuple[str, ...] = ()
    """The columns of which the last row is the result: where there is no room for one, its last number stands below."""
    narrow: Sheet | None = None
    """What is shown instead where there is no room for all columns."""


def cell_text(cell: Cell, digits: int | None = None) -> str:
    """A number as the shortest text that reads back to it, or with so many significant digits; a column as a list of
    such."""
    if isinstance(cell, str):
        return with_rounded(cell, digits) if digits is not None and isinstance(cell, Computation) else cell
    if isinstance(cell, int):
        return str(cell)
    numbers = [cell] if isinstance(cell, float) else map(float, cell)
    return ",".join(map(format_number, numbers) if digits is None else [rounded(x, digits) for x in numbers])


def derivative(cell: Value) -> Value:
    """A derivative as it is shown, without the sign of a zero (see `unsigned`)."""
    if isinstance(cell, float):
        return unsigned(cell)
    if isinstance(cell, str):
        return "0" if cell == "-0" else cell
    return [unsigned(float(number)) for number in cell]
