"""Special functions of wide numbers: those that have no textbook's formula to follow, or whose formulas lose digits."""

from __future__ import annotations

import math
from math import inf, isfinite, nan

from exprgrad.functions.numerics import gamma as floats
from exprgrad.functions.numerics import gaussian
from exprgrad.functions.numerics.beyond.elementary import LARGEST, exp, log, power, size, tiny
from exprgrad.functions.numerics.doubledouble import two_product
from exprgrad.functions.numerics.far import Far, Wide, minus, over, plus, rounded, times, wide
from exprgrad.functions.numerics.special import lambert, scaled

STEPS = 2000
"""The largest operand of gamma by recurrence, and the largest order."""


def gauss(x: Wide) -> Wide:
    """exp(-x^2)."""
    return _bell(float(x), 1.0)


def normal_pdf(x: Wide) -> Wide:
    """exp(-x^2/2)/sqrt(2*pi)."""
    return over(_bell(float(x), 0.5), math.sqrt(math.tau))


def erfc(x: Wide) -> Wide:
    """Complementary error function."""
    near = float(x)
    if not near > 26.0:
        return wide(math.erfc(near))
    return over(times(gauss(near), _tail(2.0 * near * near)), near * math.sqrt(math.pi))


def normal_cdf(x: Wide) -> Wide:
    """Distribution function of the standard normal distribution."""
    near = float(x)
    return over(times(normal_pdf(near), _tail(near * near)), -near) if near < -37.0 else wide(gaussian.normal_cdf(near))


def _bell(x: float, scale: float) -> Wide:
    """exp(-scale*x^2), with the rounding of x^2 made good."""
    if not abs(x) < LARGEST:
        return 0.0
    high, low = two_product(x, x)
    return times(exp(-scale * high), 1.0 - scale * low)


def _tail(square: float) -> float:
    """Asymptotic series of the error function's tail, from 1000 on (DLMF 7.12.1)."""
    term = total = 1.0
    for k in range(1, 10):
        term *= -(2 * k - 1) / square
        total += term
    return total


def gamma(x: Wide) -> Wide:
    """Gamma function: past 170 by recurrence, far below 0 by reflection (DLMF 5.5.1, 5.5.3), next to 0 as 1/x."""
    near = float(x)
    if tiny(x):
        return over(1.0, x)
    if near > 171.0 and isfinite(near):
        if near > STEPS:
            return exp(floats.lgamma(near))
        value: Wide = 1.0
        while near > 170.0:
            near -= 1.0
            value = times(value, near)
        return times(value, floats.gamma(near))
    if isfinite(near) and near < -170.0 and near != math.floor(near):
        return over(-math.pi, times(times(near, floats.sine(near)), gamma(-near)))
    return floats.gamma(near)


def lgamma(x: Wide) -> Wide:
    """log(abs(gamma(x))): of the first order next to 0 and at infinity."""
    if tiny(x):
        return -log(size(x))
    return times(x, minus(log(x), 1.0)) if isinstance(x, Far) and x > 0 else wide(floats.lgamma(float(x)))


def digamma(x: Wide) -> Wide:
    """The derivative of log(gamma(x)): of the first order next to 0 and at infinity."""
    if tiny(x):
        return over(-1.0, x)
    return log(x) if isinstance(x, Far) and x > 0 else wide(floats.digamma(float(x)))


def polygamma(n: Wide, x: Wide) -> Wide:
    """The derivative of order n of digamma, as in `gamma.polygamma`."""
    order, near = float(n), float(x)
    if not (0 <= order <= STEPS and order == math.floor(order)) or x != x:
        return nan
    if order == 0:
        return digamma(x)
    sign = 1.0 if order % 2 else -1.0
    factorial = gamma(order + 1.0)
    if size(x) < 1e-30:
        return times(sign, over(factorial, power(x, order + 1.0)))
    if isinstance(x, Far) and x > 0:
        return times(sign, over(gamma(order), power(x, order)))
    if not 0 < near < inf:
        return wide(floats.polygamma(order, near))
    total: Wide = 0.0
    while near < 20.0 + order:
        total = plus(total, over(factorial, power(near, order + 1.0)))
        near += 1.0
    leading = over(gamma(order), power(near, order))
    rest = 1.0 + 0.5 * order / near
    term = 1.0
    for k, bernoulli in enumerate(floats.BERNOULLI, 1):
        term *= (2 * k + order - 1) * (2 * k + order - 2) / (2 * k * (2 * k - 1)) / near / near
        rest += bernoulli * term
    return times(sign, plus(total, times(leading, rest)))


def spherical_bessel(n: Wide, x: Wide) -> Wide:
    """Spherical Bessel function for small operands: the ascending series (DLMF 10.53.1)."""
    order = float(n)
    if not (0 <= order <= STEPS and order == math.floor(order)) or not abs(float(x)) < math.sqrt(2 * order + 3):
        return nan
    value: Wide = 1.0
    for k in range(1, int(order) + 1):
        value = times(value, over(x, 2.0 * k + 1.0))
    half = 0.5 * float(x) ** 2
    term = total = 1.0
    for k in range(1, 30):
        term *= -half / (k * (2.0 * order + 2 * k + 1))
        total += term
    return times(value, total)


def erfcinv(x: Wide) -> Wide:
    """The inverse of erfc: next to 0 from the logarithm."""
    return scaled.inverse_erfc_of_exp(rounded(log(x))) if tiny(x) and x > 0 else wide(scaled.erfcinv(float(x)))


def lambertw(x: Wide) -> Wide:
    """Lambert's W: x next to 0; far from it w + log(w) = log(x), by Newton's method."""
    if not isinstance(x, Far) or not x > 1:
        return x if tiny(x) else wide(lambert.lambertw(float(x)))
    wanted = rounded(log(x))
    w = wanted - math.log(wanted)
    for _ in range(5):
        w -= (w + math.log(w) - wanted) / (1.0 + 1.0 / w)
    return w
