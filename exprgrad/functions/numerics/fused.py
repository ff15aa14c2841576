"""Multiply and add with one rounding, out of operations that round each for themselves.

The last addition rounds correctly if what it adds was rounded to odd before: that keeps a tie from looking like one
that it is not (Boldo and Melquiond, IEEE Transactions on Computers 57, 2008).
"""

from __future__ import annotations

import math
from math import inf

from exprgrad.functions.numerics.doubledouble import two_product, two_sum

_DIGITS = 53


def _to_odd(x: float, y: float) -> float:
    """x + y, rounded to the neighbour whose last digit is odd, unless it is a float."""
    total, error = two_sum(x, y)
    if error == 0.0:
        return total
    fraction, exponent = math.frexp(total)
    digits = math.ldexp(fraction, _DIGITS)
    if math.fmod(digits, 2.0) != 0.0:
        return total
    if (error > 0.0) == (total > 0.0):
        return math.ldexp(digits + math.copysign(1.0, total), exponent - _DIGITS)
    if abs(fraction) == 0.5:  # the floats below a power of two lie twice as close
        return math.ldexp(2.0 * digits - math.copysign(1.0, total), exponent - _DIGITS - 1)
    return math.ldexp(digits - math.copysign(1.0, total), exponent - _DIGITS)


def fma(x: float, y: float, z: float) -> float:
    """x*y + z, rounded once; of subnormal results too."""
    if not (math.isfinite(x) and math.isfinite(y) and math.isfinite(z)):
        return z if math.isfinite(x) and math.isfinite(y) else x * y + z
    if x == 0 or y == 0:
        return x * y + z
    if z == 0:
        return x * y
    (left, first), (right, second), (added, third) = math.frexp(x), math.frexp(y), math.frexp(z)
    exponent, shift = first + second, third - first - second
    high, low = two_product(left, right)
    if shift > 120:  # all that counts of the product is its sign
        exponent, shift = third - 120, 120
        high, low = math.copysign(0.25, high), 0.0
    if shift < -240:  # or of z
        shift = -240
    top, rest = two_sum(math.ldexp(added, shift), low)
    top, middle = two_sum(high, top)
    if top == 0.0 and middle == 0.0:
        return math.ldexp(rest, exponent) if rest else 0.0
    lowest = -1074 - exponent  # of the smallest subnormal number
    largest = math.frexp(top)[1]
    if largest - _DIGITS < lowest:  # a subnormal result: its last digit stands at a place that is known
        unit = math.copysign(math.ldexp(1.0, lowest + _DIGITS - 1), top)
        sum_high, sum_low = two_sum(unit, top)
        whole = sum_high + _to_odd(sum_low, _to_odd(middle, rest))
        return math.copysign(math.ldexp(whole - unit, exponent), top)
    total = top + _to_odd(middle, rest)
    if largest + exponent > 1025:
        return math.copysign(inf, top)
    return 2.0 * math.ldexp(total, exponent - 1) if exponent > 0 else math.ldexp(total, exponent)
