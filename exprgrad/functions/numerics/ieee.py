"""IEEE 754 versions of Python's float functions: none raises, poles are infinite, the rest is nan."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from math import inf, nan


def total(function: Callable[[float], float]) -> Callable[[float], float]:
    """A libm function of one operand, with nan where Python raises a domain error."""

    def wrapped(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            return nan

    return wrapped


def plain_sum(values: Iterable[float]) -> float:
    """The floats added from the left, each sum rounded, as compiled code does it: Python's own `sum` makes the
    rounding good from 3.12 on, and so gives other bits there."""
    added = 0.0
    for value in values:
        added += value
    return added


def div(x: float, y: float) -> float:
    """x/y, with a signed infinity at y = 0."""
    if y:
        return x / y
    if x == 0 or x != x:
        return nan
    return math.copysign(inf, x) * math.copysign(1.0, y)


def mod(x: float, y: float) -> float:
    """x - y*floor(x/y): the remainder with the divisor's sign."""
    if y == 0 or math.isinf(x):
        return nan
    return x % y


def fmod(x: float, y: float) -> float:
    """x - y*trunc(x/y): the remainder with the sign of x."""
    if y == 0 or math.isinf(x) or x != x or y != y:
        return nan
    return math.fmod(x, y)


def remainder(x: float, y: float) -> float:
    """x - y*n with the whole number n nearest to x/y, halves to even; exact."""
    if y == 0 or math.isinf(x) or x != x or y != y:
        return nan
    size = abs(y)
    rest = abs(x) if size >= 2.0**1023 else math.fmod(abs(x), 2.0 * size)  # with the parity of n
    if rest > size - rest:
        rest -= size
        if rest >= size - rest:
            rest -= size
    return math.copysign(1.0, x) * rest


def power(x: float, y: float) -> float:
    """C99 pow: 0^0 is 1, a negative base with a fractional exponent is nan."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return -inf if x < 0 and y % 2 == 1 else inf
    except ValueError:
        if x == 0:  # a pole: y is negative
            return math.copysign(inf, x) if y % 2 == 1 else inf
        return nan


def exp(x: float) -> float:
    """e^x, infinite past 709.78."""
    try:
        return math.exp(x)
    except OverflowError:
        return inf


def exp2(x: float) -> float:
    """2^x, infinite from 1024."""
    try:
        return math.exp2(x)
    except OverflowError:
        return inf


def expm1(x: float) -> float:
    """e^x - 1 without cancellation near 0."""
    try:
        return math.expm1(x)
    except OverflowError:
        return inf


def _logarithm(function: Callable[[float], float], pole: float) -> Callable[[float], float]:
    def wrapped(x: float) -> float:
        if x > pole:
            return function(x)
        return -inf if x == pole else nan

    return wrapped


log = _logarithm(math.log, 0.0)
log2 = _logarithm(math.log2, 0.0)
log10 = _logarithm(math.log10, 0.0)
log1p = _logarithm(math.log1p, -1.0)


def sinh(x: float) -> float:
    """Hyperbolic sine."""
    try:
        return math.sinh(x)
    except OverflowError:
        return math.copysign(inf, x)


def cosh(x: float) -> float:
    """Hyperbolic cosine."""
    try:
        return math.cosh(x)
    except OverflowError:
        return inf


def atanh(x: float) -> float:
    """Inverse hyperbolic tangent, infinite at -1 and 1."""
    if abs(x) == 1:
        return math.copysign(inf, x)
    return math.atanh(x) if abs(x) < 1 else nan


def sign(x: float) -> float:
    """-1, 0 or 1."""
    return 1.0 if x > 0 else -1.0 if x < 0 else x


def maximum(x: float, y: float) -> float:
    """The larger; nan if either is nan."""
    return x if x > y or x != x else y


def minimum(x: float, y: float) -> float:
    """The smaller; nan if either is nan."""
    return x if x < y or x != x else y


def integral(function: Callable[[float], int]) -> Callable[[float], float]:
    """A rounding function with float result: infinities, nan and the sign of zero pass through."""

    def wrapped(x: float) -> float:
        return math.copysign(float(function(x)), x) if math.isfinite(x) else x

    return wrapped
