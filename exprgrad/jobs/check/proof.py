"""References that are proved, where python-flint is installed: from the textbook formulas, by ball arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from time import process_time
from typing import TYPE_CHECKING

from exprgrad.graph.graph import Graph
from exprgrad.jobs.check.digits import Number, mp

if TYPE_CHECKING:
    from exprgrad.backends.balls.numbers import Ball
    from exprgrad.backends.balls.settle import Settler

ACCURATE = 100
"""Bits of a reference."""
_MOST = 1 << 15
"""Bits of precision, and below seconds of the processor, that one reference may take."""
_EFFORT = 2.0
_EFFORT_OF_ALL = 4.0
"""Seconds that all references of an expression may take together."""


def possible(graph: Graph) -> bool:
    """Whether balls can prove anything of a graph: python-flint is there, and all functions have a form."""
    if find_spec("flint") is None:
        return False
    from exprgrad.backends.balls.settle import has_form

    return has_form(graph)


class Proofs:
    """The references of one expression that balls decide."""

    def __init__(self, graph: Graph, output: int, bindings: Mapping[str, float]) -> None:
        self.graph, self.output = graph, output
        self.bindings = bindings
        self.possible = possible(graph)
        self._settler: Settler | None = None
        self._left = _EFFORT_OF_ALL

    def settled(self, name: str) -> Number:
        """The value, or the slope with respect to a variable if a name is given; None where balls leave it open, or
        have taken too long before."""
        if not self.possible:
            return None
        if self._settler is None:
            from exprgrad.backends.balls.settle import Settler

            self._settler = Settler(self.graph, self.output)
        begin = process_time()
        effort = min(_EFFORT, self._left)
        ball = self._settler.at(self.bindings, name or None, ACCURATE, _MOST, effort)
        took = process_time() - begin
        self._left -= took
        self.possible = took < effort
        return None if ball is None else middle(ball)


def middle(ball: Ball) -> Number:
    """The middle of an accurate ball."""
    fraction, exponent = ball.mid().man_exp()
    with mp.workprec(2 * ACCURATE):
        return mp.ldexp(mp.mpf(int(fraction)), int(exponent))
