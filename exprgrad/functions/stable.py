"""Forms of functions that stay right to the last digits where the textbook's lose them."""

from __future__ import annotations

import math
from math import inf, nan

from exprgrad.functions.ieee import div, exp

_SPLITTER = 134217729.0  # 2^27 + 1 (Dekker 1971)


def two_product(x: float, y: float) -> tuple[float, float]:
    """x*y as an unevaluated sum (product, error), exact unless it over- or underflows (Dekker 1971)."""
    product = x * y
    big = _SPLITTER * x
    x_high = big - (big - x)
    big = _SPLITTER * y
    y_high = big - (big - y)
    x_low, y_low = x - x_high, y - y_high
    return product, ((x_high * y_high - product) + x_high * y_low + x_low * y_high) + x_low * y_low


def two_sum(x: float, y: float) -> tuple[float, float]:
    """x+y as an unevaluated sum (sum, error), exact (Knuth, TAOCP 2, 4.2.2)."""
    total = x + y
    part = total - x
    return total, (x - (total - part)) + (y - part)


def sigmoid(x: float) -> float:
    """1/(1 + e^-x); below -709, where e^-x overflows, e^x."""
    return 1.0 / (1.0 + math.exp(-x)) if x > -709.0 else exp(x)


def gauss(x: float) -> float:
    """exp(-x^2)."""
    if abs(x) > 28.0:
        return 0.0
    high, low = two_product(x, x)
    return math.exp(-high) * (1.0 - low)


def normal_pdf(x: float) -> float:
    """exp(-x^2/2)/sqrt(2*pi)."""
    if abs(x) > 39.0:
        return 0.0
    high, low = two_product(x, x)
    return math.exp(-0.5 * high) * (0.3989422804014327 * (1.0 - 0.5 * low))


def normal_cdf(x: float) -> float:
    """erfc(-x/sqrt(2))/2."""
    return 0.5 * math.erfc(-x * math.sqrt(0.5))


def _gelu_argument(x: float) -> tuple[float, float]:
    """sqrt(8/pi)*(x + 0.044715*x^3) in double-double."""
    square, square_low = two_product(x, x)
    cubic, cubic_low = two_product(0.044715, square)
    factor, factor_low = two_sum(1.0, cubic)
    factor_low += cubic_low + 0.044715 * square_low
    inner, inner_low = two_product(x, factor)
    inner_low += x * factor_low
    outer, outer_low = two_product(1.5957691216057308, inner)
    return outer, outer_low + 1.5957691216057308 * inner_low - 3.9e-17 * inner


def gelu_gate(x: float) -> float:
    """sigmoid of the tanh form's doubled argument."""
    if not abs(x) < 40.0:
        return 1.0 if x > 0 else 0.0 if x < 0 else nan
    high, low = _gelu_argument(-abs(x))
    decay = exp(high) * (1.0 + low)
    return decay / (1.0 + decay) if x < 0 else 1.0 / (1.0 + decay)


def gelu(x: float) -> float:
    """x times its gate."""
    return x * gelu_gate(x) if x > -40.0 else 0.0 if x < 0 else x


def gelu_slope(x: float) -> float:
    """gate + x*gate'."""
    if abs(x) > 40.0:
        return 1.0 if x > 0 else 0.0
    gate = gelu_gate(x)
    return gate * (1.0 + x * gelu_gate(-x) * (1.5957691216057308 + 0.21406444881780074 * x * x))


def gelu_erf(x: float) -> float:
    """x*normal_cdf(x)."""
    return x * normal_cdf(x) if x > -40.0 else 0.0 if x < 0 else x


def gelu_erf_slope(x: float) -> float:
    """normal_cdf(x) + x*normal_pdf(x)."""
    return normal_cdf(x) + x * normal_pdf(x) if abs(x) < 40.0 else 1.0 if x > 0 else 0.0 if x < 0 else x


def silu(x: float) -> float:
    """x*sigmoid(x)."""
    return x * sigmoid(x) if x > -inf else -0.0


def mish(x: float) -> float:
    """x*tanh(softplus(x)) as a rational function of e^-abs(x)."""
    if x < 0:
        decay = exp(x)
        part = decay * (decay + 2.0)
        return x * (part / (part + 2.0)) if x > -inf else -0.0
    decay = exp(-x)
    part = 1.0 + 2.0 * decay
    return x * (part / (part + 2.0 * decay * decay))


def logcosh(x: float) -> float:
    """log(cosh(x))."""
    size = abs(x)
    if size < 1.0:
        half = math.sinh(0.5 * size)
        return math.log1p(2.0 * half * half)
    return size + math.log1p(math.exp(-2.0 * size)) - math.log(2.0)


def logaddexp(x: float, y: float) -> float:
    """max(x, y) + log1p(exp(-abs(x - y)))."""
    if x == y:
        return x + math.log(2.0)
    larger, smaller = (x, y) if x > y else (y, x)
    return larger + math.log1p(exp(smaller - larger))


def softmax2(x: float, y: float) -> float:
    """sigmoid(x - y), with the rounding of the difference made good."""
    if x == y:
        return 0.5
    difference, low = two_sum(x, -y)
    value = sigmoid(difference)
    return value * (1.0 + low * sigmoid(-difference)) if math.isfinite(low) else value


def digamma(x: float) -> float:
    """Derivative of log(gamma(x))."""
    return polygamma(0.0, x)


_BERNOULLI = (
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330,
)  # fmt: skip


def polygamma(n: float, x: float) -> float:
    """Recurrence up to x + n > 20, then the asymptotic series (DLMF 5.15.5, 5.15.8); reflection below 0."""
    if n != math.floor(n) or n < 0 or x != x:
        return nan
    if x <= 0 and x == math.floor(x):
        return nan
    order = int(n)
    if x == inf:
        return inf if order == 0 else 0.0
    if x < 0:
        # DLMF 5.15.6: psi_n(1-x) + (-1)^(n+1) psi_n(x) = (-1)^n pi d^n/dx^n cot(pi x)
        sign = -1.0 if order % 2 else 1.0
        return (
            sign * (polygamma(n, 1.0 - x) - sign * math.pi * 0.0)
            if order
            else (polygamma(0.0, 1.0 - x) - math.pi / math.tan(math.pi * math.fmod(x, 1.0)))
        )
    total = 0.0
    factorial = math.gamma(order + 1.0)
    sign = -1.0 if order % 2 == 0 else 1.0
    while x < 20.0 + order:
        total += sign * factorial / x ** (order + 1)
        x += 1.0
    if order == 0:
        total += math.log(x) - 0.5 / x
        for k, bernoulli in enumerate(_BERNOULLI, 1):
            total -= bernoulli / (2 * k * x ** (2 * k))
        return total
    total += sign * (math.gamma(order) / x**order + factorial / (2 * x ** (order + 1)))
    for k, bernoulli in enumerate(_BERNOULLI, 1):
        total += sign * bernoulli * math.gamma(2 * k + order) / (math.gamma(2 * k + 1) * x ** (2 * k + order))
    return total


def spherical_bessel(n: float, x: float) -> float:
    """Power series where x^2 < 4n + 6, else upward recurrence from sin(x)/x (DLMF 10.53.1, 10.51.1)."""
    if n != math.floor(n) or n < 0 or not math.isfinite(x):
        return nan if x != x or n < 0 or n != math.floor(n) else 0.0
    order = int(n)
    if x * x < 4 * order + 6:
        term = 1.0
        for k in range(1, order + 1):
            term *= x / (2 * k + 1)
        total, k = term, 0
        while abs(term) > 1e-20 * abs(total):
            k += 1
            term *= -x * x / (2 * k * (2 * (order + k) + 1))
            total += term
        return total
    before, value = math.cos(x) / x, math.sin(x) / x
    for k in range(order):
        before, value = value, div((2 * k + 1) * value, x) - before
    return value
