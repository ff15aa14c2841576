"""The beta function of wide numbers, its logarithm and what its slopes are made of (DLMF 5.12).

gamma(a)*gamma(b)/gamma(a + b) cancels where one operand is far larger than the other, and the difference of logarithms
cancels sooner. These follow the algorithms for floats, with powers that may leave the range.
"""

from __future__ import annotations

import math
from math import inf, nan

from exprgrad.functions.numerics import ieee
from exprgrad.functions.numerics.beyond.elementary import exp, log, log1p, power, tiny
from exprgrad.functions.numerics.beyond.special import STEPS, gamma, lgamma
from exprgrad.functions.numerics.doubledouble import two_product, two_sum
from exprgrad.functions.numerics.far import FARTHEST, Far, Wide, minus, over, plus, rounded, times, wide
from exprgrad.functions.numerics.gamma import BERNOULLI, stirling_series
from exprgrad.functions.numerics.special import beta as floats

_LARGE = 2.0**450
"""Beta of two operands from here on is 0, beyond all exponents; and next to a far number, what is below is nothing."""


def beta(a: Wide, b: Wide) -> Wide:
    """gamma(a)*gamma(b)/gamma(a + b): next to a far b that is gamma(a)*b^-a (5.11.12)."""
    if not (a >= 0 and b >= 0):
        return nan
    small, large = (a, b) if a < b else (b, a)
    if small == 0 or large == inf:
        return floats.beta(float(small), 1.0 if isinstance(large, Far) else large)
    if tiny(small):
        return plus(over(1.0, small), over(1.0, large))
    if isinstance(small, Far) or small >= _LARGE:
        return 0.0
    if isinstance(large, Far):
        return 0.0 if small > FARTHEST else times(gamma(small), power(large, -small))
    if small < 1e-20 or large < 10.0:
        return wide(floats.beta(small, large))
    whole, low = two_sum(large, small)
    of_large = _power_of_part(large, whole, low, large - 0.5)
    if small < 10.0:
        rest = math.exp(small + (stirling_series(large) - stirling_series(whole))) * (1.0 - small * (low / whole))
        return times(times(gamma(small), power(whole, -small)), times(of_large, rest))
    of_small = _power_of_part(small, whole, low, small - 0.5)
    rest = math.exp(stirling_series(small) + stirling_series(large) - stirling_series(whole))
    return times(times(of_small, of_large), math.sqrt(math.tau / whole) * rest)


def _power_of_part(x: float, whole: float, low: float, exponent: float) -> Wide:
    """(x/(whole + low))^exponent, with the rounding of the base made good."""
    if whole > 1e280:
        x, whole, low = x * 2.0**-600, whole * 2.0**-600, low * 2.0**-600
    base = x / whole
    back, error = two_product(base, whole)
    return times(power(base, exponent), exp(exponent * (((x - back) - error - base * low) / x)))


def lbeta(a: Wide, b: Wide) -> Wide:
    """log(beta(a, b))."""
    if not (a >= 0 and b >= 0):
        return nan
    small, large = (a, b) if a < b else (b, a)
    if small == 0 or large == inf or not (isinstance(small, Far) or isinstance(large, Far)):
        return floats.lbeta(float(small), 1.0 if isinstance(large, Far) else large)
    if tiny(small):
        return minus(log(over(plus(small, large), large)) if tiny(large) else 0.0, log(small))
    if small < _LARGE:
        return minus(lgamma(small), times(small, log(large)))
    return -plus(times(large, log1p(over(small, large))), times(small, log1p(over(large, small))))


def polygamma_difference(n: Wide, x: Wide, h: Wide) -> Wide:
    """polygamma(n, x + h) - polygamma(n, x) for x, h >= 0, as in `special.beta.polygamma_difference`."""
    order = float(n)
    if not (0 <= order <= STEPS and order == math.floor(order) and x >= 0 and h >= 0):
        return nan
    if x == 0 or h == 0 or x == inf or h == inf:
        return wide(floats.polygamma_difference(min(order, 170.0), float(x), float(h)))
    sign = -1.0 if order % 2 else 1.0
    factorial = gamma(order + 1.0)
    total: Wide = 0.0
    while x < 20.0 + order:
        total = plus(total, times(over(factorial, power(x, order + 1.0)), _fallen(order + 1.0, x, h)))
        x = plus(x, 1.0)
    leading = log1p(over(h, x)) if order == 0 else times(over(gamma(order), power(x, order)), _fallen(order, x, h))
    total = plus(total, leading)
    if isinstance(x, float):
        scale = over(factorial, power(x, order + 1.0))
        total = plus(total, times(times(0.5, scale), _fallen(order + 1.0, x, h)))
        scale = times(scale, 0.5 * (order + 1.0) / x)
        for k, bernoulli in enumerate(BERNOULLI, 1):
            total = plus(total, times(times(bernoulli, scale), _fallen(2 * k + order, x, h)))
            scale = times(scale, (2 * k + order + 1) * (2 * k + order) / ((2 * k + 2) * (2 * k + 1)) / x / x)
    return times(sign, total)


def _fallen(power: float, x: Wide, h: Wide) -> Wide:
    """1 - (x/(x + h))^power."""
    by = times(power, log1p(over(h, x)))
    return by if isinstance(by, Far) and by.exponent < 0 else -ieee.expm1(-rounded(by))
