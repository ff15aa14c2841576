"""The number that an expression has at a point, to so many bits, from what `slopes` knows.

The precision is doubled until the ball is narrow enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import process_time

from exprgrad.backends.balls.arithmetic import Balls, ExhaustedError, without_form
from exprgrad.backends.balls.numbers import FALSE, Ball, arb, precision
from exprgrad.backends.balls.slopes import Moving, NoFormError, Slopes
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import CONSTANT, INPUT, Graph

_LONGER = 6
"""How many times longer it takes with twice the bits, at most: series of zeta do."""
_VANISHED = 1200
"""What is below 2 to minus this is no float but 0."""


class Settler:
    """The value and the slopes of an expression, at any points: its functions are prepared once for each precision."""

    def __init__(self, graph: Graph, output: int) -> None:
        self._graph = graph
        self._output = output
        self._prepared: dict[int, tuple[Balls, Slopes]] = {}

    def at(
        self, point: Mapping[str, float], wrt: str | None, accurate: int, most: int, effort: float, least: int = 128
    ) -> Ball | None:
        """The value, or the slope with respect to a variable, with so many accurate bits; what is below 2^-1200 counts
        as 0. None where it takes more than `most` bits, where a branch or a kink leaves it open, or where it takes more
        than `effort` seconds: as no call of FLINT can be ended, what is likely to take longer is not begun."""
        end, bits = process_time() + effort, least
        while bits <= most:
            begin = process_time()
            with precision(bits):
                try:
                    found = self._moving(bits, end, point, wrt)
                except (ExhaustedError, NoFormError):
                    return None
                number = found.value if wrt is None else found.slope
                if found.value.is_finite() and number.is_finite():
                    if number.is_exact() or number.rel_accuracy_bits() >= accurate:
                        return number
                    if abs(number) < arb(2) ** -_VANISHED:
                        return FALSE
            bits *= 2
            now = process_time()
            if now + _LONGER * (now - begin) > end:
                return None
        return None

    def _moving(self, bits: int, end: float, point: Mapping[str, float], wrt: str | None) -> Moving:
        if bits not in self._prepared:
            balls = Balls()
            self._prepared[bits] = balls, Slopes(balls, literal=arb)
        balls, numbers = self._prepared[bits]
        balls.end = end
        inputs = {name: Moving(arb(x), arb(int(name == wrt))) for name, x in point.items()}
        return forward(self._graph, numbers, inputs)[self._output]


def has_form(graph: Graph) -> bool:
    """Whether all functions of a graph have values and slopes here."""
    if without_form(graph.operations):
        return False
    numbers = Slopes(Balls())
    try:
        for name in {*graph.operations} - {CONSTANT, INPUT}:
            numbers.operation(name)
    except NoFormError:
        return False
    return True
