"""The number that an expression has at a point, to so many bits, from what `slopes` knows.

The precision is doubled until the ball is narrow enough.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import process_time

from exprgrad.backends.balls.arithmetic import Balls, ExhaustedError, without_form
from exprgrad.backends.balls.jets import Jet, Jets
from exprgrad.backends.balls.numbers import FALSE, TRUE, Ball, arb, precision
from exprgrad.backends.balls.slopes import Moving, NoFormError, Slopes
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import CONSTANT, INPUT, Graph

_LONGER = 6
"""How many times longer it takes with twice the bits, at most: series of zeta do."""
_NOTHING = arb(2) ** -1200
"""What is below this is no float but 0."""


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
                settled = _settled(number, accurate) if found.value.is_finite() else None
                if settled is not None:
                    return settled
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


def _settled(number: Ball, accurate: int) -> Ball | None:
    """A number with so many accurate bits, or the 0 that it counts as; None for others."""
    if not number.is_finite():
        return None
    if number.is_exact() or number.rel_accuracy_bits() >= accurate:
        return number
    return FALSE if abs(number) < _NOTHING else None


class Bends:
    """The value of one function of the table, and how it changes along each of its operands."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._prepared: dict[int, tuple[Balls, Callable[..., Jet]]] = {}

    def at(
        self, point: Sequence[float], along: int, order: int, accurate: int, most: int, effort: float, least: int = 128
    ) -> list[Ball | None]:
        """The value and the derivatives with respect to one operand up to the first or second, as `Settler.at` has
        them."""
        found: list[Ball | None] = [None] * (order + 1)
        end, bits = process_time() + effort, least
        while bits <= most and None in found:
            with precision(bits):
                try:
                    jet = self._jet(bits, end, point, along)
                except (ExhaustedError, NoFormError):
                    break
                if jet.value.is_finite():
                    found = [
                        _settled(number, accurate) if known is None else known
                        for number, known in zip(jet, found, strict=False)
                    ]
            bits *= 2
        return found

    def _jet(self, bits: int, end: float, point: Sequence[float], along: int) -> Jet:
        if bits not in self._prepared:
            balls = Balls()
            self._prepared[bits] = balls, Jets(balls).outer(self._name)
        balls, compute = self._prepared[bits]
        balls.end = end
        return compute(*[Jet(arb(x), TRUE) if i == along else Jet(arb(x)) for i, x in enumerate(point)])


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
