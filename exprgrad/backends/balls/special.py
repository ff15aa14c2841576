"""What special functions mean in balls: Arb's own functions, on the domain that the table has for each."""

from __future__ import annotations

from collections.abc import Callable

from exprgrad.backends.balls.numbers import FALSE, TRUE, UNKNOWN, Ball, acb, arb, arb_series, whole

MAX_ORDER = 1000
"""Order of a polygamma or spherical Bessel function, and of an exponential integral."""
MAX_BESSEL = 1000
"""Order of a Bessel function, as in the table."""
_FLAT = 10_000
"""From here on the derivatives of zeta are below 2^-4999."""
_LARGE = 10_000_000
"""Parameters of an incomplete gamma or beta function from which on FLINT's series take too long."""
_FAR = 3
"""From here on the scaled error functions are confluent functions of the second kind, which do not cancel."""


def order_of(ball: Ball, most: int = MAX_ORDER) -> int | None:
    """The whole number from 0 on that a ball is; None for all others."""
    number = whole(ball) if ball.is_exact() and ball.is_integer() else None
    return number if number is not None and 0 <= number <= most else None


def lgamma(x: Ball) -> Ball:
    """log(abs(gamma(x)))."""
    return x.lgamma() if x > 0 else abs(x.gamma()).log()


def polygamma(n: Ball, x: Ball) -> Ball:
    """Below 0 by reflection (DLMF 5.15.6): Arb's own takes as many steps as the number is large."""
    order = order_of(n)
    if order is None:
        return UNKNOWN
    if x < 0:
        around: Ball = arb_series([x, 1], order + 1).cot_pi()[order] * arb(order).fac() * arb.pi()
        mirrored = polygamma(n, 1 - x)
        return (-mirrored if order % 2 else mirrored) - around
    found: Ball = x.digamma() if order == 0 else acb(x).polygamma(acb(order)).real
    return found


def _polygamma_difference(n: Ball, x: Ball, h: Ball) -> Ball:
    if not (x > 0 and h >= 0):
        return UNKNOWN
    return FALSE if h.is_zero() and order_of(n) is not None else polygamma(n, x + h) - polygamma(n, x)


def bessel_parts(n: Ball, x: Ball) -> tuple[int, Ball, Ball] | None:
    """The spherical Bessel function is x^n times a factor times 0F1(n + 3/2; z) (DLMF 10.53.1): n, factor and z."""
    order = order_of(n)
    if order is None:
        return None
    odd = TRUE
    for k in range(3, 2 * order + 2, 2):
        odd *= k
    return order, 1 / odd, -x * x / 4


def _spherical_bessel(n: Ball, x: Ball) -> Ball:
    found = bessel_parts(n, x)
    if found is None:
        return UNKNOWN
    order, factor, z = found
    return x**order * factor * z.hypgeom_0f1(arb(order) + 1.5)


def ierfcx(n: Ball, x: Ball) -> Ball:
    """exp(x^2) times the integral of order n of erfc (DLMF 7.18.11 with 13.14.3; on all reals 7.18.9 with 13.2.39)."""
    order = order_of(n)
    if order is None:
        return UNKNOWN
    a, square = arb(order + 1) / 2, x * x
    if x > _FAR:
        return square.hypgeom_u(a, arb(0.5)) / (arb(2) ** order * arb.pi().sqrt())
    if order == 0:
        return square.exp() * x.erfc()
    even = square.hypgeom_1f1(a, arb(0.5)) / (arb(2) ** order * (a + 0.5).gamma())
    odd = square.hypgeom_1f1(a + 0.5, arb(1.5)) / (arb(2) ** (order - 1) * a.gamma())
    return even - x * odd


def erfcx(x: Ball) -> Ball:
    """exp(x^2)*erfc(x)."""
    return ierfcx(FALSE, x)


def _log_normal_cdf(x: Ball) -> Ball:
    scaled = -x / arb(2).sqrt()
    if x > 0:
        return (-(-scaled).erfc() / 2).log1p()
    return (erfcx(scaled) / 2).log() - x * x / 2


def _lbeta(a: Ball, b: Ball) -> Ball:
    if not (a > 0 and b > 0):
        return UNKNOWN
    return a.lgamma() + b.lgamma() - (a + b).lgamma()


def beta_density(a: Ball, b: Ball, x: Ball) -> Ball:
    """The derivative of the incomplete beta function: the integrand that defines it (DLMF 8.17.1). By
    logarithms inside of the interval, where every factor is positive."""
    if not (x > 0 and x < 1):
        return UNKNOWN
    return ((a - 1) * x.log() + (b - 1) * (-x).log1p() - _lbeta(a, b)).exp()


def gamma_density(a: Ball, x: Ball) -> Ball:
    """The derivative of the incomplete gamma function: the integrand that defines it (DLMF 8.2.1)."""
    if not (a > 0 and x > 0):
        return UNKNOWN
    return ((a - 1) * x.log() - x - a.lgamma()).exp()


def _incomplete(function: Callable[..., Ball]) -> Callable[[Ball, Ball], Ball]:
    """A regularized incomplete gamma function."""

    def wrapped(a: Ball, x: Ball) -> Ball:
        if not (a > 0 and x >= 0) or (a > _LARGE and x > _LARGE):
            return UNKNOWN
        return function(x, a, 1)

    return wrapped


def _betainc(a: Ball, b: Ball, x: Ball) -> Ball:
    if not (a > 0 and b > 0 and x >= 0 and x <= 1) or a > _LARGE or b > _LARGE:
        return UNKNOWN
    return x.beta_lower(a, b, 1)


def _expint(n: Ball, x: Ball) -> Ball:
    return x.expint(n) if order_of(n) is not None and x >= 0 else UNKNOWN


def zeta_derivative(n: Ball, x: Ball) -> Ball:
    """From the power series around x, on the domain that the table has."""
    return zeta_term(n, x) if x >= -0.5 else UNKNOWN


def zeta_term(n: Ball, x: Ball) -> Ball:
    """The derivative of order n of zeta. Far out, as log(k)^n <= k^(n/e), the sum of log(k)^n/k^x from k = 2 on is
    below 2/2^(x/2)."""
    order = order_of(n)
    if order is None:
        return UNKNOWN
    if x > _FLAT and order == 0:
        return x.zeta()
    if x > _FLAT:
        return arb(0, (arb(2) ** (1 - x / 2)).upper())
    found: Ball = arb_series([x, 1], order + 1).zeta()[order] * arb(order).fac()
    return found


def _bessel(function: Callable[[Ball, Ball], Ball], *, negative: bool = False) -> Callable[[Ball, Ball], Ball]:
    """A Bessel function of the order v. Below 0 it is real for whole orders alone."""

    def wrapped(v: Ball, x: Ball) -> Ball:
        real = x > 0 or (negative and v.is_exact() and v.is_integer())
        return function(x, v) if real and abs(v) <= MAX_BESSEL else UNKNOWN

    return wrapped


SPECIAL: dict[str, Callable[..., Ball]] = {
    "gamma": lambda x: x.gamma(),
    "lgamma": lgamma,
    "digamma": lambda x: x.digamma(),
    "polygamma": polygamma,
    "polygamma_difference": _polygamma_difference,
    "spherical_bessel": _spherical_bessel,
    "erf": lambda x: x.erf(),
    "erfc": lambda x: x.erfc(),
    "erfcx": erfcx,
    "ierfcx": ierfcx,
    "erfinv": lambda x: x.erfinv(),
    "erfcinv": lambda x: x.erfcinv(),
    "normal_cdf": lambda x: (-x / arb(2).sqrt()).erfc() / 2,
    "log_normal_cdf": _log_normal_cdf,
    "lambertw": lambda x: x.lambertw(),
    "lbeta": _lbeta,
    "beta": lambda a, b: _lbeta(a, b).exp(),
    "gamma_density": gamma_density,
    "gammainc": _incomplete(arb.gamma_lower),
    "gammaincc": _incomplete(arb.gamma_upper),
    "beta_density": beta_density,
    "betainc": _betainc,
    "expint": _expint,
    "ei": lambda x: x.ei(),
    "si": lambda x: x.si(),
    "ci": lambda x: x.ci() if x > 0 else UNKNOWN,
    "zeta": lambda x: x.zeta(),
    "zeta_derivative": zeta_derivative,
    "besselj": _bessel(arb.bessel_j, negative=True),
    "bessely": _bessel(arb.bessel_y),
    "besseli": _bessel(arb.bessel_i, negative=True),
    "besselk": _bessel(arb.bessel_k),
    "airyai": lambda x: x.airy_ai(),
    "airybi": lambda x: x.airy_bi(),
    "airyaiprime": lambda x: x.airy_ai(derivative=1),
    "airybiprime": lambda x: x.airy_bi(derivative=1),
}
"""By name."""
