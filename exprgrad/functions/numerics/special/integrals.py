"""Exponential, sine and cosine integrals (DLMF chapter 6), and Riemann's zeta function with its derivatives (25.2)."""

from __future__ import annotations

import math
from math import inf, nan

from exprgrad.functions.numerics.doubledouble import plus
from exprgrad.functions.numerics.gamma import BERNOULLI, gamma_pair, sine
from exprgrad.functions.numerics.ieee import div, exp, log, power
from exprgrad.functions.numerics.special.fraction import next_term

_EULER = 0.5772156649015329
_MOST = 1000
_ROOT = 0.3725074107813666, 1.3140183414386028e-17  # of ei
_AT_ROOT = 1.451369234883381  # e^root


def _entire_part(x: float) -> float:
    """Sum of x^k/(k*k!) from k = 1 on: the entire part of the exponential integrals (6.6.1)."""
    term, total, k = 1.0, (0.0, 0.0), 0.0
    while k == 0 or abs(term) > 1e-19 * abs(total[0]) * k:
        k += 1.0
        term *= x / k
        total = plus(total, term / k)
    return total[0] + total[1]


def expint(n: float, x: float) -> float:
    """The exponential integral E_n(x), x >= 0: its series up to 1 (8.19.8), else its continued fraction (8.19.17)."""
    if not (0 <= n <= _MOST and n == math.floor(n) and x >= 0):
        return nan
    if x == 0:
        return inf if n < 2 else 1.0 / (n - 1.0)
    if n == 0:
        return div(exp(-x), x)
    if x > 745.0:
        return 0.0
    if x > 1.0:
        above = x + n
        ratio = 1.0 / above
        value, term, k = ratio, ratio, 0.0
        while abs(term) > 1e-17 * value and k < _MOST:
            k += 1.0
            weight = -k * (n - 1.0 + k)
            above += 2.0
            ratio = 1.0 / (above + weight * ratio)
            term *= above * ratio - 1.0
            value += term
        return value * math.exp(-x)
    term, total, k = 1.0, (0.0, 0.0), 0.0
    while k < n + 40.0:
        if k == n - 1.0:
            psi = -_EULER
            for j in range(1, int(n)):
                psi += 1.0 / j
            total = plus(plus(total, term * psi), -term * math.log(x))
        else:
            total = plus(total, -term / (k - (n - 1.0)))
        k += 1.0
        term *= -x / k
    return total[0] + total[1]


def ei(x: float) -> float:
    """The exponential integral Ei(x): by E_1 below 0, about its root as a multiple of x - root, by its series up to 40,
    then by the asymptotic series (6.12.2)."""
    if not x > 0:
        return -expint(1.0, -x) if x < 0 else -inf if x == 0 else nan
    if abs(x - _ROOT[0]) < 0.05:
        h = (x - _ROOT[0]) - _ROOT[1]
        before, total, power_of = 0.0, 0.0, 1.0
        for k in range(1, 20):  # the derivatives of e^x/x at the root: f_k = (e^x - (k - 1)*f_(k-1))/x
            before = (_AT_ROOT - (k - 1) * before) / _ROOT[0]
            power_of *= h / k
            total += before * power_of
        return total
    if x < 40.0:
        return _entire_part(x) + (_EULER + log(x))
    if x > 716.4:
        return inf
    term, total = 1.0, 1.0
    count = 1.0
    while term > 1e-18 and count < x:
        term *= count / x
        total += term
        count += 1.0
    half = math.exp(0.5 * x)
    return half * (total / x) * half


def _auxiliary(x: float) -> tuple[float, float]:
    """The auxiliary functions f and g (6.2.17) for x >= 2: E_1(i*x)*e^(i*x) = g - i*f by its continued fraction."""
    if x > 1e8:
        return 1.0 / x, 1.0 / x / x
    real, imaginary = 1.0, x
    size = real * real + imaginary * imaginary
    ratio_re, ratio_im = real / size, -imaginary / size
    value_re, value_im, term_re, term_im = ratio_re, ratio_im, ratio_re, ratio_im
    k = 0.0
    while k < 400.0 and abs(term_re) + abs(term_im) > 1e-18 * abs(value_im):
        k += 1.0
        weight = -k * k
        real += 2.0
        ratio_re, ratio_im, term_re, term_im = next_term(real, imaginary, weight, ratio_re, ratio_im, term_re, term_im)
        value_re += term_re
        value_im += term_im
    return -value_im, value_re


def si(x: float) -> float:
    """The sine integral: its series up to 3 (6.6.5), then from the auxiliary functions (6.2.19)."""
    size = abs(x)
    if not size > 3.0:
        if size < 1e-8:
            return x
        term, total, k = x, (x, 0.0), 1.0
        while abs(term) > 1e-18 * size:
            term *= -x * x / ((k + 1.0) * (k + 2.0))
            k += 2.0
            total = plus(total, term / k)
        return total[0] + total[1]
    if size == inf:
        return math.copysign(0.5 * math.pi, x)
    f, g = _auxiliary(size)
    value = 0.5 * math.pi - (f * math.cos(size) + g * math.sin(size) - 6.123233995736766e-17)
    return math.copysign(value, x)


def ci(x: float) -> float:
    """The cosine integral of x >= 0: its series up to 3 (6.6.6), then from the auxiliary functions (6.2.20)."""
    if not x > 0:
        return -inf if x == 0 else nan
    if x <= 3.0:
        term, total, k = 1.0, (0.0, 0.0), 0.0
        while abs(term) > 1e-20 or k < 4.0:
            k += 2.0
            term *= -x * x / ((k - 1.0) * k)
            total = plus(total, term / k)
        total = plus(plus(total, _EULER), math.log(x))
        return total[0] + (total[1] - 4.942915152430649e-18)
    if x == inf:
        return 0.0
    f, g = _auxiliary(x)
    return f * math.sin(x) - g * math.cos(x)


_TERMS = 8
"""Terms of the sum before the Euler-Maclaurin formula takes over (25.2.9)."""
_LOG_TERMS = math.log(_TERMS)


def zeta_derivative(n: float, x: float) -> float:
    """The derivative of order n of zeta for x >= -1/2: Euler and Maclaurin's formula, in power series."""
    if not (0 <= n <= 60 and n == math.floor(n) and x >= -0.5):
        return nan
    if x == 1.0:  # as from above
        return -inf if n % 2 else inf
    if x == inf:
        return 0.0 if n else 1.0
    order = int(n)
    rest = [0.0] * 64  # the power series of N^-x times 1/2 + N/(x - 1) + the terms with Bernoulli numbers, in x
    falling = [0.0] * 64
    falling[0] = x / (2.0 * _TERMS)
    falling[1] = 1.0 / (2.0 * _TERMS)
    pole = 1.0 / (x - 1.0)
    for k in range(order + 1):
        rest[k] = _TERMS * pole
        pole *= -1.0 / (x - 1.0)
    rest[0] += 0.5
    for j, bernoulli in enumerate(BERNOULLI, 1):
        for k in range((order if order < 2 * j - 1 else 2 * j - 1) + 1):
            rest[k] += bernoulli * falling[k]
        for factor in range(2 * j - 1, 2 * j + 1):
            scale = _TERMS * (factor + 2.0)
            for k in range(order if order < 2 * j + 1 else 2 * j + 1, 0, -1):
                falling[k] = (falling[k] * (x + factor) + falling[k - 1]) / scale
            falling[0] *= (x + factor) / scale
    weight = power(float(_TERMS), -x)
    total = 0.0, 0.0
    last = order if weight > 0 else -1  # where N^-x vanishes, the rest may have overflown
    for k in range(last + 1):  # Leibniz: the derivatives of N^-x are (-log(N))^m*N^-x
        ways = weight
        for m in range(k + 1, order + 1):
            ways *= -m * _LOG_TERMS / (m - k)
        factorial = 1.0
        for m in range(1, k + 1):
            factorial *= m
        total = plus(total, ways * rest[k] * factorial)
    for k in range(_TERMS - 1, 0, -1):
        total = plus(total, power(float(k), -x) * (-math.log(k)) ** order)
    return total[0] + total[1]


def zeta(x: float) -> float:
    """Riemann's zeta function; below 0 by reflection (25.4.1)."""
    if not x < -0.1:
        return zeta_derivative(0.0, x)
    if x == -inf:
        return nan
    if x == 2.0 * math.floor(0.5 * x):
        return 0.0
    if x < -290.0:  # gamma(-x) overflows, and zeta next to its zeros does so, too
        return math.copysign(inf, sine(0.5 * x))
    half = power(2.0 * math.pi, 0.5 * x)
    first, (high, low) = gamma_pair(-x)
    size = sine(0.5 * x) / math.pi * (half * first)  # small next to a zero: so the product is finite if zeta is
    size = size * ((high + low) * half) * (-x * (1.0 + x * 3.8981718325193755e-17))  # of 2*pi, not rounded
    return size * zeta_derivative(0.0, 1.0 - x)
