"""Hyperbolic functions where libm's miss 2 ulp, and where a quotient of libm's would."""

from __future__ import annotations

import math
from math import inf, nan

from exprgrad.functions.numerics.doubledouble import polynomial, two_product, two_sum
from exprgrad.functions.numerics.ieee import div

_TANH = (
    (-9.64399179425052238628e-1, -9.92877231001918586564e1, -1.61468768441708447952e3),
    (1.0, 1.12811678491632931402e2, 2.23548839060100448583e3, 4.84406305325125486048e3),
)


def tanh(x: float) -> float:
    """x + x^3*p(x^2)/q(x^2) up to 0.625 (Moshier's Cephes, tanh.c), then 1 - 2/(e^2x + 1)."""
    size = abs(x)
    if not size > 0.625:
        square = x * x
        ratio = square * (polynomial(_TANH[0], square) / polynomial(_TANH[1], square))
        return math.copysign(size + size * ratio, x)
    return math.copysign(1.0 - 2.0 / (math.exp(2.0 * size) + 1.0) if size < 20.0 else 1.0, x)


_SINH = tuple(1.0 / math.factorial(k) for k in range(19, 2, -2))


def sech(x: float) -> float:
    """1/cosh(x) = 2*e/(1 + e^2) with e = e^-abs(x). As its square is the slope of tanh, roundings are made good."""
    power = math.exp(-abs(x))
    if not power > 1e-9:
        return 2.0 * power
    square, low = two_product(power, power)
    below, rest = two_sum(1.0, square)
    value = 2.0 * power / below
    back, error = two_product(value, below)
    return value + (2.0 * power - back - error - value * (rest + low)) / below


def csch(x: float) -> float:
    """1/sinh(x) by the power series of sinh (DLMF 4.33.1), past 1 as 2*e/(1 - e^2) with e = e^-abs(x)."""
    if not abs(x) > 1.0:
        return div(1.0, x + x * (x * x * polynomial(_SINH, x * x)))
    power = math.exp(-abs(x))
    return math.copysign(2.0 * power / (1.0 - power * power), x)


def coth(x: float) -> float:
    """1/tanh(x), past 0.55 as 1 + 2/(e^2x - 1)."""
    size = abs(x)
    if not size > 0.55:
        return div(1.0, tanh(x))
    return math.copysign(1.0 + 2.0 / math.expm1(2.0 * size) if size < 20.0 else 1.0, x)


def acosh(x: float) -> float:
    """log1p(w) or log(1 + w) with w = (x - 1) + sqrt((x - 1)*(x + 1)), whose rounding is made good."""
    if x > 1e10:
        return math.log(x) + 0.6931471805599453 if x < inf else inf
    if not x >= 1.0:
        return nan
    if x == 1.0:
        return 0.0
    start, (above, error) = (x if x > 2.0 else x - 1.0), two_sum(x, 1.0)
    high, low = two_product(x - 1.0, above)
    below = two_sum(x, -1.0)[1]
    low += (x - 1.0) * error + below * above
    root = math.sqrt(high)
    back, rest = two_product(root, root)
    root_low = ((high - back) - rest + low) / (2.0 * root)
    total, error = two_sum(start, root)
    error += root_low
    return math.log(total) + error / total if x > 2.0 else math.log1p(total) + error / (1.0 + total)


_LOGCOSH = (
    (8.597731205422981e-07, 0.0005730614602797304, 0.010769440979873481, 0.055383678861514685, 0.08333333333333333),
    (0.0013960752300698745, 0.036830145928812806, 0.296619794275274, 0.9312708130048142, 1.0),
)  # (x^2/2 - log(cosh(x)))/x^4 as a rational function of x^2 up to 0.64, to 2^-52


def logcosh(x: float) -> float:
    """log(cosh(x)): x^2/2 - x^4*r(x^2) up to 0.8, then abs(x) - log(2) + log1p(e^(-2*abs(x)))."""
    size = abs(x)
    if not size > 0.8:
        square, low = two_product(x, x)
        rest = square * square * (polynomial(_LOGCOSH[0], square) / polynomial(_LOGCOSH[1], square))
        return 0.5 * square - (rest - 0.5 * low) if size > 1e-150 else 0.5 * square
    return (size - 0.6931471805599453) + (math.log1p(math.exp(-2.0 * size)) - 2.3190468138462996e-17)
