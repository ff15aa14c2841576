"""Values with slopes, both as balls, from the functions' textbook formulas and Arb's power series alone.

Nothing here reads the table's partials, nor the algorithms that compute its values: so this can tell whether they are
right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from exprgrad.backends.balls.arithmetic import Balls, decimal, formula
from exprgrad.backends.balls.kinks import Kinks
from exprgrad.backends.balls.meanings import MEANINGS, power
from exprgrad.backends.balls.numbers import FALSE, UNKNOWN, Ball, arb, arb_series, exact_float, truth
from exprgrad.backends.balls.special_slopes import RATES
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS


class Moving(NamedTuple):
    """A number and the rate at which it changes."""

    value: Ball
    slope: Ball


FORMULAS = {
    "expm1": "exp(x) - 1",
    "log1p": "log(1 + x)",
    "cbrt": "x > 0 ? exp(log(x)/3) : x < 0 ? -exp(log(-x)/3) : sqrt(-1)",
    "sec": "1/cos(x)",
    "csc": "1/sin(x)",
    "cot": "cos(x)/sin(x)",
    "sinh": "(exp(x) - exp(-x))/2",
    "cosh": "(exp(x) + exp(-x))/2",
    "tanh": "1 - 2/(exp(2*x) + 1)",
    "sech": "2/(exp(x) + exp(-x))",
    "csch": "2/(exp(x) - exp(-x))",
    "coth": "1 + 2/(exp(2*x) - 1)",
    "asinh": "log(x + sqrt(x^2 + 1))",
    "acosh": "log(x + sqrt(x^2 - 1))",
    "atanh": "log((1 + x)/(1 - x))/2",
    "atan2": "x > 0 ? atan(y/x) : y > 0 ? pi/2 - atan(x/y) : y < 0 ? -pi/2 - atan(x/y) : sqrt(-1)",
    "normal_cdf": "erfc(-x/sqrt(2))/2",
    "unit": "x/sqrt(x^2 + y^2)",
    "pow_slope": "y*x^(y - 1)",
    "pow_log": "x^y*log(x)",
    "xlogy": "x*log(y)",
    "lbeta": "lgamma(a) + lgamma(b) - lgamma(a + b)",
    "beta": "exp(lgamma(a) + lgamma(b) - lgamma(a + b))",
    "polygamma_difference": "polygamma(n, x + h) - polygamma(n, x)",
    "beta_density": "x^(a - 1)*(1 - x)^(b - 1)/beta(a, b)",
}
"""The formulas of others, for their slopes. (Their values are those of `meanings`.)"""


class Slopes:
    """The arithmetic of moving numbers."""

    def __init__(self, balls: Balls, *, literal: Callable[[float], Ball] = decimal) -> None:
        self._balls = balls
        self._literal = literal
        self._table = self if literal is decimal else Slopes(balls)
        """What the formulas of the table are computed in: their literals are decimal numbers."""
        self._operations: dict[str, Callable[..., Moving]] = {}

    def constant(self, value: float) -> Moving:
        return Moving(self._literal(value), FALSE)

    def known(self, value: Moving) -> float | None:
        return exact_float(value.value) if value.slope.is_zero() else None

    def operation(self, name: str) -> Callable[..., Moving]:
        if name not in self._operations:
            self._operations[name] = self._guarded(name, self._build(name))
        return self._operations[name]

    def _guarded(self, name: str, compute: Callable[..., Moving]) -> Callable[..., Moving]:
        """A function that has no slope at its kinks, and within the time that there is."""
        kinks = Kinks(self._balls)
        may = bool(FUNCTIONS[name].kink or FUNCTIONS[name].domain)

        def guarded(*operands: Moving) -> Moving:
            self._balls.check()
            found = compute(*operands)
            if may and not all(operand.slope.is_zero() for operand in operands):
                values = [operand.value for operand in operands]
                if kinks.at(name, values, found.value) is not False:
                    return Moving(found.value, UNKNOWN)
            return found

        return guarded

    def _build(self, name: str) -> Callable[..., Moving]:
        own, row = OWN.get(name), FUNCTIONS[name]
        if own is not None:
            return own
        if name in RATES:
            return _by_rates(name)
        if len(row.operands) == 1 and name in MEANINGS and hasattr(arb_series, name):
            return lambda x: _by_series(name, x)
        text = FORMULAS.get(name) or formula(row)
        still = all(partial == "0" for partial in row.partials)  # it does not change where it has a slope
        if not (still or text):
            raise NoFormError(name)
        value = self._balls.operation(name)
        if still:
            return lambda *operands: Moving(value(*[operand.value for operand in operands]), FALSE)
        rule = bind(text, row.operands, self._table)

        def operation(*operands: Moving) -> Moving:
            slope = FALSE if all(operand.slope.is_zero() for operand in operands) else rule(operands).slope
            return Moving(value(*[operand.value for operand in operands]), slope)

        return operation


class NoFormError(Exception):
    """A function that has no slope here."""


def _by_series(name: str, x: Moving) -> Moving:
    if x.slope.is_zero():
        return Moving(MEANINGS[name](x.value), FALSE)
    found = getattr(arb_series([x.value, 1], 2), name)()
    return Moving(found[0], found[1] * x.slope)


def _times(slope: Ball, rate: Ball) -> Ball:
    """A slope times a rate: nothing comes from what stands still, even where the slope is infinite."""
    return FALSE if rate.is_zero() else slope * rate


def _power(x: Moving, y: Moving) -> Moving:
    value = power(x.value, y.value)
    slope = FALSE if x.slope.is_zero() or y.value.is_zero() else y.value * power(x.value, y.value - 1) * x.slope
    return Moving(value, slope + _times(value * x.value.log(), y.slope))


def _where(condition: Moving, x: Moving, y: Moving) -> Moving:
    """Where the condition is open, both values together. There, and where it is just changing, the slope may be
    anything."""
    found = truth(condition.value)
    if found is not None and not condition.slope.is_zero():
        return Moving((x if found else y).value, UNKNOWN)
    return Moving(x.value.union(y.value), UNKNOWN) if found is None else x if found else y


def _larger(x: Moving, y: Moving, sign: int) -> Moving:
    if sign * x.value > sign * y.value:
        return x
    if sign * x.value < sign * y.value:
        return y
    both = x.value.max(y.value) if sign > 0 else x.value.min(y.value)
    return Moving(both, FALSE if x.slope.is_zero() and y.slope.is_zero() else UNKNOWN)


def _with_sign(x: Moving, y: Ball) -> Moving:
    """The absolute value of x with the sign of y."""
    found = MEANINGS["copysign"](x.value, y)
    sign = x.value.sgn() * y.sgn()
    return Moving(found, _times(sign if sign.is_exact() and not sign.is_zero() else UNKNOWN, x.slope))


def _by_rates(name: str) -> Callable[..., Moving]:
    """A special function: each of its rates times that of the operand."""
    value, rates = MEANINGS[name], RATES[name]

    def operation(*operands: Moving) -> Moving:
        values = [operand.value for operand in operands]
        out, slope = value(*values), FALSE
        for rate, operand in zip(rates, operands, strict=True):
            if not operand.slope.is_zero():
                slope += rate(*values, out) * operand.slope if rate is not None else UNKNOWN
        return Moving(out, slope)

    return operation


OWN: dict[str, Callable[..., Moving]] = {
    "add": lambda x, y: Moving(x.value + y.value, x.slope + y.slope),
    "sub": lambda x, y: Moving(x.value - y.value, x.slope - y.slope),
    "mul": lambda x, y: Moving(x.value * y.value, _times(y.value, x.slope) + _times(x.value, y.slope)),
    "div": lambda x, y: Moving(
        x.value / y.value, _times(1 / y.value, x.slope) - _times(x.value / y.value / y.value, y.slope)
    ),
    "neg": lambda x: Moving(-x.value, -x.slope),
    "pow": _power,
    "where": _where,
    "abs": lambda x: _with_sign(x, arb(1)),
    "max": lambda x, y: _larger(x, y, 1),
    "min": lambda x, y: _larger(x, y, -1),
    "copysign": lambda x, y: _with_sign(x, y.value),
}
