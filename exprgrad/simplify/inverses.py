"""Functions of their inverse: log(exp(x)) is x, cos(asin(x)) is sqrt((1 - x)*(1 + x)).

Each row is the same on all reals, with the same domain, and loses no digits. What would lose a domain has no row:
exp(log(x)) is x for x >= 0, and nan below. The identities that hold on an
interval alone are in `WITHIN`: they are used where another factor keeps the domain.
"""

from __future__ import annotations

from typing import Final

EVERYWHERE: Final = {
    "log exp": "x",  # exp has all reals as its domain, and log all of its values
    "log1p expm1": "x",
    "log2 exp2": "x",
    "asinh sinh": "x",
    "sinh asinh": "x",
    "atanh tanh": "x",
    "tan atan": "x",
    "erfinv erf": "x",
    "normal_quantile normal_cdf": "x",
    "logit sigmoid": "x",
    "acosh cosh": "abs(x)",
    "abs abs": "abs(x)",
    "cos asin": "sqrt((1 - x)*(1 + x))",  # the root keeps the domain [-1, 1]
    "sin acos": "sqrt((1 - x)*(1 + x))",
    "sech atanh": "sqrt((1 - x)*(1 + x))",
    "cosh atanh": "1/sqrt((1 - x)*(1 + x))",
    "sinh atanh": "x/sqrt((1 - x)*(1 + x))",
    "tan asin": "x/sqrt((1 - x)*(1 + x))",
    "tan acos": "sqrt((1 - x)*(1 + x))/x",
    "cosh asinh": "hypot(x, 1)",
    "sech asinh": "1/hypot(x, 1)",
    "sec atan": "hypot(x, 1)",
    "cos atan": "1/hypot(x, 1)",
    "sinh acosh": "sqrt(x - 1)*sqrt(x + 1)",  # two roots: the root of x^2 - 1 has negative x in its domain, too
}
"""An outer and an inner function, and what the first of the second is."""

_UNIT = ("asin", "acos", "atanh", "sqrt((1 - x)*(1 + x))")
_POSITIVE = ("log", "log2", "log10", "sqrt")

WITHIN: Final = {
    "sin asin": _UNIT,
    "cos acos": _UNIT,
    "tanh atanh": _UNIT,
    "exp log": _POSITIVE,
    "cosh acosh": ("acosh", "sqrt(x - 1)"),
}
"""An outer and an inner function of which the first of the second is x where it is defined, and the functions and
formulas of x that are defined nowhere else: times one of these, or divided by it, it can be written as x."""

SQUARES: Final = {
    ("tan", 1.0, 1.0): ("cos", -2.0),  # 1 + tan(x)^2 = 1/cos(x)^2, for all x that tan has a value of
    ("tanh", 1.0, -1.0): ("sech", 2.0),
    ("sinh", 1.0, 1.0): ("cosh", 2.0),
    ("cosh", -1.0, 1.0): ("sinh", 2.0),
    ("sin", 1.0, -1.0): ("cos", 2.0),
    ("cos", 1.0, -1.0): ("sin", 2.0),
}
"""A function f and two coefficients a, b: a + b*f(x)^2 is what another function is to a power."""
