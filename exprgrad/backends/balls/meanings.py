"""What functions mean in balls, where the table has no formula for it. What the balls leave open is never guessed."""

from __future__ import annotations

from collections.abc import Callable

from exprgrad.backends.balls.numbers import (
    EITHER,
    FALSE,
    TRUE,
    UNKNOWN,
    Ball,
    answer,
    arb,
    truth,
)
from exprgrad.backends.balls.special import SPECIAL

_LONGEST = 64
"""Bits of a whole exponent, up to which a power is a product."""


def _is_even(number: Ball) -> bool:
    return bool((number / 2).is_integer())


def _difference(x: Ball, y: Ball) -> Ball:
    return FALSE if x is y and x.is_finite() else x - y


def power(x: Ball, y: Ball) -> Ball:
    """x^y as a real number: 0^y is 0 for y > 0, and x^0 is 1."""
    if y.is_zero():
        return TRUE
    if x.is_zero():
        return FALSE if y > 0 else UNKNOWN
    if x < 0 and y.is_exact() and y.is_integer():
        size = _of_positive(-x, y)
        return size if _is_even(y) else -size
    return _of_positive(x, y)


def _of_positive(x: Ball, y: Ball) -> Ball:
    if x > 0 or (y.is_exact() and y.is_integer() and abs(y) < 2**_LONGEST):
        return x**y
    return UNKNOWN


def _pow_slope(x: Ball, y: Ball) -> Ball:
    """y*x^(y - 1), and 0 for y = 0: then x^y is 1 for all x."""
    return FALSE if y.is_zero() else y * power(x, y - 1)


def _pow_log(x: Ball, y: Ball) -> Ball:
    """x^y*log(x), and its limit 0 at x = 0 for y > 0."""
    return FALSE if x.is_zero() and y > 0 else power(x, y) * x.log()


def _copysign(x: Ball, y: Ball) -> Ball:
    """The sign of a zero is no property of a number: there it is open."""
    size = abs(x)
    return size if y > 0 else -size if y < 0 else size.union(-size)


def _atan2(y: Ball, x: Ball) -> Ball:
    if truth(y) or x > 0:
        return arb.atan2(y, x)
    return arb.pi().union(-arb.pi())


def nearest(x: Ball) -> Ball:
    """The nearest whole number, halves to even."""
    if x.is_exact() and (2 * x).is_integer() and not x.is_integer():
        below = x.floor()
        return below if _is_even(below) else below + 1
    return (x + 0.5).floor()


def _trunc(x: Ball) -> Ball:
    return x.floor() if x >= 0 else x.ceil() if x <= 0 else x.floor().union(x.ceil())


def _cbrt(x: Ball) -> Ball:
    if x.is_zero():
        return FALSE
    return x.root(3) if x > 0 else -(-x).root(3) if x < 0 else UNKNOWN


def _unit(x: Ball, y: Ball) -> Ball:
    """x/hypot(x, y), and 0 where only x is 0."""
    return FALSE if x.is_zero() and truth(y) else x / (x * x + y * y).sqrt()


def _both(x: Ball, y: Ball) -> Ball:
    found = truth(x), truth(y)
    return FALSE if False in found else EITHER if None in found else TRUE


def _either(x: Ball, y: Ball) -> Ball:
    found = truth(x), truth(y)
    return TRUE if True in found else EITHER if None in found else FALSE


def _not(x: Ball) -> Ball:
    found = truth(x)
    return EITHER if found is None else FALSE if found else TRUE


def _where(condition: Ball, x: Ball, y: Ball) -> Ball:
    """Where the condition is open, both branches together."""
    found = truth(condition)
    return x.union(y) if found is None else x if found else y


MEANINGS: dict[str, Callable[..., Ball]] = {
    "add": lambda x, y: x + y,
    "sub": _difference,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": power,
    "pow_slope": _pow_slope,
    "pow_log": _pow_log,
    "lt": lambda x, y: answer(x < y, x is y or x >= y),
    "le": lambda x, y: answer(x is y or x <= y, x > y),
    "gt": lambda x, y: answer(x > y, x is y or x <= y),
    "ge": lambda x, y: answer(x is y or x >= y, x < y),
    "eq": lambda x, y: answer(x is y or x == y, x != y),
    "ne": lambda x, y: answer(x != y, x is y or x == y),
    "and": _both,
    "or": _either,
    "not": _not,
    "where": _where,
    "abs": abs,
    "sign": lambda x: x.sgn(),
    "max": lambda x, y: x.max(y),
    "min": lambda x, y: x.min(y),
    "copysign": _copysign,
    "step": lambda x: answer(x > 0, x <= 0),
    "floor": lambda x: x.floor(),
    "ceil": lambda x: x.ceil(),
    "round": nearest,
    "trunc": _trunc,
    "sqrt": lambda x: x.sqrt(),
    "cbrt": _cbrt,
    "exp": lambda x: x.exp(),
    "expm1": lambda x: x.expm1(),
    "log": lambda x: x.log(),
    "log1p": lambda x: x.log1p(),
    "unit": _unit,
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "tan": lambda x: x.tan(),
    "sec": lambda x: x.sec(),
    "csc": lambda x: x.csc(),
    "cot": lambda x: x.cot(),
    "asin": lambda x: x.asin(),
    "acos": lambda x: x.acos(),
    "atan": lambda x: x.atan(),
    "atan2": _atan2,
    "sinh": lambda x: x.sinh(),
    "cosh": lambda x: x.cosh(),
    "tanh": lambda x: x.tanh(),
    "sech": lambda x: x.sech(),
    "csch": lambda x: x.csch(),
    "coth": lambda x: x.coth(),
    "asinh": lambda x: x.asinh(),
    "acosh": lambda x: x.acosh(),
    "atanh": lambda x: x.atanh(),
    "sinc": lambda x: x.sinc(),
    **SPECIAL,
}
"""By name. What is not here means its formula in the table, or its definition. The same ball twice is the same number
twice: it is equal to itself."""
