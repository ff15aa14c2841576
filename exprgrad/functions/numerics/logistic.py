"""The logistic gate 1/(1 + e^-t) and the functions x*gate(t) and their slopes, for t given as a pair.

With E = e^-abs(t), each is a quotient of short sums of E, x*E and so on: sums and quotient are done in
double-double arithmetic, so that the error is little more than that of the one exponential.
"""

from __future__ import annotations

import math
from math import inf

from exprgrad.functions.numerics.doubledouble import Pair, add, exp_pair, product, quotient, two_product, two_sum
from exprgrad.functions.numerics.ieee import exp

_FAR = 40.0  # past it, e^-t is less than an eighth of an ulp of 1


def sigmoid(x: float) -> float:
    """1/(1 + e^-x)."""
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    power = exp(x)
    total = 1.0 + power
    ratio = power / total
    return ratio + ratio * (((total - 1.0) - power) / total)


def _decay(t: Pair) -> tuple[Pair, Pair]:
    """E = e^-abs(t) and 1 + E."""
    power = exp(-abs(t[0]))
    rest = -power * t[1] if t[0] > 0 else power * t[1]
    total, error = two_sum(1.0, power)
    return (power, rest), (total, error + rest)


def gate(t: Pair) -> float:
    """1/(1 + e^-t)."""
    if t[0] < -_FAR:
        return exp_pair(*t)
    decay, total = _decay(t)
    return quotient(decay if t[0] < 0 else (1.0, 0.0), total)


def gated(x: float, t: Pair) -> float:
    """x/(1 + e^-t)."""
    if x == 0:
        return x  # a sum below would lose its sign
    if abs(t[0]) > _FAR:
        return x if t[0] > 0 else exp_pair(*t, x)
    decay, total = _decay(t)
    return quotient(product(decay, (x, 0.0)) if t[0] < 0 else (x, 0.0), total)


def gated_slope(t: Pair, w: Pair) -> float:
    """gate(t) + w*gate(t)*gate(-t): the derivative of x*gate(t(x)), where w = x*t'(x)."""
    if t[0] > _FAR:
        return 1.0 + w[0] * exp(-t[0])
    if t[0] < -_FAR:
        high, low = two_sum(1.0, w[0])
        return exp_pair(t[0], t[1] + (low + w[1]) / high, high)
    decay, total = _decay(t)
    # E*(1 + E + w)/(1 + E)^2 below 0, (1 + E + E*w)/(1 + E)^2 above
    numerator = product(decay, add(total, w)) if t[0] < 0 else add(total, product(decay, w))
    return quotient(numerator, product(total, total))


def silu(x: float) -> float:
    """x*sigmoid(x)."""
    return gated(x, (x, 0.0))


def silu_slope(x: float) -> float:
    """sigmoid(x)*(1 + x*sigmoid(-x))."""
    return gated_slope((x, 0.0), (x, 0.0)) if not abs(x) > 900.0 else 1.0 if x > 0 else -0.0


_SQRT_8_PI = 1.5957691216057308, -9.96930880911092e-17  # sqrt(8/pi)
_CUBIC = 0.07135481627260025, -6.175149918155315e-19  # sqrt(8/pi)*0.044715


def _gelu_argument(x: float) -> tuple[Pair, Pair]:
    """t = sqrt(8/pi)*(x + 0.044715*x^3) as t/x, and t' (0.044715 is the paper's decimal number)."""
    cubic = product(two_product(x, x), _CUBIC)
    high, low = two_sum(_SQRT_8_PI[0], cubic[0])
    low += _SQRT_8_PI[1] + cubic[1]
    high_slope, low_slope = two_sum(_SQRT_8_PI[0], 3.0 * cubic[0])
    return (high, low), (high_slope, low_slope + _SQRT_8_PI[1] + 3.0 * cubic[1])


def gelu_gate(x: float) -> float:
    """1/(1 + e^(-sqrt(8/pi)*(x + 0.044715*x^3)))."""
    if not abs(x) < 30.0:
        return 1.0 if x > 0 else 0.0 if x < 0 else x
    return gate(product(_gelu_argument(x)[0], (x, 0.0)))


def gelu(x: float) -> float:
    """x*gelu_gate(x)."""
    if not abs(x) < 30.0:
        return x if not x < 0 else -0.0
    return gated(x, product(_gelu_argument(x)[0], (x, 0.0)))


def gelu_slope(x: float) -> float:
    """The derivative of gelu."""
    if not abs(x) < 30.0:
        return 1.0 if x > 0 else 0.0 if x < 0 else x
    ratio, slope = _gelu_argument(x)
    return gated_slope(product(ratio, (x, 0.0)), product(slope, (x, 0.0)))


def _mish_parts(x: float) -> tuple[Pair, Pair, Pair]:
    """a = e^x*(e^x + 2), a + 2, and 4*e^x*(e^x + 1); times e^-2x, e^-2x and e^-4x for x > 0."""
    power = (exp(-abs(x)), 0.0)
    if x < 0:
        a = product(two_sum(power[0], 2.0), power)
        return a, add(a, (2.0, 0.0)), product(two_sum(4.0 * power[0], 4.0), power)
    a, square = two_sum(1.0, 2.0 * power[0]), product(power, power)
    return a, add(add(a, square), square), product(two_sum(4.0, 4.0 * power[0]), square)


def mish(x: float) -> float:
    """x*tanh(log(1 + e^x)): x*a/(a + 2) with a = e^x*(e^x + 2)."""
    if x == 0:
        return x
    if abs(x) > _FAR:
        return x if x > 0 else exp_pair(x, 0.0, x)
    a, above, _ = _mish_parts(x)
    return quotient(product(a, (x, 0.0)), above)


def mish_slope(x: float) -> float:
    """The derivative of mish: (a*(a + 2) + 4*x*e^x*(e^x + 1))/(a + 2)^2 with a = e^x*(e^x + 2)."""
    if abs(x) > _FAR:
        return 1.0 if x > 0 else exp_pair(x, 0.0, 1.0 + x) if x > -900.0 else 0.0
    a, above, slope = _mish_parts(x)
    return quotient(add(product(a, above), product(slope, (x, 0.0))), product(above, above))


def logaddexp(x: float, y: float) -> float:
    """max(x, y) + log1p(e^-abs(x - y)), with the rounding of x - y made good."""
    larger, smaller = (x, y) if x > y or x != x else (y, x)
    if math.isinf(larger) or smaller == -inf:
        return larger + 0.0 * (smaller if smaller != smaller else 0.0)
    difference, low = two_sum(smaller, -larger)
    if difference == -inf:
        return larger
    power = exp(difference)
    total, error = two_sum(larger, math.log1p(power))
    return total + (error + low * power / (1.0 + power))


def softmax2(x: float, y: float) -> float:
    """1/(1 + e^(y - x))."""
    if x == y:
        return 0.5
    difference, low = two_sum(x, -y)
    return gate((difference, low)) if math.isfinite(difference) else sigmoid(difference)
