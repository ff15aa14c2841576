"""Error functions without their exponential factor, and what follows from them for the normal distribution."""

from __future__ import annotations

import math
from math import inf, nan

from exprgrad.functions.numerics.doubledouble import exp_pair, two_product
from exprgrad.functions.numerics.gaussian import erfc, normal_cdf, normal_pdf, tail

_TAIL = 1.25
_NORMAL_TAIL = -1.7677669529663689
_TWO_OVER_SQRT_PI = 1.1283791670955126
_SQRT_PI = 1.772453850905516
_HALF_LOG_2 = 0.34657359027997264
_OVERFLOW = -26.62873571375149  # where 2*exp(x^2) is the largest float


def erfcx(x: float) -> float:
    """exp(x^2)*erfc(x); the tail of erfc without its exponential (see `gaussian`)."""
    if x > _TAIL:
        return math.exp(tail(1.0 / (x * x)) - 0.5625) / x
    if x < _OVERFLOW:
        return inf
    high, low = two_product(x, x)
    return exp_pair(high, low, erfc(x))


def ierfcx(n: float, x: float) -> float:
    """exp(x^2) times the n-th repeated integral of erfc from x to infinity (DLMF 7.18.9): by recurrence over the order
    from below where that adds, else by the continued fraction of the ratio of neighbours (Gautschi 1967)."""
    if not (0 <= n <= 500 and n == math.floor(n)) or x != x:
        return nan
    order = int(n)
    if x < (0.5 if order < 2 else 0.3):
        before, value = _TWO_OVER_SQRT_PI, erfcx(x)
        for k in range(1, order + 1):
            before, value = value, before * (0.5 / k) - value * (x / k)
        return inf if x < _OVERFLOW else value
    start = float(math.ceil((math.sqrt(n) + 13.0 / x) ** 2)) + 20.0
    ratio = (math.sqrt(x * x + 2.0 * start) - x) / (2.0 * start) if x < 1e8 else 0.0
    value = _TWO_OVER_SQRT_PI
    while start > 0.0:
        ratio = 0.5 / (x + start * ratio)
        start -= 1.0
        if start <= n:
            value *= ratio
    return value


def normal_mills(x: float) -> float:
    """normal_pdf(x)/normal_cdf(x)."""
    if x < _NORMAL_TAIL:
        return -x * (math.exp(0.5625 - tail(2.0 / (x * x))) / _SQRT_PI)
    return normal_pdf(x) / normal_cdf(x)


def log_normal_cdf(x: float) -> float:
    """log(normal_cdf(x)): the exponent itself in the tail, and by the other tail for x > 0."""
    if x < _NORMAL_TAIL:
        return -0.5 * x * x - ((0.5625 + _HALF_LOG_2 + math.log(-x)) - tail(2.0 / (x * x)))
    return math.log1p(-normal_cdf(-x)) if x > 0 else math.log(normal_cdf(x))


_A = 0.147
"""Of Winitzki's approximation of the inverse of erf (2008), right to 0.2 percent everywhere."""


def _near(logarithm: float) -> float:
    """About the x with log(1 - erf(x)^2) = logarithm."""
    term = 2.0 / (math.pi * _A) + 0.5 * logarithm
    return math.sqrt(math.sqrt(term * term - logarithm / _A) - term)


def inverse_erfc_of_exp(wanted: float) -> float:
    """The x with log(erfc(x)) = wanted, for wanted < -2.5: steps of Newton's method."""
    x = _near(wanted + 0.6931471805599453)
    for _ in range(4):
        square = x * x
        excess = tail(1.0 / square) - 0.5625 - square - math.log(x) - wanted
        x += excess * erfcx(x) / _TWO_OVER_SQRT_PI
    return x


def _inverse_erfc(z: float) -> float:
    """The x with erfc(x) = z, for z up to 1/2: on the scale of logarithms in the tail."""
    if not z > 0:
        return inf if z == 0 else nan
    if z < 0.08:
        return inverse_erfc_of_exp(math.log(z))
    x = _near(math.log(z) + math.log(2.0 - z))
    for _ in range(3):
        step = (z - erfc(x)) * math.exp(x * x) / _TWO_OVER_SQRT_PI
        x -= step / (1.0 + x * step)
    return x


def erfinv(x: float) -> float:
    """The inverse of erf: steps of Halley's method from a series, and by erfc next to 1 and -1."""
    size = abs(x)
    if size > 0.5:
        return math.copysign(_inverse_erfc(1.0 - size), x)
    if size < 1e-8:
        return x * 0.8862269254527581
    square = 0.7853981633974483 * x * x
    guess = x / _TWO_OVER_SQRT_PI * (1.0 + square / 3.0 + 7.0 / 30.0 * square * square)
    for _ in range(3):
        step = (math.erf(guess) - x) * math.exp(guess * guess) / _TWO_OVER_SQRT_PI
        guess -= step / (1.0 + guess * step)
    return guess


def erfcinv(x: float) -> float:
    """The inverse of erfc."""
    return _inverse_erfc(x) if x < 0.5 else erfinv(1.0 - x)


def normal_quantile(x: float) -> float:
    """The inverse of normal_cdf."""
    root = erfcinv(2.0 * x)
    if math.isinf(root):
        return -root
    high, low = two_product(root, 1.4142135623730951)
    return 0.0 - (high + (low - root * 9.667293313452913e-17))
