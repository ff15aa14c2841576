"""What the special functions mean in mpmath, beside those in `meanings`."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from exprgrad.jobs.check.digits import Number, TooLargeError, magnitude, mp
from exprgrad.jobs.check.meanings import MAX_ORDER, erfc, exp, order_of, power, psi

_LARGEST_OF_BETA = 40
"""Bits before or after the point of an operand of the beta function."""
_LARGEST_OF_ZETA = 300
"""Order of a derivative of zeta: from here on mpmath takes seconds at a few hundred bits."""
_STEPS = 100
"""Below this order, an exponential integral is found step by step."""


def erfcx(x: Number) -> Number:
    """exp(x^2)*erfc(x); by the asymptotic series (DLMF 7.12.1) past 10,000."""
    if x < 10_000:
        return exp(x * x) * mp.erfc(x)
    total = term = 1 / (x * mp.sqrt(mp.pi))
    for k in range(1, 400):
        term *= -(2 * k - 1) / (2 * x * x)
        total += term
        if abs(term) < mp.eps * abs(total):
            break
    return total


def _ierfcx(n: Number, x: Number) -> Number:
    """By the function of the parabolic cylinder's confluent series (DLMF 7.18.9), for positive operands U (13.2.7)."""
    order = order_of(n, MAX_ORDER)
    if x > 2:
        return mp.hyperu(mp.mpf(order + 1) / 2, 0.5, x * x) / (mp.mpf(2) ** order * mp.sqrt(mp.pi))
    first = mp.hyp1f1(mp.mpf(order + 1) / 2, 0.5, x * x) / (mp.mpf(2) ** order * mp.gamma(1 + mp.mpf(order) / 2))
    second = (
        mp.hyp1f1(mp.mpf(order) / 2 + 1, 1.5, x * x) * x / (mp.mpf(2) ** (order - 1) * mp.gamma(mp.mpf(order + 1) / 2))
    )
    return first - second


def erfcinv(x: Number) -> Number:
    """Newton's method on the logarithm, from an approximation (Winitzki)."""
    if not 0 < x < 2:
        return mp.inf if x == 0 else -mp.inf if x == 2 else mp.nan
    if x > 1:
        return -erfcinv(2 - x)
    if x > 0.5:
        return mp.erfinv(1 - x)
    precision, digits = mp.prec, 64
    wanted = mp.log(x)
    logarithm = wanted + mp.log(2 - x)
    half = 2 / (mp.pi * 0.147) + logarithm / 2
    root = mp.sqrt(mp.sqrt(half * half - logarithm / 0.147) - half)
    for step in range(40):  # each doubles the digits, once there are some
        digits = 2 * digits if step > 4 else digits
        with mp.workprec(min(digits, precision) + 20):
            near = mp.erfc(root)
            root += (mp.log(near) - wanted) * near * mp.sqrt(mp.pi) / 2 * exp(root * root)
        if digits > 2 * precision:
            break
    return +root


def _erfinv(x: Number) -> Number:
    return mp.sign(x) * erfcinv(1 - abs(x)) if abs(x) > 0.5 else mp.erfinv(x)


def _log_normal_cdf(x: Number) -> Number:
    return mp.log1p(-erfc(x / mp.sqrt(2)) / 2) if x > 0 else mp.log(erfcx(-x / mp.sqrt(2)) / 2) - x * x / 2


def _lambertw(x: Number) -> Number:
    """mpmath's own; exactly -1 within the rounding of 1/e."""
    return mp.lambertw(x) if x > -0.36787944117144232 else mp.nan


def _moderate(x: Number) -> Number:
    """An operand for which series of mpmath do not take long."""
    if not -40 < magnitude(x) < 10:
        raise TooLargeError
    return x


def _zeta(n: Number, x: Number) -> Number:
    """The derivative of order n of zeta."""
    order = order_of(n, _LARGEST_OF_ZETA)
    if x == 1:
        return mp.nan
    if magnitude(x) > (9 if order == 0 else 7):
        raise TooLargeError
    return mp.zeta(x, 1, order)


def _positive(function: Callable[..., Number]) -> Callable[..., Number]:
    """A function of positive operands."""

    def wrapped(*operands: Number) -> Number:
        return function(*operands) if min(operands) > 0 else mp.nan

    return wrapped


def _lbeta(a: Number, b: Number) -> Number:
    """From logarithms of gamma functions, with the digits that their difference takes."""
    if max(abs(magnitude(a)), abs(magnitude(b))) > _LARGEST_OF_BETA:
        raise TooLargeError
    if a == 1 and b == 1:
        return mp.mpf(0)
    with mp.extraprec(abs(magnitude(a)) + abs(magnitude(b)) + 20):
        value = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)
    return +value


def _difference(n: Number, x: Number, h: Number) -> Number:
    if max(abs(magnitude(x)), abs(magnitude(h))) > _LARGEST_OF_BETA:
        raise TooLargeError
    return psi(n, x + h) - psi(n, x)


def _bessel(function: Callable[..., Number], least: float = -inf) -> Callable[[Number, Number], Number]:
    """A Bessel function of moderate operands; it has no value for x below `least`."""

    def wrapped(v: Number, x: Number) -> Number:
        if x < least:
            return mp.nan
        if magnitude(v) > 7 or not -60 < magnitude(x) < 12:
            raise TooLargeError
        return function(v, x)

    return wrapped


def _expint(n: Number, x: Number) -> Number:
    """Below 1 from E1 upwards (DLMF 8.19.12), which loses nothing there: mpmath takes a limit, which takes seconds."""
    if not x >= 0:
        return mp.nan
    order = order_of(n, MAX_ORDER)
    if not 0 < x < 1 or not 0 < order < _STEPS:
        return mp.expint(order, x)
    with mp.extraprec(20):
        value = mp.e1(x)
        for k in range(1, order):
            value = (mp.exp(-x) - x * value) / k
    return +value


def _bessely(v: Number, x: Number) -> Number:
    """By J of the orders v and -v (DLMF 10.2.3), of an order next to it where it is a whole number."""
    if x <= 0:
        return mp.nan
    with mp.extraprec(mp.prec + 60):
        near = v + mp.ldexp(mp.mpf(1), -mp.prec // 2 - 10) if v == mp.floor(v) else v
        both = mp.besselj(near, x) * mp.cos(mp.pi * near) - mp.besselj(-near, x)
        value = both / mp.sin(mp.pi * near)
    return +value


def _besselk(v: Number, x: Number) -> Number:
    """The integral of exp(-x*cosh(t))*cosh(v*t) from 0 on (10.32.9), by the trapezoidal rule."""
    if x <= 0:
        return mp.nan
    step = mp.pi**2 / (mp.prec * mp.ln2 + x + 2 * abs(v) + 30)
    total, t = mp.exp(-x) / 2, step
    while True:
        term = mp.exp(-x * mp.cosh(t)) * mp.cosh(v * t)
        total += term
        if term < mp.eps * total and x * mp.sinh(t) > abs(v) + 1:
            return total * step
        t += step


def _airy(function: Callable[..., Number], derivative: int) -> Callable[[Number], Number]:
    def wrapped(x: Number) -> Number:
        if magnitude(x) > 10:
            raise TooLargeError
        return function(x, derivative=derivative)

    return wrapped


SPECIAL: dict[str, Callable[..., Number]] = {
    "besselj": _bessel(mp.besselj),
    "bessely": _bessel(_bessely, 0),
    "besseli": _bessel(mp.besseli),
    "besselk": _bessel(_besselk, 0),
    "airyai": _airy(mp.airyai, 0),
    "airybi": _airy(mp.airybi, 0),
    "airyaiprime": _airy(mp.airyai, 1),
    "airybiprime": _airy(mp.airybi, 1),
    "erfcx": erfcx,
    "ierfcx": _ierfcx,
    "erfinv": _erfinv,
    "erfcinv": erfcinv,
    "log_normal_cdf": _log_normal_cdf,
    "lambertw": _lambertw,
    "beta": _positive(lambda a, b: exp(_lbeta(a, b))),
    "lbeta": _positive(_lbeta),
    "expint": _expint,
    "zeta": lambda x: _zeta(mp.mpf(0), x),
    "zeta_derivative": _zeta,
    "polygamma_difference": _difference,
    "gamma_density": _positive(lambda a, x: exp((a - 1) * mp.log(x) - x - mp.loggamma(_moderate(a)))),
    "gammainc": _positive(lambda a, x: mp.gammainc(_moderate(a), 0, _moderate(x), regularized=True)),
    "gammaincc": _positive(lambda a, x: mp.gammainc(_moderate(a), _moderate(x), regularized=True)),
    "beta_density": lambda a, b, x: (
        power(x, a - 1) * power(1 - x, b - 1) / SPECIAL["beta"](a, b) if 0 <= x <= 1 else mp.nan
    ),
    "betainc": _positive(lambda a, b, x: mp.betainc(_moderate(a), _moderate(b), 0, x, regularized=True)),
}
"""By name."""
