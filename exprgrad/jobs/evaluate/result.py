"""The value of an expression and its derivatives at one point, or over columns."""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple

from exprgrad.columns.values import Value, lost


class Row(NamedTuple):
    """A name, its value, and d result / d name."""

    name: str
    value: Value
    gradient: Value
    tangent: Value | None = None
    """d name / d t along the direction asked for."""


class Evaluation(NamedTuple):
    """The value of an expression and its derivatives."""

    expression: str
    gradient: dict[str, Value]
    """d result / d variable, in order of first use."""
    rows: tuple[Row, ...]
    """Variables, then intermediates; the result's row last."""
    nodes: tuple[Row, ...]
    """Every node of the graph, where asked for."""
    unbound: tuple[str, ...]
    higher: dict[str, tuple[Value, ...]]
    """By variable, the second derivative and those of higher order, where asked for."""
    hessian: dict[str, dict[str, Value]]
    """The second derivatives with respect to each pair of variables, where asked for."""
    notes: tuple[str, ...]
    """What the user should know: where a nan or an infinity arose."""

    @property
    def finite(self) -> bool:
        """Whether the value and all derivatives are."""
        second = [value for row in self.hessian.values() for value in row.values()]
        values = [self.rows[-1].value, *self.gradient.values(), *second, *chain(*self.higher.values())]
        return not any(map(lost, values))
