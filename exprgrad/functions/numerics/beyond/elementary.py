"""Elementary functions of wide numbers."""

from __future__ import annotations

import math
from math import copysign, isfinite, nan

from exprgrad.functions.numerics import ieee, powers
from exprgrad.functions.numerics.doubledouble import Pair, add, product, two_product, two_sum
from exprgrad.functions.numerics.far import FARTHEST, Far, Wide, minus, over, parts, plus, rounded, times, wide

_LOG_2 = 0.6931471803691238, 1.9082149292705877e-10  # the first has 33 bits: times an exponent it is exact
_TWO_OVER_LOG_2 = 2.8853900817779268, 4.0710547481862066e-17
_TERMS = 21
"""Of the series of a logarithm between sqrt(1/2) and sqrt(2), to 2^-106."""
LARGEST = 1 << 19
"""The largest power of e for which the digits are there."""


def exp(x: Wide) -> Wide:
    """e^x: 2^n*e^r with r = x - n*log(2) near 0."""
    near = float(x)
    if isinstance(x, Far) or not abs(near) < LARGEST:
        return ieee.exp(near)
    n = round(near / (_LOG_2[0] + _LOG_2[1]))
    return wide(math.exp((near - n * _LOG_2[0]) - n * _LOG_2[1]), n)


def expm1(x: Wide) -> Wide:
    """e^x - 1; next to 0 that is x."""
    return x if tiny(x) else minus(exp(x), 1.0)


def cosh(x: Wide) -> Wide:
    """Hyperbolic cosine."""
    return times(0.5, plus(exp(x), exp(-x)))


def sinh(x: Wide) -> Wide:
    """Hyperbolic sine; next to 0 that is x."""
    return x if tiny(x) else times(0.5, minus(exp(x), exp(-x)))


def log(x: Wide) -> Wide:
    """Natural logarithm."""
    if isinstance(x, float):
        return ieee.log(x)
    return ieee.log(x.fraction) + (x.exponent * _LOG_2[0] + x.exponent * _LOG_2[1])


def log1p(x: Wide) -> Wide:
    """log(1 + x); next to 0 that is x."""
    return x if tiny(x) else log(x) if isinstance(x, Far) else ieee.log1p(x)


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
    """x^y: 2 to the power y*log2(x), of which all digits count."""
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
    if not abs(near * (exponent + math.log2(fraction))) < 2.0 * FARTHEST:  # 0 or infinite, or 1 to the power inf
        return sign * ieee.power(abs(float(x)), near)
    high, low = product((near, 0.0), _log2(fraction))
    whole, error = two_product(near, float(exponent))
    doublings = round(whole) + round(high)
    rest = (whole - round(whole)) + (high - round(high)) + (error + low)
    return wide(sign * math.exp2(rest), doublings)


def _log2(x: float) -> Pair:
    """log2(x) for x near 1, from the series of atanh((x - 1)/(x + 1)) (DLMF 4.6.4)."""
    ratio = _quotient((x - 1.0, 0.0), two_sum(x, 1.0))
    square = product(ratio, ratio)
    value = 0.0, 0.0
    for odd in _ODD:
        value = add(product(value, square), odd)
    return product(product(ratio, value), _TWO_OVER_LOG_2)


def _quotient(x: Pair, y: Pair) -> Pair:
    """The quotient of two pairs."""
    ratio = x[0] / y[0]
    back, error = two_product(ratio, y[0])
    return ratio, ((x[0] - back) - error + x[1] - ratio * y[1]) / y[0]


def asinh(x: Wide) -> Wide:
    """Inverse hyperbolic sine: x next to 0, and log(2*x) far from it."""
    if not isinstance(x, Far):
        return math.asinh(x)
    return x if tiny(x) else copysign(1.0, x.fraction) * (rounded(log(size(x))) + math.log(2.0))


def acosh(x: Wide) -> Wide:
    """Inverse hyperbolic cosine: log(2*x) far from 0."""
    return plus(log(x), math.log(2.0)) if isinstance(x, Far) and x > 1 else nan


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
    return size(x) if copysign(1.0, float(y)) > 0 else -size(x)


def size(x: Wide) -> Wide:
    """The absolute value."""
    return -x if parts(x)[0] < 0 else x


def tiny(x: Wide) -> bool:
    """Whether a number is next to 0, beyond the smallest floats."""
    return isinstance(x, Far) and x.exponent < 0


_ODD = tuple(_quotient((1.0, 0.0), (float(2 * k + 1), 0.0)) for k in range(_TERMS, -1, -1))
"""1/(2k + 1), from the last term down to the first."""
