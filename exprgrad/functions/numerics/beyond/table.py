"""Which functions of the table have an algorithm of their own for wide numbers."""

from __future__ import annotations

from collections.abc import Callable

from exprgrad.functions.numerics.beyond import beta, elementary, special
from exprgrad.functions.numerics.far import Wide

FUNCTIONS: dict[str, Callable[..., Wide]] = {
    "exp": elementary.exp,
    "expm1": elementary.expm1,
    "cosh": elementary.cosh,
    "sinh": elementary.sinh,
    "log": elementary.log,
    "log1p": elementary.log1p,
    "sqrt": elementary.sqrt,
    "cbrt": elementary.cbrt,
    "pow": elementary.power,
    "gauss": special.gauss,
    "normal_pdf": special.normal_pdf,
    "normal_cdf": special.normal_cdf,
    "erfc": special.erfc,
    "erfcinv": special.erfcinv,
    "lambertw": special.lambertw,
    "gamma": special.gamma,
    "lgamma": special.lgamma,
    "digamma": special.digamma,
    "polygamma": special.polygamma,
    "beta": beta.beta,
    "lbeta": beta.lbeta,
    "polygamma_difference": beta.polygamma_difference,
    "spherical_bessel": special.spherical_bessel,
    "asinh": elementary.asinh,
    "acosh": elementary.acosh,
    "atan2": elementary.atan2,
    "copysign": elementary.with_sign,
}
"""By the names of the table."""
