"""What is drawn of an expression over one variable or two."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.columns.values import Column


class Curve(NamedTuple):
    """What is drawn as one line: its legend, and a number for each point."""

    label: str
    values: Column


class Curves(NamedTuple):
    """The value of an expression, and its derivatives, along one variable."""

    expression: str
    variable: str
    points: Column
    curves: tuple[Curve, ...]


class Field(NamedTuple):
    """The value of an expression and its gradient over two variables, at the points of a grid: those of
    the first variable's row by row for each of the second's."""

    expression: str
    variables: tuple[str, str]
    points: tuple[Column, Column]
    """Along each variable."""
    values: Column
    slopes: tuple[Column, Column]
    """The derivatives with respect to each variable."""
