"""The result of `plot`: the numbers of curves along one variable, or of a field over two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from exprgrad.columns.values import Column


class Curve(NamedTuple):
    """What is drawn as one line: its legend, and a number for each point."""

    label: str
    values: Column


class Dots(NamedTuple):
    """Rows of data, drawn as dots: where they are along the variable, and how high."""

    label: str
    points: Column
    values: Column


class Curves(NamedTuple):
    """The value of an expression, and its derivatives, along one variable. The label of the value is its name."""

    expression: str
    """Empty where the labels of the curves say what they are."""
    variable: str
    points: Column
    curves: tuple[Curve, ...]
    dots: Dots | None = None
    name: str = ""
    """What the program calls the expression; empty where it has no name."""

    @property
    def title(self) -> str:
        """The expression, said once: behind its name, or as `L = x^2` where the other curves are called `dL/dx`."""
        if not self.expression:
            return ""
        return _equation(self.name if len(self.curves) == 1 else self.curves[0].label, self.expression)


def together(results: Sequence[Curves], dots: Dots | None = None) -> Curves:
    """The curves of several expressions in one picture, with the dots of data."""
    first, *others = results
    if not others and dots is None:
        return first
    curves = tuple(curve for result in results for curve in result.curves)
    return Curves("", first.variable, first.points, curves, dots)


class Field(NamedTuple):
    """The value of an expression and its gradient over a grid that two variables span.

    The points come row by row: all points of the first variable for the first point of the second, and so on.
    """

    expression: str
    variables: tuple[str, str]
    points: tuple[Column, Column]
    """The points along each variable."""
    values: Column
    slopes: tuple[Column, Column]
    """The derivatives with respect to each variable, at the points of the grid."""
    name: str = ""
    """What the program calls the expression."""

    @property
    def title(self) -> str:
        """The expression, behind its name if it has one."""
        return _equation(self.name, self.expression)


def _equation(name: str, expression: str) -> str:
    return f"{name} = {expression}" if name and name != expression else expression
