"""Powers and roots and what their derivatives need, right up to where results over- and underflow."""

from __future__ import annotations

import math
import sys

from exprgrad.functions.numerics.doubledouble import two_product
from exprgrad.functions.numerics.ieee import div, exp2, log, power

_LOG_2 = math.log(2.0)
_SQRT_HALF = math.sqrt(0.5)
_SMALLEST = sys.float_info.min


def cbrt(x: float) -> float:
    """Cube root: libm's (3.7 ulp), then one step of Newton on the exact remainder of its cube."""
    if x == 0 or not math.isfinite(x):
        return x
    fraction, exponent = math.frexp(x)
    third, rest = divmod(exponent, 3)
    target = math.ldexp(fraction, rest)
    root = math.cbrt(target)
    square, square_low = two_product(root, root)
    cube, cube_low = two_product(square, root)
    return math.ldexp(root - ((cube - target) + cube_low + square_low * root) / (3.0 * square), third)


def exp2_slope(x: float) -> float:
    """2^x*log(2), which is finite a little longer than 2^x."""
    return exp2(x) * _LOG_2 if x < 1023.0 else exp2(x - 1.0) * (2.0 * _LOG_2)


def power_slope(x: float, y: float) -> float:
    """d(x^y)/dx = y*x^(y-1). As y*(x^y/x): the rounding of y - 1 would cost hundreds of ulp.

    Where x^y over- or underflows, y*x^y/x may not: then from the square root of x^y.
    """
    if y == 0:
        return 0.0
    if x == 0 or not (math.isfinite(x) and math.isfinite(y)):
        return y * power(x, y - 1)
    if x < 0:
        if y != math.floor(y):
            return math.nan
        return power_slope(-x, y) if y % 2 else -power_slope(-x, y)
    out = power(x, y)
    if _SMALLEST <= out < math.inf:
        ratio = out / x
        return y * out / x if abs(y) < 1 or ratio < _SMALLEST else y * ratio
    half = power(x, 0.5 * y)
    return (y * half) * (half / x)


def power_log(x: float, y: float) -> float:
    """d(x^y)/dy = x^y*log(x), with its limit 0 at x = 0, y > 0."""
    if x == 0 and y > 0:
        return 0.0
    out = power(x, y)
    if x > 0 and not _SMALLEST <= out < math.inf:
        half = power(x, 0.5 * y)
        return (half * log(x)) * half
    return out * log(x)


def unit(x: float, y: float) -> float:
    """x/hypot(x, y), scaled where the root would be no normal float; 0 at the origin. Of two infinities each has
    the same part of the length."""
    if math.isinf(x):
        return math.copysign(_SQRT_HALF if math.isinf(y) else 1.0, x)
    length = math.hypot(x, y)
    if length == 0:
        return 0.0
    if length < 1e-290 or (math.isinf(length) and math.isfinite(x) and math.isfinite(y)):
        shift = 600 if length < 1 else -600
        x, y = math.ldexp(x, shift), math.ldexp(y, shift)
        length = math.hypot(x, y)
    return div(x, length)
