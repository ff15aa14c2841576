"""Functions of wide numbers, for where an operand or the value is beyond the range of floats.

Those of the table that have a textbook's formula follow from it; these few are what such formulas are written with, and
those that have none.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from math import copysign, inf, isfinite, nan

from exprgrad.functions.numerics import gamma as floats
from exprgrad.functions.numerics import gaussian, ieee, powers
from exprgrad.functions.numerics.doubledouble import two_product
from exprgrad.functions.numerics.far import Far, Wide, minus, over, parts, plus, rounded, times, wide
from exprgrad.functions.numerics.special import lambert, scaled

_LOG_2 = 0.6931471803691238, 1.9082149292705877e-10  # the first has 33 bits: times an exponent it is exact
_FARTHEST = 1 << 19
"""The largest power of e, and the largest operand of gamma by recurrence, for which the digits are there."""
_STEPS = 2000
_HALF_LOG_2 = 0.34657359027997264


def exp(x: Wide) -> Wide:
    """e^x: 2^n*e^r with r = x - n*log(2) near 0."""
    near = float(x)
    if isinstance(x, Far) or not abs(near) < _FARTHEST:
        return ieee.exp(near)
    n = round(near / (_LOG_2[0] + _LOG_2[1]))
    return wide(math.exp((near - n * _LOG_2[0]) - n * _LOG_2[1]), n)


def expm1(x: Wide) -> Wide:
    """e^x - 1; next to 0 that is x."""
    return x if _tiny(x) else minus(exp(x), 1.0)


def cosh(x: Wide) -> Wide:
    """Hyperbolic cosine."""
    return times(0.5, plus(exp(x), exp(-x)))


def sinh(x: Wide) -> Wide:
    """Hyperbolic sine; next to 0 that is x."""
    return x if _tiny(x) else times(0.5, minus(exp(x), exp(-x)))


def log(x: Wide) -> Wide:
    """Natural logarithm."""
    if isinstance(x, float):
        return ieee.log(x)
    return ieee.log(x.fraction) + (x.exponent * _LOG_2[0] + x.exponent * _LOG_2[1])


def log1p(x: Wide) -> Wide:
    """log(1 + x); next to 0 that is x."""
    return x if _tiny(x) else log(x) if isinstance(x, Far) else ieee.log1p(x)


def sqrt(x: Wide) -> Wide:
    """Square root."""
    fraction, exponent = parts(x)
    half, rest = divmod(exponent, 2)
    return wide(math.sqrt(math.ldexp(fraction, rest)), half) if fraction >= 0 else nan


def cbrt(x: Wide) -> Wide:
    """Cube root."""
    fraction, exponent = parts(x)
    third, rest = divmod(exponent, 3)
    return wide(powers.cbrt(math.ldexp(fraction, rest)), third)


def power(x: Wide, y: Wide) -> Wide:
    """x^y: fraction^y * 2^(exponent*y)."""
    near = float(y)
    fraction, exponent = parts(x)
    if not fraction or not isfinite(fraction) or not isfinite(near):
        return ieee.power(float(x), near)
    sign = 1.0
    if fraction < 0:
        sign = ieee.power(-1.0, near)
        fraction = -fraction
    if fraction < math.sqrt(0.5):
        fraction, exponent = 2.0 * fraction, exponent - 1
    if not abs(near * exponent) < 2.0**50:
        return ieee.power(float(x), near)
    doublings, error = two_product(near, float(exponent))
    whole = round(doublings)
    rest = (doublings - whole) + (near * math.log2(fraction) + error)
    more = round(rest)
    return wide(sign * math.exp2(rest - more), whole + more)


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
    if not abs(x) < _FARTHEST:
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
    if _tiny(x):
        return over(1.0, x)
    if near > 171.0 and isfinite(near):
        if near > _STEPS:
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
    if _tiny(x):
        return -log(_size(x))
    return times(x, minus(log(x), 1.0)) if isinstance(x, Far) and x > 0 else wide(floats.lgamma(float(x)))


def digamma(x: Wide) -> Wide:
    """The derivative of log(gamma(x)): of the first order next to 0 and at infinity."""
    if _tiny(x):
        return over(-1.0, x)
    return log(x) if isinstance(x, Far) and x > 0 else wide(floats.digamma(float(x)))


def polygamma(n: Wide, x: Wide) -> Wide:
    """The derivative of order n of digamma, as in `gamma.polygamma`."""
    order, near = float(n), float(x)
    if not (0 <= order <= _STEPS and order == math.floor(order)) or x != x:
        return nan
    if order == 0:
        return digamma(x)
    sign = 1.0 if order % 2 else -1.0
    factorial = gamma(order + 1.0)
    if _size(x) < 1e-30:
        return times(sign, over(factorial, power(x, order + 1.0)))
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
    if not (0 <= order <= _STEPS and order == math.floor(order)) or not abs(float(x)) < math.sqrt(2 * order + 3):
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
    return scaled.inverse_erfc_of_exp(rounded(log(x))) if _tiny(x) and x > 0 else wide(scaled.erfcinv(float(x)))


def lambertw(x: Wide) -> Wide:
    """Lambert's W: x next to 0; far from it w + log(w) = log(x), by Newton's method."""
    if not isinstance(x, Far) or not x > 1:
        return x if _tiny(x) else wide(lambert.lambertw(float(x)))
    wanted = rounded(log(x))
    w = wanted - math.log(wanted)
    for _ in range(5):
        w -= (w + math.log(w) - wanted) / (1.0 + 1.0 / w)
    return w


def asinh(x: Wide) -> Wide:
    """Inverse hyperbolic sine: x next to 0, and log(2*x) far from it."""
    if not isinstance(x, Far):
        return math.asinh(x)
    return x if _tiny(x) else copysign(1.0, x.fraction) * (rounded(log(_size(x))) + 2 * _HALF_LOG_2)


def acosh(x: Wide) -> Wide:
    """Inverse hyperbolic cosine: log(2*x) far from 0."""
    return plus(log(x), 2 * _HALF_LOG_2) if isinstance(x, Far) and x > 1 else nan


def atan2(y: Wide, x: Wide) -> Wide:
    """Angle of the point (x, y), in a unit in which the larger one is about 1."""
    (above, high), (beside, low) = parts(y), parts(x)
    if not (above and beside and isfinite(above) and isfinite(beside)):
        return math.atan2(above, beside)
    if beside > 0 and high - low < -60:
        return over(y, x)
    top = max(high, low)
    return math.atan2(math.ldexp(above, max(high - top, -1100)), math.ldexp(beside, max(low - top, -1100)))


def with_sign(x: Wide, y: Wide) -> Wide:
    """abs(x) with the sign of y."""
    return _size(x) if copysign(1.0, float(y)) > 0 else -_size(x)


def _size(x: Wide) -> Wide:
    """The absolute value."""
    return -x if parts(x)[0] < 0 else x


def _tiny(x: Wide) -> bool:
    """Whether a number is next to 0, beyond the smallest floats."""
    return isinstance(x, Far) and x.exponent < 0


FUNCTIONS: dict[str, Callable[..., Wide]] = {
    "exp": exp,
    "expm1": expm1,
    "cosh": cosh,
    "sinh": sinh,
    "log": log,
    "log1p": log1p,
    "sqrt": sqrt,
    "cbrt": cbrt,
    "pow": power,
    "gauss": gauss,
    "normal_pdf": normal_pdf,
    "normal_cdf": normal_cdf,
    "erfc": erfc,
    "erfcinv": erfcinv,
    "lambertw": lambertw,
    "gamma": gamma,
    "lgamma": lgamma,
    "digamma": digamma,
    "polygamma": polygamma,
    "spherical_bessel": spherical_bessel,
    "asinh": asinh,
    "acosh": acosh,
    "atan2": atan2,
    "copysign": with_sign,
}
"""By the names of the table."""
