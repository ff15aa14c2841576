"""The beta function and its logarithm, without the cancellation of gamma functions of large operands (DLMF 5.12)."""

from __future__ import annotations

import math
from math import inf, nan

from exprgrad.functions.numerics.doubledouble import plus, product, quotient, two_product, two_sum
from exprgrad.functions.numerics.gamma import BERNOULLI, digamma, gamma, gamma_pair, lgamma, stirling_series
from exprgrad.functions.numerics.ieee import div, exp, log1p, power

_SQRT_2_PI = 2.5066282746310007
_HALF_LOG_2_PI = 0.9189385332046728
_TINY = 1e-20
"""From here on beta is 1/a + 1/b to the last digit, and products of gamma functions may overflow."""


def _power_of_part(x: float, whole: float, low: float, exponent: float) -> float:
    """(x/(whole + low))^exponent, with the rounding of the base made good."""
    if whole > 1e280:
        x, whole, low = x * 2.0**-600, whole * 2.0**-600, low * 2.0**-600
    base = x / whole
    back, error = two_product(base, whole)
    value = power(base, exponent)
    return value * exp(exponent * (((x - back) - error - base * low) / x)) if value else 0.0


def beta(a: float, b: float) -> float:
    """gamma(a)*gamma(b)/gamma(a + b): from pairs for small operands, else with Stirling's series (5.11.1)."""
    if not (a >= 0 and b >= 0):
        return nan
    small, large = (a, b) if a < b else (b, a)
    if small < _TINY or large == inf:
        return div(1.0, small) + div(1.0, large) if large < inf else nan if small == 0 else 0.0
    whole, low = two_sum(large, small)
    if large < 10.0:
        below = two_sum(*gamma_pair(whole)[1])
        value = quotient(product(gamma_pair(small)[1], gamma_pair(large)[1]), below)
        return value * (1.0 - low * digamma(whole))
    if whole == inf:
        return 0.0
    of_large = _power_of_part(large, whole, low, large - 0.5)
    if small < 10.0:
        high, rest = gamma_pair(small)[1]
        root = power(whole, -0.5 * small)  # its square may be below the smallest normal number
        of_large *= math.exp(small + (stirling_series(large) - stirling_series(whole)))
        return (high + rest) * of_large * root * (1.0 - small * (low / whole)) * root
    of_small = _power_of_part(small, whole, low, small - 0.5)
    rest = stirling_series(small) + stirling_series(large) - stirling_series(whole)
    return _SQRT_2_PI * (math.exp(rest) / math.sqrt(whole)) * of_small * of_large


def lbeta(a: float, b: float) -> float:
    """log(beta(a, b))."""
    if not (a >= 0 and b >= 0):
        return nan
    small, large = (a, b) if a < b else (b, a)
    if small == 0 or large == inf:
        return nan if small == 0 and large == inf else inf if small == 0 else -inf
    ratio = small / large
    if large < 10.0:
        return math.log(beta(small, large)) if small >= _TINY else math.log1p(ratio) - math.log(small)
    of_whole = math.log(large) + math.log1p(ratio)
    of_large = (large - 0.5) * -math.log1p(ratio)
    rest = stirling_series(large) - stirling_series(large + small)
    if small < 10.0:
        return lgamma(small) + ((small + of_large) + rest - small * of_whole)
    of_small = (small - 0.5) * -log1p(div(large, small))
    return of_small + of_large + ((_HALF_LOG_2_PI - 0.5 * of_whole) + (stirling_series(small) + rest))


def polygamma_difference(n: float, x: float, h: float) -> float:
    """polygamma(n, x + h) - polygamma(n, x) for x, h >= 0: the difference of each term of recurrence and asymptotic
    series (5.15.5, 5.15.8), y^-m - (y + h)^-m = -y^-m*expm1(-m*log(1 + h/y))."""
    if not (0 <= n <= 170 and n == math.floor(n) and x >= 0 and h >= 0):
        return nan
    sign = -1.0 if n % 2 else 1.0
    if h == 0:
        return nan if x == 0 else 0.0 * sign
    factorial = gamma(n + 1.0)
    total = 0.0, 0.0
    while x < 20.0 + n:
        root = power(x, 0.5 * n + 0.5)
        term = div(div(factorial, root) * -math.expm1(-(n + 1.0) * log1p(div(h, x))), root)
        if term == inf:
            return sign * inf
        total = plus(total, term)
        x += 1.0
    grown = log1p(h / x)
    leading = grown if n == 0 else gamma(n) / power(x, 0.5 * n) / power(x, 0.5 * n) * -math.expm1(-n * grown)
    root = power(x, 0.5 * n + 0.5)  # as x^(n + 1) may overflow where n!/x^(n + 1) is normal
    scale = factorial / root / root
    series = 0.5 * scale * -math.expm1(-(n + 1.0) * grown)
    scale *= 0.5 * (n + 1.0) / x
    for k, bernoulli in enumerate(BERNOULLI, 1):
        series += bernoulli * scale * -math.expm1(-(2 * k + n) * grown)
        scale *= (2 * k + n + 1) * (2 * k + n) / ((2 * k + 2) * (2 * k + 1)) / x / x
    total = plus(total, leading)
    return sign * (total[0] + (total[1] + series))
