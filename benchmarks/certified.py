"""The bounds of the function table, proved point by point: the error of each value and each derivative, from balls.

What is exact comes from the textbook formulas and Arb's power series; the table's partials are not used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import reference
from exprgrad.backends.balls.slopes import settled
from exprgrad.functions.entry import Function
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.jobs.check.digits import Number
from exprgrad.jobs.check.proof import middle

ACCURATE = 72
"""Bits of a ball. So much, and no more, is added to each error: 2^-18 ulp."""
_SLACK = 2.0**-18
_MOST, _EFFORT = 1 << 13, 2.0

Operands = tuple[float, ...]


@dataclass(frozen=True)
class Bound:
    """The largest error that was proved, in ulp, and where."""

    error: float = 0.0
    operands: Operands = ()
    points: int = 0
    """At how many points it is proved."""

    def also(self, error: float, operands: Operands) -> Bound:
        at = (error, operands) if error > self.error else (self.error, self.operands)
        return Bound(*at, self.points + 1)


@dataclass(frozen=True)
class Proved:
    """What is proved of one function."""

    name: str
    value: Bound
    partial: Bound
    undecided: int
    """Values and derivatives that balls left open: at jumps, and where they would take too many bits."""

    @property
    def holds(self) -> bool:
        bounds = FUNCTIONS[self.name].ulp
        return self.value.error <= bounds[0] and self.partial.error <= bounds[1]


def prove(function: Function, points: Sequence[Operands]) -> Proved:
    """The worst errors of one function over some points."""
    graph = Graph()
    inputs = [graph.input(name) for name in function.operands]
    output = graph.apply(function.name, *inputs)
    compute, margin = reference.float_value(function), reference.margin(function)
    value, partial, undecided = Bound(), Bound(), 0
    for operands in points:
        at = dict(zip(function.operands, operands, strict=True))
        exact = _exact(graph, output, at, None)
        got = compute(*operands)
        if exact is not None:
            wrong = reference.error(got, exact, reference.term(function, 0, operands))
            value = value.also(wrong and wrong + _SLACK, operands)
        elif math.isfinite(got):
            undecided += 1
        if not reference.has_slope(function, operands):
            continue
        for i, operand in enumerate(function.operands):
            if operand == "n":
                continue
            exact = _exact(graph, output, at, operand)
            got = reference.float_partial(function, i, operands)
            if exact is not None:
                wrong = reference.error(got, exact, reference.term(function, i + 1, operands), margin)
                partial = partial.also(wrong and wrong + _SLACK, operands)
            elif math.isfinite(got):
                undecided += 1
    return Proved(function.name, value, partial, undecided)


def _exact(graph: Graph, output: int, at: dict[str, float], wrt: str | None) -> Number:
    """The value, or a derivative, to more bits than a float has; None where balls leave it open."""
    ball = settled(graph, output, at, wrt, ACCURATE, _MOST, _EFFORT)
    return None if ball is None else middle(ball)
