"""Value, first and second derivative of functions of one variable, in balls: what tables of derivatives have."""

from __future__ import annotations

from collections.abc import Callable

from exprgrad.backends.balls.meanings import MEANINGS
from exprgrad.backends.balls.numbers import FALSE, UNKNOWN, Ball, arb
from exprgrad.backends.balls.special import (
    beta_density,
    erfcx,
    gamma_density,
    ierfcx,
    lgamma,
    polygamma,
    zeta_term,
)
from exprgrad.backends.balls.special_slopes import RATES

Bent = tuple[Ball, Ball, Ball]
"""A value, its slope, and the slope of that."""
Curve = Callable[..., Bent]


def _exp(x: Ball) -> Bent:
    y = x.exp()
    return y, y, y


def _log(x: Ball) -> Bent:
    rate = 1 / x
    return x.log(), rate, -rate * rate


def _sqrt(x: Ball) -> Bent:
    y = x.sqrt()
    rate = 1 / (2 * y)
    return y, rate, -rate / (2 * x)


def _cbrt(x: Ball) -> Bent:
    y = MEANINGS["cbrt"](x)
    rate = y / (3 * x)
    return y, rate, -2 * rate / (3 * x)


def _expm1(x: Ball) -> Bent:
    y = x.exp()
    return x.expm1(), y, y


def _log1p(x: Ball) -> Bent:
    rate = 1 / (1 + x)
    return x.log1p(), rate, -rate * rate


def _sin(x: Ball) -> Bent:
    s, c = x.sin_cos()
    return s, c, -s


def _cos(x: Ball) -> Bent:
    s, c = x.sin_cos()
    return c, -s, -c


def _tan(x: Ball) -> Bent:
    y, rate = x.tan(), x.sec() ** 2
    return y, rate, 2 * y * rate


def _cot(x: Ball) -> Bent:
    y, rate = x.cot(), x.csc() ** 2
    return y, -rate, 2 * y * rate


def _sec(x: Ball) -> Bent:
    y, t = x.sec(), x.tan()
    return y, y * t, y * (t * t + y * y)


def _csc(x: Ball) -> Bent:
    y, t = x.csc(), x.cot()
    return y, -y * t, y * (t * t + y * y)


def _asin(x: Ball) -> Bent:
    square = 1 / ((1 - x) * (1 + x))
    rate = square.sqrt()
    return x.asin(), rate, x * square * rate


def _acos(x: Ball) -> Bent:
    _, rate, bent = _asin(x)
    return x.acos(), -rate, -bent


def _atan(x: Ball) -> Bent:
    rate = 1 / (1 + x * x)
    return x.atan(), rate, -2 * x * rate * rate


def _sinh(x: Ball) -> Bent:
    s, c = x.sinh_cosh()
    return s, c, s


def _cosh(x: Ball) -> Bent:
    s, c = x.sinh_cosh()
    return c, s, c


def _tanh(x: Ball) -> Bent:
    y, rate = x.tanh(), x.sech() ** 2
    return y, rate, -2 * y * rate


def _coth(x: Ball) -> Bent:
    y, rate = x.coth(), x.csch() ** 2
    return y, -rate, 2 * y * rate


def _sech(x: Ball) -> Bent:
    y, t = x.sech(), x.tanh()
    return y, -y * t, y * (1 - 2 * y * y)


def _csch(x: Ball) -> Bent:
    y, t = x.csch(), x.coth()
    return y, -y * t, y * (1 + 2 * y * y)


def _asinh(x: Ball) -> Bent:
    square = 1 / (1 + x * x)
    rate = square.sqrt()
    return x.asinh(), rate, -x * square * rate


def _acosh(x: Ball) -> Bent:
    square = 1 / ((x - 1) * (x + 1))
    rate = square.sqrt()
    return x.acosh(), rate, -x * square * rate


def _atanh(x: Ball) -> Bent:
    rate = 1 / ((1 - x) * (1 + x))
    return x.atanh(), rate, 2 * x * rate * rate


def _erf(x: Ball) -> Bent:
    rate = 2 / arb.pi().sqrt() * (-x * x).exp()
    return x.erf(), rate, -2 * x * rate


def _erfc(x: Ball) -> Bent:
    _, rate, bent = _erf(x)
    return x.erfc(), -rate, -bent


def _normal_cdf(x: Ball) -> Bent:
    rate = (-x * x / 2).exp() / (2 * arb.pi()).sqrt()
    return MEANINGS["normal_cdf"](x), rate, -x * rate


def _log_normal_cdf(x: Ball) -> Bent:
    rate = (2 / arb.pi()).sqrt() / erfcx(-x / arb(2).sqrt())
    return MEANINGS["log_normal_cdf"](x), rate, -rate * (x + rate)


def _erfcx(x: Ball) -> Bent:
    """By one integral of erfc for each derivative (DLMF 7.18.9), so that nothing cancels."""
    return erfcx(x), -2 * ierfcx(arb(1), x), 8 * ierfcx(arb(2), x)


def _ierfcx(n: Ball, x: Ball) -> Bent:
    first, second = -2 * (n + 1), -2 * (n + 2)
    return ierfcx(n, x), first * ierfcx(n + 1, x), first * second * ierfcx(n + 2, x)


def _inverse_erf(name: str, sign: int) -> Curve:
    def curve(x: Ball) -> Bent:
        y = MEANINGS[name](x)
        rate = sign * arb.pi().sqrt() / 2 * (y * y).exp()
        return y, rate, 2 * y * rate * rate

    return curve


def _gamma(x: Ball) -> Bent:
    y, rate = x.gamma(), x.digamma()
    return y, y * rate, y * (rate * rate + polygamma(arb(1), x))


def _lambertw(x: Ball) -> Bent:
    y = x.lambertw()
    rate = (-y).exp() / (1 + y)
    return y, rate, -rate * rate * (y + 2) / (1 + y)


def _ei(x: Ball) -> Bent:
    rate = x.exp() / x
    return x.ei(), rate, rate * (x - 1) / x


def _sinc(x: Ball) -> Bent:
    if x.is_zero():
        return arb(1), FALSE, arb(-1) / 3
    y, first = x.sinc(), -MEANINGS["spherical_bessel"](arb(1), x)
    return y, first, -y - 2 * first / x


def _si(x: Ball) -> Bent:
    rate, bent, _ = _sinc(x)
    return x.si(), rate, bent


def _ci(x: Ball) -> Bent:
    s, c = x.sin_cos()
    return MEANINGS["ci"](x), c / x, -(s + c / x) / x


def _airy(solution: Callable[..., Ball]) -> Curve:
    """By the equation of Airy (DLMF 9.2.1)."""

    def curve(x: Ball) -> Bent:
        y = solution(x)
        return y, solution(x, derivative=1), x * y

    return curve


def _airy_prime(solution: Callable[..., Ball]) -> Curve:
    def curve(x: Ball) -> Bent:
        y, first = solution(x), solution(x, derivative=1)
        return first, x * y, y + x * first

    return curve


CURVES: dict[str, Curve] = {
    "exp": _exp,
    "log": _log,
    "sqrt": _sqrt,
    "cbrt": _cbrt,
    "expm1": _expm1,
    "log1p": _log1p,
    "sin": _sin,
    "cos": _cos,
    "tan": _tan,
    "cot": _cot,
    "sec": _sec,
    "csc": _csc,
    "asin": _asin,
    "acos": _acos,
    "atan": _atan,
    "sinh": _sinh,
    "cosh": _cosh,
    "tanh": _tanh,
    "coth": _coth,
    "sech": _sech,
    "csch": _csch,
    "asinh": _asinh,
    "acosh": _acosh,
    "atanh": _atanh,
    "erf": _erf,
    "erfc": _erfc,
    "normal_cdf": _normal_cdf,
    "log_normal_cdf": _log_normal_cdf,
    "erfcx": _erfcx,
    "erfinv": _inverse_erf("erfinv", 1),
    "erfcinv": _inverse_erf("erfcinv", -1),
    "gamma": _gamma,
    "lgamma": lambda x: (lgamma(x), x.digamma(), polygamma(arb(1), x)),
    "digamma": lambda x: (x.digamma(), polygamma(arb(1), x), polygamma(arb(2), x)),
    "lambertw": _lambertw,
    "sinc": _sinc,
    "ei": _ei,
    "si": _si,
    "ci": _ci,
    "zeta": lambda x: (x.zeta(), zeta_term(arb(1), x), zeta_term(arb(2), x)),
    "airyai": _airy(arb.airy_ai),
    "airybi": _airy(arb.airy_bi),
    "airyaiprime": _airy_prime(arb.airy_ai),
    "airybiprime": _airy_prime(arb.airy_bi),
}
"""Of one operand."""


def _derivatives(function: Callable[[Ball, Ball], Ball]) -> Curve:
    """A family in which the derivative is the next one."""
    return lambda n, x: (function(n, x), function(n + 1, x), function(n + 2, x))


def _spherical_bessel(n: Ball, x: Ball) -> Bent:
    """By its equation (DLMF 10.47.1)."""
    rate = RATES["spherical_bessel"][1]
    y = MEANINGS["spherical_bessel"](n, x)
    first = rate(n, x, y) if rate is not None else UNKNOWN
    return y, first, (n * (n + 1) / (x * x) - 1) * y - 2 * first / x


def _bessel(name: str, sign: int) -> Curve:
    """By the equation of Bessel (DLMF 10.2.1), or the modified one (10.25.1)."""
    rate = RATES[name][1]

    def curve(v: Ball, x: Ball) -> Bent:
        y = MEANINGS[name](v, x)
        first = rate(v, x, y) if rate is not None else UNKNOWN
        return y, first, (v * v / (x * x) + sign) * y - first / x

    return curve


def _expint(n: Ball, x: Ball) -> Bent:
    y, rate = MEANINGS["expint"](n, x), (-x).exp()
    first = ((n - 1) * y - rate) / x
    return y, first, ((n - 2) * first + rate) / x


def _gamma_density(a: Ball, x: Ball) -> Bent:
    y, rate = gamma_density(a, x), (a - 1) / x - 1
    return y, y * rate, y * (rate * rate - (a - 1) / (x * x))


def _beta_density(a: Ball, b: Ball, x: Ball) -> Bent:
    y, over, below = beta_density(a, b, x), (a - 1) / x, (b - 1) / (1 - x)
    rate = over - below
    return y, y * rate, y * (rate * rate - over / x - below / (1 - x))


def _integral(name: str, density: Curve, sign: int = 1) -> Curve:
    def curve(*operands: Ball) -> Bent:
        first, second, _ = density(*operands)
        return MEANINGS[name](*operands), sign * first, sign * second

    return curve


LAST: dict[str, Curve] = {
    "polygamma": _derivatives(polygamma),
    "zeta_derivative": _derivatives(zeta_term),
    "spherical_bessel": _spherical_bessel,
    "ierfcx": _ierfcx,
    "expint": _expint,
    "gammainc": _integral("gammainc", _gamma_density),
    "gammaincc": _integral("gammaincc", _gamma_density, -1),
    "betainc": _integral("betainc", _beta_density),
    "besselj": _bessel("besselj", -1),
    "bessely": _bessel("bessely", -1),
    "besseli": _bessel("besseli", 1),
    "besselk": _bessel("besselk", 1),
}
"""By the last of several operands."""
