"""Airy functions and their derivatives, by series and Bessel functions (DLMF 9.4, 9.6).

Past 1 they are Bessel functions of orders 1/3 and 2/3 of 2/3*x^(3/2), whose rounding is made good.
"""

from __future__ import annotations

import math
from math import inf, nan

from exprgrad.functions.numerics.doubledouble import Pair, two_product, two_sum
from exprgrad.functions.numerics.ieee import exp
from exprgrad.functions.numerics.special.cylinder import bessel_pair, besseli, besselk

_AI, _AI_SLOPE = 0.3550280538878172, -0.2588194037928068
_BI, _BI_SLOPE = 0.6149266274460007, 0.4482883573538264
_FARTHEST = -1e18
"""From here on the phase of the waves would take more than three floats."""
_SQRT_3 = 1.7320508075688772
_THIRD, _TWO_THIRDS = 1.0 / 3.0, 2.0 / 3.0


def _solution(x: float, first: float, second: float) -> float:
    """first*f(x) + second*g(x), the solutions that start as 1 and as x (9.4.1)."""
    cube = x * x * x
    f, g, even, odd, k = 1.0, x, 1.0, x, 0.0
    while k < 45.0:
        k += 3.0
        even *= cube / (k * (k - 1.0))
        odd *= cube / (k * (k + 1.0))
        f += even
        g += odd
    return first * f + second * g


def _solution_slope(x: float, first: float, second: float) -> float:
    """first*f'(x) + second*g'(x)."""
    cube = x * x * x
    even, odd, f, g, k = 0.5 * x * x, 1.0, 0.5 * x * x, 1.0, 0.0
    while k < 45.0:
        k += 3.0
        odd *= cube / (k * (k - 2.0))
        even *= cube / ((k + 2.0) * k)
        f += even
        g += odd
    return first * f + second * g


def _argument(x: float) -> tuple[float, float, float]:
    """2/3*x^(3/2) in three parts: sqrt(x) is root + more + rest."""
    root = math.sqrt(x)
    back, error = two_product(root, root)
    left = (x - back) - error
    more = 0.5 * left / root
    back, error = two_product(more, 2.0 * root)
    rest = (((left - back) - error) - more * more) / (2.0 * root)
    high, low = two_product(x, root)
    middle, below = two_product(x, more)
    low, last = two_sum(low, middle)
    last += below + x * rest
    third = high / 1.5
    back, error = two_product(third, 1.5)
    low, more = two_sum((high - back) - error, low)
    lower = low / 1.5
    back, error = two_product(lower, 1.5)
    return third, lower, (((low - back) - error) + more + last) / 1.5


def _waves(order: float, x: float) -> Pair:
    """J and Y of this order at 2/3*x^(3/2)."""
    high, low, last = _argument(x)
    j, y = bessel_pair(order, high, 1.0)
    along, across = math.cos(low), math.sin(low)
    j, y = j * along - y * across, y * along + j * across
    along, across = math.cos(last), math.sin(last)
    return j * along - y * across, y * along + j * across


def airyai(x: float) -> float:
    """The Airy function Ai."""
    if abs(x) <= 1.0:
        return _solution(x, _AI, _AI_SLOPE)
    if x > 0:
        if x > 110.0:
            return 0.0
        high, low, _ = _argument(x)
        return math.sqrt(x / 3.0) / math.pi * besselk(_THIRD, high) * (1.0 - low)
    if not x > _FARTHEST:
        return nan
    j, y = _waves(_THIRD, -x)
    return math.sqrt(-x) * (0.5 * j - 0.5 / _SQRT_3 * y)


def airybi(x: float) -> float:
    """The Airy function Bi."""
    if abs(x) <= 1.0:
        return _solution(x, _BI, _BI_SLOPE)
    if x > 0:
        if x > 105.0:
            return inf
        high, low, _ = _argument(x)
        return math.sqrt(x / 3.0) * (besseli(-_THIRD, high) + besseli(_THIRD, high)) * exp(low)
    if not x > _FARTHEST:
        return nan
    j, y = _waves(_THIRD, -x)
    return -math.sqrt(-x) * (0.5 / _SQRT_3 * j + 0.5 * y)


def airyaiprime(x: float) -> float:
    """The derivative of Ai."""
    if abs(x) <= 1.0:
        return _solution_slope(x, _AI, _AI_SLOPE)
    if x > 0:
        if x > 110.0:
            return -0.0
        high, low, _ = _argument(x)
        return -x / (math.pi * _SQRT_3) * besselk(_TWO_THIRDS, high) * (1.0 - low)
    if not x > _FARTHEST:
        return nan
    j, y = _waves(_TWO_THIRDS, -x)
    return -x * (0.5 * j + 0.5 / _SQRT_3 * y)


def airybiprime(x: float) -> float:
    """The derivative of Bi."""
    if abs(x) <= 1.0:
        return _solution_slope(x, _BI, _BI_SLOPE)
    if x > 0:
        if x > 105.0:
            return inf
        high, low, _ = _argument(x)
        return x / _SQRT_3 * (besseli(-_TWO_THIRDS, high) + besseli(_TWO_THIRDS, high)) * exp(low)
    if not x > _FARTHEST:
        return nan
    j, y = _waves(_TWO_THIRDS, -x)
    return -x * (0.5 / _SQRT_3 * j - 0.5 * y)
