"""Incomplete gamma and beta functions, and the densities that are their derivatives (DLMF 8.7, 8.9, 8.12, 8.17)."""

from __future__ import annotations

import math
from math import inf, nan

from exprgrad.functions.numerics.doubledouble import polynomial, two_product, two_sum
from exprgrad.functions.numerics.gamma import digamma, gamma, lgamma_above, stirling_series
from exprgrad.functions.numerics.gaussian import erfc
from exprgrad.functions.numerics.ieee import div, exp, log, power
from exprgrad.functions.numerics.special.beta import beta, lbeta

_LARGE = 1e4
"""The first operand from which the uniform asymptotic expansion serves."""
_STEPS = 100_000
_NEAR, _FAR = 0.23076534494715845, 0.046910077030668004
_IN, _OUT, _MIDDLE = 0.23931433524968324, 0.11846344252809454, 0.28444444444444444
"""Gauss and Legendre's rule of five points from 0 to 1: places in the lower half, and all weights (3.5.v)."""
# The functions c_0(eta), c_1(eta), … of the expansion (8.12.12) as power series, the highest power first
_UNIFORM = (
    (1.1004392031956135e-13, -5.0276692801141755e-12, 2.4361948020667415e-11, -5.830772132550426e-11,
     -2.5514193994946248e-11, 9.14769958223679e-10, -4.382036018453353e-09, 1.0261809784240309e-08,
     6.707853543401498e-09, -1.7665952736826078e-07, 8.296711340953087e-07, -1.85406221071516e-06,
     -2.185448510679992e-06, 3.919263178522438e-05, -0.0001787551440329218, 0.0003527336860670194,
     0.0011574074074074073, -0.014814814814814815, 0.08333333333333333, -0.3333333333333333),
    (4.162792991842583e-10, -1.0091543710600413e-09, -1.7543241719747647e-11, 1.1951628599778148e-08,
     -5.752545603517705e-08, 1.378633446915721e-07, 4.647127802807434e-09, -1.6120900894563446e-06,
     7.64916091608111e-06, -1.8098550334489977e-05, -4.018775720164609e-07, 0.00020576131687242798,
     -0.0009902263374485596, 0.0026455026455026454, -0.003472222222222222, -0.001851851851851852),
    (-2.0477098421990866e-10, 1.4280614206064242e-07, -6.298992138380055e-07, 1.3721957309062934e-06,
     3.423578734096138e-08, -1.2760635188618728e-05, 5.2923448829120125e-05, -0.0001073665322636516,
     2.0093878600823047e-06, 0.0007716049382716049, -0.0026813271604938273, 0.004133597883597883),
    (-5.6749528269915965e-06, 1.1082654115347302e-05, -2.396505113867297e-07, -7.561801671883977e-05,
     0.00026772063206283885, -0.0004691894943952557, 0.00022947209362139917, 0.0006494341563786008),
)  # fmt: skip
_LOG1P_REST = tuple((-1.0) ** (k + 1) / k for k in range(30, 1, -1))


def log1p_rest(t: float) -> float:
    """log(1 + t) - t."""
    return t * t * polynomial(_LOG1P_REST, t) if abs(t) < 0.2 else math.log1p(t) - t if t > -1.0 else -inf


def _log_less(ratio: float, t: float) -> float:
    """log(1 + t) - t, where 1 + t is the ratio."""
    return log(ratio) - t if t < -0.5 else log1p_rest(t)


def _power_part(a: float, x: float) -> float:
    """(x/a)^a*e^(a - x): in one piece, in equal factors, or from its logarithm, whichever keeps most digits."""
    t = (x - a) / a
    ratio = x / a
    if ratio == 0:
        return 0.0
    exponent = a * _log_less(ratio, t)
    if exponent < -800.0:
        return 0.0
    first, second = a * abs(math.log(ratio)), abs(a - x)
    pieces = float(math.ceil((first if first > second else second) / 600.0))
    if pieces > 1 and (-exponent < pieces or pieces > 1000):
        return math.exp(exponent)
    pieces = pieces if pieces > 1.0 else 1.0
    back, error = two_product(ratio, a) if a < 1e290 else (ratio * a, 0.0)
    less, rest = two_sum(a, -x)
    factor = power(ratio, a / pieces) * exp(less / pieces)
    return power(factor, pieces) * exp(a * (((x - back) - error) / x) + rest)


def gamma_density(a: float, x: float) -> float:
    """x^(a - 1)*e^(-x)/gamma(a)."""
    if not (a >= 0 and x >= 0):
        return nan
    if a == inf or x == inf:
        return nan if a == x else 0.0
    if x == 0 or a == 0:
        return (inf if a < 1.0 else 1.0 if a == 1.0 else 0.0) if a > 0 else 0.0 if x > 0 else inf
    if a < 20.0 or (x < 1.0 and a < 171.0):
        if a < 1.0:
            return a * power(x, a) * math.exp(-x - lgamma_above(a)) / x
        if x < 700.0:
            return power(x, a - 1.0) * math.exp(-x) / gamma(a)
        half = math.exp(-0.5 * x)
        return 0.0 if x > 1500.0 else half * power(x, a - 1.0) / gamma(a) * half
    return _power_part(a, x) / x * math.sqrt(a / math.tau) * math.exp(-stirling_series(a))


def _lower_series(a: float, x: float) -> float:
    """P/(x*density/a): sum of x^k/((a + 1)…(a + k)) (8.7.1)."""
    term, total = 1.0, 1.0
    below = a
    while term > 1e-17 * total:
        below += 1.0
        term *= x / below
        total += term
    return total


def _upper_fraction(a: float, x: float) -> float:
    """Q/(x*density): the continued fraction (8.9.2), even part, by steps of its convergents."""
    above = x + 1.0 - a
    ratio = 1.0 / above if above else 1e300
    value, term, k = ratio, ratio, 0.0
    while abs(term) > 1e-17 * abs(value) and k < _STEPS:
        k += 1.0
        weight = -k * (k - a)
        above += 2.0
        ratio = div(1.0, above + weight * ratio)
        term *= above * ratio - 1.0
        value += term
    return value


def _upper_small(a: float, x: float) -> float:
    """Q for a < 1 and x near 1 or below, without 1 - P (8.7.3)."""
    term, total, k = 1.0, 0.0, 0.0
    while abs(term) > 1e-19 and k < 100.0:
        k += 1.0
        term *= -x / k
        total += term / (a + k)
    logarithm = a * math.log(x) - lgamma_above(a)
    return -math.expm1(logarithm) - a * math.exp(logarithm) * total


def _uniform(a: float, x: float, sign: float) -> float:
    """P (sign -1) or Q (sign 1) for large a (Temme 1979): the normal tail and its correction (8.12.3, 8.12.4)."""
    t = (x - a) / a
    half = -log1p_rest(t)
    eta = math.copysign(math.sqrt(2.0 * half), t)
    main = 0.5 * erfc(sign * eta * math.sqrt(0.5 * a))
    if a * half > 760.0:
        return main
    total, scale = 0.0, 1.0
    for row in range(4):
        total += scale * _coefficient(row, eta)
        scale /= a
    return main + sign * math.exp(-a * half) / math.sqrt(math.tau * a) * total


def _coefficient(row: int, eta: float) -> float:
    if row == 0:
        return polynomial(_UNIFORM[0], eta)
    if row == 1:
        return polynomial(_UNIFORM[1], eta)
    return polynomial(_UNIFORM[2], eta) if row == 2 else polynomial(_UNIFORM[3], eta)


def gammainc(a: float, x: float) -> float:
    """The regularized lower incomplete gamma function P(a, x)."""
    if not (a >= 0 and x >= 0):
        return nan
    if x == 0 or a == inf:
        return nan if a == x else 0.0
    if a == 0 or x == inf:
        return 1.0
    if a >= _LARGE:
        return _uniform(a, x, -1.0)
    if x < a + 1.0:
        return gamma_density(a, x) * (x / a) * _lower_series(a, x)
    return 1.0 - gamma_density(a, x) * x * _upper_fraction(a, x)


def gammaincc(a: float, x: float) -> float:
    """The regularized upper incomplete gamma function Q(a, x)."""
    if not (a >= 0 and x >= 0):
        return nan
    if x == 0 or a == inf:
        return nan if a == x else 1.0
    if a == 0 or x == inf:
        return 0.0
    if a >= _LARGE:
        return _uniform(a, x, 1.0)
    if a < 1.0 and x < 1.1:
        return _upper_small(a, x)
    if x >= a and x >= 1.1:
        return gamma_density(a, x) * x * _upper_fraction(a, x)
    return 1.0 - gamma_density(a, x) * (x / a) * _lower_series(a, x)


def beta_density(a: float, b: float, x: float) -> float:
    """x^(a - 1)*(1 - x)^(b - 1)/beta(a, b)."""
    if not (a > 0 and b > 0 and 0 <= x <= 1 and a < inf and b < inf):
        return nan
    if x == 0 or x == 1:
        here, there = (a, b) if x == 0 else (b, a)
        return inf if here < 1.0 else there if here == 1.0 else 0.0
    part = _beta_part(a, b, x)
    if part > 1e-280:
        return part / x / (1.0 - x)
    return exp((a - 1.0) * math.log(x) + (b - 1.0) * math.log1p(-x) - lbeta(a, b))


def _beta_part(a: float, b: float, x: float) -> float:
    """x^a*(1 - x)^b/beta(a, b)."""
    if a < 10.0 or b < 10.0:
        value, scale = power(x, a) * exp(b * math.log1p(-x)), beta(a, b)
        if value > 1e-290 and 1e-290 < scale < 1e290:
            return value / scale
        return exp(a * math.log(x) + b * math.log1p(-x) - lbeta(a, b))
    whole = a + b
    high, low = two_product(x, whole)
    apart = (high - a) + low
    exponent = a * _log_less(x * (whole / a), apart / a) + b * _log_less((1.0 - x) * (whole / b), -apart / b)
    rest = stirling_series(a) + stirling_series(b) - stirling_series(whole)
    return math.sqrt(a / whole / math.tau * b) * exp(exponent - rest)


def _beta_fraction(a: float, b: float, x: float) -> float:
    """I_x(a, b)/(x^a*(1 - x)^b/(a*beta(a, b))): the continued fraction (8.17.22)."""
    ratio = div(1.0, 1.0 - (a + b) * x / (a + 1.0))
    value, above, k = ratio, 1.0, 0.0
    while k == 0 or (abs(ratio * above - 1.0) > 1e-16 and k < _STEPS):
        k += 1.0
        weight = k * (b - k) * x / ((a + 2.0 * k - 1.0) * (a + 2.0 * k))
        ratio = div(1.0, 1.0 + weight * ratio)
        above = 1.0 + div(weight, above)
        value *= ratio * above
        weight = -(a + k) * (a + b + k) * x / ((a + 2.0 * k) * (a + 2.0 * k + 1.0))
        ratio = div(1.0, 1.0 + weight * ratio)
        above = 1.0 + div(weight, above)
        value *= ratio * above
    return value


def _beta_near_one(a: float, b: float, y: float) -> float:
    """I_x(a, b) for b < 0.1 and y = 1 - x at most as large as the mean of the distribution of 1 - x.

    1 - I_y(b, a) would cancel. I_y(b, a) is e^l*(1 + b*s), with s the sum of (1 - a)_n*y^n/((b + n)*n!) from n = 1 on
    (8.17.7), and l = b*log(y) + lgamma(a + b) - lgamma(a) - lgamma(1 + b), whose parts are all of the size of b.
    """
    low = a if a >= 1.0 else a + 1.0
    # The mean of digamma from low to low + b, by Gauss and Legendre: b times it is the difference of lgamma.
    mean = _MIDDLE * digamma(low + 0.5 * b)
    mean += _IN * (digamma(low + _NEAR * b) + digamma(low + (1.0 - _NEAR) * b))
    mean += _OUT * (digamma(low + _FAR * b) + digamma(low + (1.0 - _FAR) * b))
    exponent = b * (math.log(y) + mean) - lgamma_above(b)
    if a < 1.0:
        exponent -= math.log1p(div(b, a))
    term, total, n = 1.0, 0.0, 0.0
    while n == 0 or (abs(term) > 1e-18 * abs(total) and n < 400.0):
        n += 1.0
        term *= (n - a) / n * y
        total += term / (b + n)
    return -math.expm1(exponent) - math.exp(exponent) * b * total


def betainc(a: float, b: float, x: float) -> float:
    """The regularized incomplete beta function I_x(a, b)."""
    if not (a > 0 and b > 0 and 0 <= x <= 1 and a < inf and b < inf):
        return nan
    if x == 0 or x == 1:
        return x
    if x <= (a + 1.0) / (a + b + 2.0):
        return _beta_part(a, b, x) / a * _beta_fraction(a, b, x)
    if b < 0.1:
        return _beta_near_one(a, b, 1.0 - x)
    return 1.0 - _beta_part(a, b, x) / b * _beta_fraction(b, a, 1.0 - x)
