"""Bessel functions of real order (DLMF chapter 10), by series, recurrence and continued fractions.

Power series serve for small operands, Hankel's asymptotic series for large ones; between, Miller's recurrence for J,
Temme's series (1976) and Steed's continued fractions for what it is scaled by.
"""

from __future__ import annotations

import math
from math import inf, nan

from exprgrad.functions.numerics.doubledouble import polynomial
from exprgrad.functions.numerics.gamma import gamma, lgamma, lgamma_above, sine
from exprgrad.functions.numerics.ieee import div, exp, log, power
from exprgrad.functions.numerics.special.fraction import next_term

_ORDERS = 1000.0
_SHARE = 2.0**-60
# 1/gamma(1 + m) = even(m^2) - m*odd(m^2), the highest power first
_ODD = (
    5.348122539423018e-15, -5.100370287454476e-13, -7.782263439905071e-12, 1.18127457048702e-09,
    -6.116095104481416e-09, -1.133027231981696e-06, 2.013485478078824e-05, 0.00021524167411495098,
    -0.0072189432466631, 0.04219773455554433, 0.04200263503409524, -0.5772156649015329,
)  # fmt: skip
_EVEN = (
    -2.0583260535665066e-14, -3.696805618642206e-12, 1.0434267116911005e-10, 5.002007644469223e-09,
    -2.056338416977607e-07, -1.2504934821426706e-06, 0.0001280502823881162, -0.0011651675918590652,
    -0.009621971527876973, 0.16653861138229148, -0.6558780715202539, 1.0,
)  # fmt: skip


def _leading(v: float, x: float) -> float:
    """(x/2)^v/gamma(v + 1) for v >= 0."""
    if v < 1.0:
        return power(0.5 * x, v) * math.exp(-lgamma_above(v))
    if v < 160.0:
        return power(0.5 * x, v) / (v * gamma(v))
    return exp(v * log(0.5 * x) - lgamma(v) - math.log(v))


def _power_series(v: float, x: float, sign: float) -> float:
    """The sum of (sign*x^2/4)^k/(k!*(v + 1)_k): J and I by what leads them (10.2.2, 10.25.2)."""
    square = 0.25 * x * x * sign
    term, total, k = 1.0, 1.0, 0.0
    while abs(term) > 1e-18 * abs(total):
        k += 1.0
        term *= square / k / (v + k)
        total += term
    return total


def _hankel(v: float, x: float) -> tuple[float, float]:
    """J and Y for large x (10.17.3, 10.17.4)."""
    term, even, odd, k = 1.0, 1.0, 0.0, 0.0
    while abs(term) > 1e-18 and k < 60.0:
        k += 1.0
        term *= (4.0 * v * v - (2.0 * k - 1.0) ** 2) / (8.0 * k) / x
        odd += term
        k += 1.0
        term *= -(4.0 * v * v - (2.0 * k - 1.0) ** 2) / (8.0 * k) / x
        even += term
    turn = math.fmod(0.5 * v + 0.25, 2.0)
    real, imaginary = sine(turn + 0.5), sine(turn)
    cosine, side = math.cos(x), math.sin(x)
    along, across = cosine * real + side * imaginary, side * real - cosine * imaginary
    size = math.sqrt(2.0 / math.pi) / math.sqrt(x)
    return size * (even * along - odd * across), size * (even * across + odd * along)


def _steed(m: float, x: float) -> tuple[float, float]:
    """p and q with (J + iY)' = (p + iq)*(J + iY) at order m, for x >= 2."""
    weight = 0.25 - m * m
    real, imaginary = 2.0 * x, 2.0
    size = real * real + imaginary * imaginary
    ratio_re, ratio_im = real / size, -imaginary / size
    term_re, term_im = weight * ratio_re, weight * ratio_im
    sum_re, sum_im, k = term_re, term_im, 1.0
    while abs(term_re) + abs(term_im) > 1e-18 and k < 2000.0:
        k += 1.0
        weight = (k - 0.5) * (k - 0.5) - m * m
        imaginary += 2.0
        ratio_re, ratio_im, term_re, term_im = next_term(real, imaginary, weight, ratio_re, ratio_im, term_re, term_im)
        sum_re += term_re
        sum_im += term_im
    return -0.5 / x - sum_im / x, 1.0 + sum_re / x


def _temme(m: float, x: float, sign: float) -> tuple[float, float]:
    """K of order m and x times that of m + 1 (sign 1), or -pi/2*Y (sign -1), for x < 2."""
    d = -math.log(0.5 * x) if x > 1e-300 else 0.6931471805599453 - math.log(x)
    e, turn = m * d, math.pi * m
    grown = math.sinh(e) / e if abs(e) > 1e-8 else 1.0
    scale = turn / math.sin(turn) if abs(turn) > 1e-8 else 1.0
    odd, even = -polynomial(_ODD, m * m), polynomial(_EVEN, m * m)
    f = scale * (-odd * math.cosh(e) + even * grown * d)
    p = 0.5 * math.exp(e) / (even + m * odd)
    q = 0.5 * math.exp(-e) / (even - m * odd)
    half = 0.5 * turn
    tilt = 0.0 if sign > 0 else math.pi * math.sin(half) * (math.sin(half) / half if half else 1.0)
    total, next_total, term, k = f + tilt * q, p, 1.0, 0.0
    while k < 40.0:
        k += 1.0
        f = (k * f + p + q) / (k * k - m * m)
        term *= sign * 0.25 * x * x / k
        p /= k - m
        q /= k + m
        total += term * (f + tilt * q)
        next_total += term * (p - k * (f + tilt * q))
    return total, 2.0 * next_total


def bessel_pair(v: float, x: float, share: float) -> tuple[float, float]:
    """J and a share of Y of order v >= 0 at x > 0: less than all of it where it overflows."""
    if x > 30.0 and x > 0.5 * v * v:
        return _hankel(v, x)
    steps = math.floor(v + 0.5)
    m = v - steps
    if x < 2.0:
        here, above = _temme(m, x, -1.0)
        here, above = -here / (0.5 * math.pi), -above / (0.5 * math.pi) / x
        j = _leading(v, x) * _power_series(v, x, -1.0)
    else:
        last = float(steps if steps > x else math.floor(x)) + 30.0 + math.floor(6.0 * math.cbrt(x + v))
        high, low, wanted = 0.0, 1e-100, 0.0
        while last > 0.0:
            if last == steps:
                wanted = low
            high, low = low, 2.0 * (m + last) / x * low - high
            last -= 1.0
            if abs(low) > 1e100:
                high, low, wanted = high * 1e-200, low * 1e-200, wanted * 1e-200
        if steps == 0:
            wanted = low
        slope = m / x * low - high
        p, q = _steed(m, x)
        side = (p * low - slope) / q
        size = math.sqrt(low * low + side * side)
        unit = math.sqrt(2.0 / (math.pi * x * q))
        j = wanted / size * unit
        here = side / size * unit
        above = m / x * here - (q * (low / size * unit) + p * here)
        if x * x < 4.0 * (v + 1.0):
            j = _leading(v, x) * _power_series(v, x, -1.0)
    here, above, k = share * here, share * above, 0.0
    while k < steps and here > -inf:
        k += 1.0
        here, above = above, 2.0 * (m + k) / x * above - here
    return j, here


def _rotated(v: float) -> tuple[float, float]:
    """cos(pi*v) and sin(pi*v)."""
    return sine(math.fmod(v, 2.0) + 0.5), sine(v)


def besselj(v: float, x: float) -> float:
    """Bessel function of the first kind."""
    if not abs(v) <= _ORDERS or x != x:
        return nan
    whole = v == math.floor(v)
    if x < 0:
        return nan if not whole else -besselj(v, -x) if v % 2.0 else besselj(v, -x)
    if whole and v < 0:
        return -besselj(-v, x) if v % 2.0 else besselj(-v, x)
    if x == inf:
        return 0.0
    if x == 0:
        return 1.0 if v == 0 else 0.0 if v > 0 else math.copysign(inf, gamma(v + 1.0))
    j, y = bessel_pair(abs(v), x, 1.0)
    if v >= 0:
        return j
    cosine, side = _rotated(-v)
    if y == -inf:  # a sine may bring it back into the range
        j, y = bessel_pair(abs(v), x, _SHARE)
        return -side * y / _SHARE
    return cosine * j - side * y


def bessely(v: float, x: float) -> float:
    """Bessel function of the second kind, for x >= 0."""
    if not (abs(v) <= _ORDERS and x >= 0):
        return nan
    if x == inf:
        return 0.0
    cosine, side = _rotated(abs(v))
    if x == 0:
        return -inf if v >= 0 else 0.0 if cosine == 0 else math.copysign(inf, -cosine)
    j, y = bessel_pair(abs(v), x, 1.0)
    if v < 0 and cosine and y == -inf:
        j, y = bessel_pair(abs(v), x, _SHARE)
        return cosine * y / _SHARE
    return y if v >= 0 else cosine * y + side * j if cosine else side * j


def _modified(v: float, x: float) -> float:
    """I of order v >= 0 at x > 0."""
    if x > 30.0 and x > v * v:
        term, total, k = 1.0, 1.0, 0.0
        while abs(term) > 1e-18 and k < 60.0:
            k += 1.0
            term *= -(4.0 * v * v - (2.0 * k - 1.0) ** 2) / (8.0 * k) / x
            total += term
        half = exp(0.5 * x)
        return half * (total / math.sqrt(math.tau) / math.sqrt(x)) * half
    if x < 690.0:
        return _leading(v, x) * _power_series(v, x, 1.0)
    term, total, k, shift = 1.0, 1.0, 0.0, 0.0
    while term > 1e-18 * total:
        k += 1.0
        term *= 0.25 * x * x / k / (v + k)
        total += term
        if total > 1e200:
            term, total, shift = term * 1e-200, total * 1e-200, shift + 460.51701859880916
    return exp(v * math.log(0.5 * x) - lgamma(v + 1.0) + shift + math.log(total))


def besseli(v: float, x: float) -> float:
    """Modified Bessel function of the first kind."""
    if not abs(v) <= _ORDERS or x != x:
        return nan
    whole = v == math.floor(v)
    if x < 0:
        return nan if not whole else -besseli(v, -x) if v % 2.0 else besseli(v, -x)
    if x == inf:
        return inf
    size = abs(v)
    if x == 0:
        return 1.0 if v == 0 else 0.0 if v > 0 or whole else math.copysign(inf, gamma(v + 1.0))
    value = _modified(size, x)
    return value if v >= 0 or whole else value + sine(size) * besselk(size, x) / (0.5 * math.pi)


def besselk(v: float, x: float) -> float:
    """Modified Bessel function of the second kind, for x >= 0: Temme's series up to 2, then Steed's fraction."""
    if not (abs(v) <= _ORDERS and x >= 0):
        return nan
    if x == 0 or x > 3000.0:  # exp(-x + v^2/(2*x)) vanishes there
        return inf if x == 0 else 0.0
    size = abs(v)
    steps = math.floor(size + 0.5)
    m = size - steps
    if x < 2.0:
        here, above = _temme(m, x, 1.0)
        above /= x
    else:
        below = 2.0 * (1.0 + x)
        ratio = 1.0 / below
        first = 0.25 - m * m
        weight, change, h = -first, ratio, ratio
        before, now, c, q = 0.0, 1.0, first, first
        total, k, step = 1.0 + q * change, 1.0, 1.0
        while abs(step) > 1e-18 * abs(total) and k < 2000.0:
            k += 1.0
            weight -= 2.0 * (k - 1.0)
            c *= -weight / k
            before, now = now, (before - below * now) / weight
            q += c * now
            below += 2.0
            ratio = div(1.0, below + weight * ratio)
            change *= below * ratio - 1.0
            h += change
            step = q * change
            total += step
        here = math.sqrt(0.5 * math.pi / x) * math.exp(-x) / total
        above = here * ((m + x + 0.5 - first * h) / x)
    k = 0.0
    while k < steps and here < inf:
        k += 1.0
        here, above = above, 2.0 * (m + k) / x * above + here
    return here
