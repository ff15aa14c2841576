"""How fast special functions change, in balls: from Arb's power series, or from another formula than the table's."""

from __future__ import annotations

from collections.abc import Callable

from exprgrad.backends.balls.numbers import FALSE, UNKNOWN, Ball, arb, arb_series
from exprgrad.backends.balls.special import (
    bessel_parts,
    beta_density,
    erfcx,
    gamma_density,
    ierfcx,
    polygamma,
    zeta_term,
)

Rate = Callable[..., Ball]
"""A partial derivative of the operands and the value."""


def _series(name: str) -> Rate:
    """The second coefficient of one of Arb's power series."""

    def rate(x: Ball, _: Ball) -> Ball:
        found: Ball = getattr(arb_series([x, 1], 2), name)()[1]
        return found

    return rate


def _spherical_bessel(n: Ball, x: Ball, _: Ball) -> Ball:
    """By the product rule from x^n * 0F1(n + 3/2; -x^2/4), whose derivative is DLMF 16.3.1."""
    parts = bessel_parts(n, x)
    if parts is None:
        return UNKNOWN
    order, factor, z = parts
    b = arb(order) + 1.5
    slope = x**order * z.hypgeom_0f1(b + 1) / b * (-x / 2)
    slope += order * x ** (order - 1) * z.hypgeom_0f1(b) if order else FALSE
    return factor * slope


def _ierfcx(n: Ball, x: Ball, out: Ball) -> Ball:
    """By the product rule (DLMF 7.18.3); the integral of order -1 is 2/sqrt(pi)*exp(-x^2)."""
    return 2 * x * out - (2 / arb.pi().sqrt() if n.is_zero() else ierfcx(n - 1, x))


def _expint(n: Ball, x: Ball, out: Ball) -> Ball:
    """From x^(n - 1) times an incomplete gamma function (DLMF 8.19.1)."""
    return ((n - 1) * out - (-x).exp()) / x


def _bessel(function: Callable[[Ball, Ball], Ball], sign: int = 1) -> Rate:
    """By the order below (DLMF 10.6.2, 10.29.2)."""
    return lambda v, x, out: sign * function(x, v - 1) - v / x * out


def _inverse_erf(_: Ball, out: Ball) -> Ball:
    return arb.pi().sqrt() / 2 * (out * out).exp()


RATES: dict[str, tuple[Rate | None, ...]] = {
    "sinc": (lambda x, out: _spherical_bessel(FALSE, x, out),),
    "spherical_bessel": (None, _spherical_bessel),
    "lgamma": (lambda x, _: polygamma(FALSE, x),),
    "digamma": (lambda x, _: polygamma(arb(1), x),),
    "polygamma": (None, lambda n, x, _: polygamma(n + 1, x)),
    "erfcx": (lambda x, out: _ierfcx(FALSE, x, out),),
    "ierfcx": (None, _ierfcx),
    "erfinv": (_inverse_erf,),
    "erfcinv": (lambda x, out: -_inverse_erf(x, out),),
    "log_normal_cdf": (lambda x, _: (2 / arb.pi()).sqrt() / erfcx(-x / arb(2).sqrt()),),
    "expint": (None, _expint),
    "zeta": (lambda x, _: zeta_term(arb(1), x),),
    "zeta_derivative": (None, lambda n, x, _: zeta_term(n + 1, x)),
    "gammainc": (None, lambda a, x, _: gamma_density(a, x)),
    "gammaincc": (None, lambda a, x, _: -gamma_density(a, x)),
    "betainc": (None, None, lambda a, b, x, _: beta_density(a, b, x)),
    "besselj": (None, _bessel(arb.bessel_j)),
    "bessely": (None, _bessel(arb.bessel_y)),
    "besseli": (None, _bessel(arb.bessel_i)),
    "besselk": (None, _bessel(arb.bessel_k, -1)),
    "airyai": (_series("airy_ai"),),
    "airybi": (_series("airy_bi"),),
    "airyaiprime": (_series("airy_ai_prime"),),
    "airybiprime": (_series("airy_bi_prime"),),
}
"""By name, for each operand; None where it is an order or a parameter that has no derivative here."""
