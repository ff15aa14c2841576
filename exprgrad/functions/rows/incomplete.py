"""Table rows: incomplete gamma and beta functions, and their densities.

With respect to their parameters the incomplete ones have no derivative here: the table has no function for it.
"""

from __future__ import annotations

from math import inf

from exprgrad.functions.entry import Function
from exprgrad.functions.numerics.special import incomplete

_POSITIVE = (0.0, inf)
_RATIO = "x^(a - 1)*exp(-x)/gamma(a)"

ROWS = [
    Function(
        name="gammainc",
        operands=("a", "x"),
        doc="regularized lower incomplete gamma function P(a, x); its derivative with respect to a is nan",
        value=incomplete.gammainc,
        partials=("nan", "gamma_density(a, x)"),
        domain=(_POSITIVE, _POSITIVE),
        ulp=(2**12, 2**13),
        latex=r"P\left(#1, #2\right)",
        source="DLMF 8.2.4",
        slow=True,
        points=((0.5, 0.3), (3.0, 9.0), (20.0, 15.0), (500.0, 520.0), (2.0, 1e-100)),
    ),
    Function(
        name="gammaincc",
        operands=("a", "x"),
        doc="regularized upper incomplete gamma function 1 - P(a, x); its derivative with respect to a is nan",
        value=incomplete.gammaincc,
        partials=("nan", "-gamma_density(a, x)"),
        domain=(_POSITIVE, _POSITIVE),
        ulp=(2**12, 2**13),
        latex=r"Q\left(#1, #2\right)",
        source="DLMF 8.2.4",
        slow=True,
        points=((0.5, 0.3), (3.0, 9.0), (20.0, 15.0), (500.0, 520.0), (1e-5, 0.5)),
    ),
    Function(
        name="gamma_density",
        operands=("a", "x"),
        doc="x^(a - 1)*exp(-x)/gamma(a), the density of the gamma distribution and the derivative of gammainc",
        value=incomplete.gamma_density,
        written=_RATIO,
        far=_RATIO,
        formula=_RATIO,
        partials=(
            "a < 1 ? gamma_density(a + 1, x)/x*(1 + a*(log(x) - digamma(a + 1)))"
            " : out == 0 ? 0 : out*(log(x) - digamma(a))",
            "a > 1 and x < 1 ? gamma_density(a - 1, x) - out : out*((a - x - 1)/(x + 0))",
        ),
        kink="x == 0",
        convention="the slope inside of the domain",
        domain=(_POSITIVE, _POSITIVE),
        ulp=(2**13, 2**13),
        terms=("", "gamma_density(a, x)*max(abs(log(x)), 1)", "gamma_density(a, x)*max(1, (a + 1)/x)"),
        source="DLMF 8.8.13",
        slow=True,
        points=((0.5, 0.3), (3.0, 9.0), (20.0, 15.0), (500.0, 520.0)),
    ),
    Function(
        name="betainc",
        operands=("a", "b", "x"),
        doc="regularized incomplete beta function I_x(a, b); its derivatives with respect to a and b are nan",
        value=incomplete.betainc,
        partials=("nan", "nan", "beta_density(a, b, x)"),
        domain=(_POSITIVE, _POSITIVE, (0.0, 1.0)),
        ulp=(2**12, 2**13),
        latex=r"I_{#3}\left(#1, #2\right)",
        source="DLMF 8.17.2",
        slow=True,
        points=((0.5, 0.5, 0.3), (2.0, 3.0, 0.7), (20.0, 30.0, 0.4), (500.0, 300.0, 0.6)),
    ),
    Function(
        name="beta_density",
        operands=("a", "b", "x"),
        doc="x^(a - 1)*(1 - x)^(b - 1)/beta(a, b), the density of the beta distribution and the derivative of betainc",
        value=incomplete.beta_density,
        written="x^(a - 1)*(1 - x)^(b - 1)/beta(a, b)",
        far="x^(a - 1)*(1 - x)^(b - 1)/beta(a, b)",
        partials=(
            "out == 0 ? 0 : out*(log(x) + polygamma_difference(0, a, b))",
            "out == 0 ? 0 : out*(log1p(-x) + polygamma_difference(0, b, a))",
            "a > 1 and b > 1 ? (a + b - 1)*(beta_density(a - 1, b, x) - beta_density(a, b - 1, x))"
            " : a == 1 and b > 1 ? -b*beta_density(1, b - 1, x) : b == 1 and a > 1 ? a*beta_density(a - 1, 1, x)"
            " : out*((a == 1 ? 0 : (a - 1)/(x + 0)) - (b == 1 ? 0 : (b - 1)/(1 - x)))",
        ),
        kink="x == 0 or x == 1",
        convention="the slope inside of the domain",
        domain=(_POSITIVE, _POSITIVE, (0.0, 1.0)),
        ulp=(2**13, 2**13),
        terms=(
            "",
            "beta_density(a, b, x)*max(abs(log(x)), 1)",
            "beta_density(a, b, x)*max(abs(log1p(-x)), 1)",
            "beta_density(a, b, x)*max((a + 1)/x, (b + 1)/(1 - x))",
        ),
        source="DLMF 8.17.1",
        slow=True,
        points=((0.5, 0.5, 0.3), (2.0, 3.0, 0.7), (20.0, 30.0, 0.4), (500.0, 300.0, 0.6)),
    ),
]
