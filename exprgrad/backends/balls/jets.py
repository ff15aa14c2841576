"""Values with their first and second derivatives in one go, all as balls, from textbook formulas alone.

Nothing here reads the table's partials, nor the algorithms that compute its values: so this can tell whether they are
right. Functions of one variable bring their derivatives in `curves`; the others follow by the rules of calculus from
the formulas that `slopes` has, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from exprgrad.backends.balls.arithmetic import Balls, formula
from exprgrad.backends.balls.curves import CURVES, LAST, Curve
from exprgrad.backends.balls.kinks import Kinks
from exprgrad.backends.balls.meanings import MEANINGS, power
from exprgrad.backends.balls.numbers import FALSE, UNKNOWN, Ball, arb, exact_float, truth
from exprgrad.backends.balls.slopes import FORMULAS, NoFormError
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS


class Jet(NamedTuple):
    """A number that changes: its value, its rate, and the rate of that."""

    value: Ball
    first: Ball = FALSE
    second: Ball = FALSE

    @property
    def still(self) -> bool:
        """Whether it does not change."""
        return self.first.is_zero() and self.second.is_zero()


class Jets:
    """The arithmetic of these numbers."""

    def __init__(self, balls: Balls) -> None:
        self._balls = balls
        self._kinks = Kinks(balls)
        self._operations: dict[str, Callable[..., Jet]] = {}

    def constant(self, value: float) -> Jet:
        return Jet(self._balls.constant(value))

    def known(self, value: Jet) -> float | None:
        return exact_float(value.value) if value.still else None

    def operation(self, name: str) -> Callable[..., Jet]:
        if name not in self._operations:
            self._operations[name] = self._build(name)
        return self._operations[name]

    def outer(self, name: str) -> Callable[..., Jet]:
        """A function that has no derivatives at its kinks and at the ends of its domain."""
        compute, row = self.operation(name), FUNCTIONS[name]
        return self._guarded(name, compute) if row.kink or row.domain else compute

    def _guarded(self, name: str, compute: Callable[..., Jet]) -> Callable[..., Jet]:
        def guarded(*operands: Jet) -> Jet:
            found = compute(*operands)
            if all(operand.still for operand in operands):
                return found
            away = self._kinks.at(name, [operand.value for operand in operands], found.value) is False
            return found if away else Jet(found.value, UNKNOWN, UNKNOWN)

        return guarded

    def _build(self, name: str) -> Callable[..., Jet]:
        own, row = OWN.get(name), FUNCTIONS[name]
        if own is not None:
            return own
        if name in CURVES:
            return _along(CURVES[name])
        if name in LAST:
            return _along_last(LAST[name])
        if name in _COMPARISONS:
            return _comparison(MEANINGS[name])
        text = FORMULAS.get(name) or formula(row)
        if all(partial == "0" for partial in row.partials):  # it does not change where it has a slope
            value = self._balls.operation(name)
            return self._guarded(name, lambda *operands: Jet(value(*[operand.value for operand in operands])))
        if not text:
            raise NoFormError(name)
        rule = bind(text, row.operands, self)
        return lambda *operands: rule(operands)


def _along(curve: Curve) -> Callable[[Jet], Jet]:
    """By the chain rule."""

    def operation(x: Jet) -> Jet:
        found, first, second = curve(x.value)
        return _chain(found, first, second, x)

    return operation


def _along_last(curve: Curve) -> Callable[..., Jet]:
    """The same of the last operand; the others are orders or parameters that stand still."""

    def operation(*operands: Jet) -> Jet:
        *orders, x = operands
        found, first, second = curve(*[operand.value for operand in operands])
        if not all(order.still for order in orders):
            return Jet(found, UNKNOWN, UNKNOWN)
        return _chain(found, first, second, x)

    return operation


def _chain(found: Ball, first: Ball, second: Ball, x: Jet) -> Jet:
    if x.still:
        return Jet(found)
    bent = second * x.first * x.first
    return Jet(found, first * x.first, bent if x.second.is_zero() else bent + first * x.second)


_COMPARISONS = "lt", "le", "gt", "ge", "eq", "ne"


def _comparison(meaning: Callable[[Ball, Ball], Ball]) -> Callable[[Jet, Jet], Jet]:
    """It is decided where its operands differ, or stand still."""

    def operation(x: Jet, y: Jet) -> Jet:
        found = meaning(x.value, y.value)
        decided = x.value != y.value or (x.still and y.still)
        return Jet(found) if decided else Jet(found, UNKNOWN, UNKNOWN)

    return operation


def _product(x: Jet, y: Jet) -> Jet:
    if y.still:
        x, y = y, x
    value = x.value * y.value
    if x.still:
        return Jet(value, _times(x.value, y.first), _times(x.value, y.second))
    first = _times(y.value, x.first) + _times(x.value, y.first)
    second = _times(y.value, x.second) + 2 * x.first * y.first + _times(x.value, y.second)
    return Jet(value, first, second)


def _times(slope: Ball, rate: Ball) -> Ball:
    """A slope times a rate: nothing comes from what stands still, even where the slope is infinite."""
    return FALSE if rate.is_zero() else slope * rate


def _over(rate: Ball, below: Ball) -> Ball:
    return FALSE if rate.is_zero() else rate / below


def _quotient(x: Jet, y: Jet) -> Jet:
    value = x.value / y.value
    if y.still:
        return Jet(value, _over(x.first, y.value), _over(x.second, y.value))
    first = (x.first - value * y.first) / y.value
    return Jet(value, first, (x.second - 2 * first * y.first - value * y.second) / y.value)


def _power(x: Jet, y: Jet) -> Jet:
    value = power(x.value, y.value)
    if y.still:
        if x.still or y.value.is_zero():
            return Jet(value)
        if y.value == 2:
            return _product(x, x)
        return _chain(value, *_powers(x.value, y.value, value), x)
    if x.still:
        rate = x.value.log()
        return _chain(value, value * rate, value * rate * rate, y)
    return _along(CURVES["exp"])(_product(y, _along(CURVES["log"])(x)))


def _powers(x: Ball, y: Ball, value: Ball) -> tuple[Ball, Ball]:
    """The derivatives of a power of x by x; at 0 by powers themselves."""
    if x.is_zero():
        return y * power(x, y - 1), FALSE if y == 1 else y * (y - 1) * power(x, y - 2)
    rate = value / x
    return y * rate, y * (y - 1) * rate / x


def _where(condition: Jet, x: Jet, y: Jet) -> Jet:
    """Where the condition is open, both values together. There, and where it jumps or is just leaving 0, the slopes may
    be anything."""
    found = truth(condition.value)
    if found is None:
        return Jet(x.value.union(y.value), UNKNOWN, UNKNOWN)
    near = x if found else y
    stays = condition.first.is_finite() if found else condition.still
    return near if stays else Jet(near.value, UNKNOWN, UNKNOWN)


def _larger(x: Jet, y: Jet, sign: int) -> Jet:
    if sign * x.value > sign * y.value:
        return x
    if sign * x.value < sign * y.value:
        return y
    both = x.value.max(y.value) if sign > 0 else x.value.min(y.value)
    return Jet(both) if x.still and y.still else Jet(both, UNKNOWN, UNKNOWN)


def _with_sign(x: Jet, y: Ball) -> Jet:
    """The absolute value of x with the sign of y."""
    found, sign = MEANINGS["copysign"](x.value, y), x.value.sgn() * y.sgn()
    if not sign.is_exact() or sign.is_zero():
        return Jet(found) if x.still else Jet(found, UNKNOWN, UNKNOWN)
    return Jet(found, _times(sign, x.first), _times(sign, x.second))


_ONE = arb(1)

OWN: dict[str, Callable[..., Jet]] = {
    "add": lambda x, y: Jet(x.value + y.value, x.first + y.first, x.second + y.second),
    "sub": lambda x, y: Jet(x.value - y.value, x.first - y.first, x.second - y.second),
    "mul": _product,
    "div": _quotient,
    "neg": lambda x: Jet(-x.value, -x.first, -x.second),
    "pow": _power,
    "where": _where,
    "abs": lambda x: _with_sign(x, _ONE),
    "max": lambda x, y: _larger(x, y, 1),
    "min": lambda x, y: _larger(x, y, -1),
    "copysign": lambda x, y: _with_sign(x, y.value),
}
