"""Double-double arithmetic: numbers as unevaluated sums high + low, good to about 32 digits.

Most functions here lose digits in one place only, such as the argument of an exponential, where an
error of one part in 2^53 is multiplied by the size of the argument. That place is computed as a pair;
the rest stays ordinary.
"""

from __future__ import annotations

import math

from exprgrad.functions.numerics.ieee import exp

Pair = tuple[float, float]

_SPLITTER = 134217729.0  # 2^27 + 1
_LOG_2_64 = 44.3614195558365, 1.4841899608616317e-15  # 64*log(2)


def two_sum(x: float, y: float) -> Pair:
    """x + y exactly, as the rounded sum and its rounding error (Knuth, TAOCP 2, 4.2.2)."""
    total = x + y
    part = total - x
    return total, (x - (total - part)) + (y - part)


def two_product(x: float, y: float) -> Pair:
    """x*y exactly, as the rounded product and its rounding error, unless it over- or underflows (Dekker 1971)."""
    product = x * y
    big = _SPLITTER * x
    x_high = big - (big - x)
    big = _SPLITTER * y
    y_high = big - (big - y)
    x_low, y_low = x - x_high, y - y_high
    return product, ((x_high * y_high - product) + x_high * y_low + x_low * y_high) + x_low * y_low


def add(x: Pair, y: Pair) -> Pair:
    """The sum of two pairs."""
    high, low = two_sum(x[0], y[0])
    return high, low + (x[1] + y[1])


def plus(x: Pair, y: float) -> Pair:
    """The sum of a pair and a number: for sums of many terms."""
    high, low = two_sum(x[0], y)
    return high, low + x[1]


def product(x: Pair, y: Pair) -> Pair:
    """The product of two pairs, to about 2^-102."""
    high, low = two_product(x[0], y[0])
    return high, low + (x[0] * y[1] + x[1] * y[0])


def quotient(numerator: Pair, denominator: Pair) -> float:
    """The quotient of two pairs, rounded almost correctly: a division and one step of its remainder."""
    high, low = denominator
    ratio = numerator[0] / high
    back, error = two_product(ratio, high)
    return ratio + ((numerator[0] - back) - error + numerator[1] - ratio * low) / high


def exp_pair(high: float, low: float, factor: float = 1.0) -> float:
    """factor*e^(high + low) for a small low. Loses digits only where the product itself underflows."""
    if high < -650.0:  # in steps of 2^-64, as e^high alone may underflow
        if high < -900.0:
            return math.copysign(0.0, factor)
        high, error = two_sum(high, _LOG_2_64[0])
        return exp_pair(high, low + (error + _LOG_2_64[1]), factor) * 2.0**-64
    power = exp(high) * factor
    return power + power * low


def exp_over(high: float, low: float, divisor: float) -> float:
    """e^(high + low)/divisor for a small low and a normal result: the errors of e^high and of one rounding."""
    shift = 64 if high < -600.0 else 0  # away from where the remainder of the division underflows
    if shift:
        high, error = two_sum(high, _LOG_2_64[0])
        low += error + _LOG_2_64[1]
    power = exp(high)
    return math.ldexp(quotient((power, power * low), (divisor, 0.0)), -shift)


def polynomial(coefficients: tuple[float, ...], x: float) -> float:
    """The polynomial with these coefficients, highest power first (Horner)."""
    value = 0.0
    for coefficient in coefficients:
        value = value * x + coefficient
    return value
