"""Value and derivatives of an expression, from differences of its value at many digits.

No rule of derivatives enters, nor an algorithm that computes a value on floats: values are balls (`exprgrad.backends.
balls`) of the functions' textbook formulas, which say themselves how many of their digits are right; where balls leave
a value open, mpmath has its turn. What is left is that a step may be too long: whoever meets a difference asks again
with a shorter one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from time import process_time

from exprgrad.backends.balls.arithmetic import Balls, ExhaustedError, Literal
from exprgrad.backends.balls.numbers import Ball, arb, precision
from exprgrad.graph.forward import forward
from exprgrad.graph.lower import Model
from exprgrad.jobs.check import precise
from exprgrad.jobs.check.digits import UNKNOWN, Number, mp
from exprgrad.jobs.check.precise import Exact
from exprgrad.jobs.check.proof import middle

STEPS = (133, 1661, 5000)
"""The power of two below 1 that a step is: 1e-40; 1e-500, which does not pass a wave of remainder(x, 1e-258); 1e-1505,
for what leaves the range of floats."""
_ORDERS = (
    ((0, 0, 1, 0, 0), 1),
    ((1, -8, 0, 8, -1), 12),
    ((-1, 16, -30, 16, -1), 12),
    ((-1, 2, 0, -2, 1), 2),
    ((1, -4, 6, -4, 1), 1),
)
"""What the values at -2, …, 2 steps are multiplied with, and their sum divided by, by order of the derivative."""
_ACCURATE = 100
"""Bits of a number that balls decide."""
_MOST = 1 << 15
_EFFORT = 4.0
"""Seconds of the processor that balls may take for one variable, and mpmath again."""
_DIGITS = (400, 900)
_NO_FLOAT = 1200
"""What is below 2 to minus this is no float but 0."""

Found = list[Number | None]
"""The value and the derivatives from the first to the fourth; None where one is not known."""


class Differences:
    """An expression at a point."""

    def __init__(self, model: Model, point: Mapping[str, float]) -> None:
        self._model = model
        self._point = point
        self._middles: dict[int, Ball] = {}
        self._end = 0.0

    def at(self, name: str, step: int = STEPS[0]) -> Found:
        """The value and its derivatives with respect to a variable."""
        self._end = process_time() + _EFFORT
        found = self._balls(name, step)
        if None not in found or step != STEPS[0]:
            return found
        self._end = process_time() + _EFFORT
        return [again if number is None else number for number, again in zip(found, self._mpmath(name), strict=True)]

    def _balls(self, name: str, step: int) -> Found:
        found: Found = [None] * len(_ORDERS)
        bits = 1 << (4 * step + 300).bit_length()
        while bits <= _MOST and None in found:
            with precision(bits):
                try:
                    values = [self._ball(name, k, step, bits) for k in range(-2, 3)]
                except ExhaustedError:
                    break
                for order, number in enumerate(found):
                    if number is None:
                        found[order] = _difference(values, order, step)
            bits *= 2
        return found

    def _ball(self, name: str, k: int, step: int, bits: int) -> Ball:
        """The value some steps away."""
        if not k and bits in self._middles:
            return self._middles[bits]
        balls = _balls(bits)
        balls.end = self._end
        inputs = {other: arb(value) for other, value in self._point.items()}
        inputs[name] += k * arb(2) ** -step
        value = forward(self._model.graph, Literal(balls), inputs)[self._model.output]
        if not k:
            self._middles[bits] = value
        return value

    def _mpmath(self, name: str) -> Found:
        """The same without proof: digits that are many enough for the differences, and no kink on the way."""
        found: Found = [None] * len(_ORDERS)
        try:
            for digits in _DIGITS:
                with mp.workdps(digits):
                    values = [self._number(name, k) for k in range(-2, 3)]
                    if any(value is UNKNOWN or not mp.isfinite(value) for value in values):
                        break
                    largest = max(map(abs, values))
                    for order, (factors, divisor) in enumerate(_ORDERS):
                        total = mp.fsum(factor * value for factor, value in zip(factors, values, strict=True))
                        if abs(total) > largest * mp.mpf(10) ** (40 - digits) and found[order] is None:
                            found[order] = total / (divisor * mp.mpf(2) ** (-STEPS[0] * order))
                if None not in found:
                    break
        except precise.ExhaustedError:
            pass
        return found

    def _number(self, name: str, k: int) -> Number:
        inputs = {other: mp.mpf(value) for other, value in self._point.items()}
        inputs[name] += k * mp.mpf(2) ** -STEPS[0]
        return forward(self._model.graph, Exact(self._end - process_time()), inputs)[self._model.output]


@cache
def _balls(_: int) -> Balls:
    """The functions, prepared for a precision."""
    return Balls()


def _difference(values: Sequence[Ball], order: int, step: int) -> Number | None:
    """A derivative, if the balls are narrow enough."""
    factors, divisor = _ORDERS[order]
    total = arb(0)
    for factor, value in zip(factors, values, strict=True):
        if factor:
            total += factor * value
    if not total.is_finite():
        return None
    if total.is_exact() or total.rel_accuracy_bits() >= _ACCURATE:
        return middle(total * arb(2) ** (step * order) / divisor)
    return mp.mpf(0) if abs(total) * arb(2) ** (step * order + _NO_FLOAT) < 1 else None
