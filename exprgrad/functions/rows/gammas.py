"""Table rows: Lambert's W, beta functions, and differences of polygamma functions."""

from __future__ import annotations

from math import inf

from exprgrad.functions.entry import SECOND, Function
from exprgrad.functions.numerics.special import beta, lambert

_POSITIVE = (0.0, inf)
_END = 0.36787944117144233

ROWS = [
    Function(
        name="lambertw",
        operands=("x",),
        doc="the w >= -1 with w*exp(w) = x: the principal branch of Lambert's W",
        value=lambert.lambertw,
        partials=("lambertw_slope(x)",),
        kink=f"x == {-_END!r}",
        convention="infinite at -1/e",
        domain=((-_END, inf),),
        ulp=(4, 4),
        latex=r"W_{0}\left(#1\right)",
        source="DLMF 4.13",
        transcendental=True,
        points=((0.0,), (-_END,), (-0.3678,), (-0.25,), (1.0,), (1e-20,), (1e300,)),
    ),
    Function(
        name="lambertw_slope",
        operands=("x",),
        doc="the derivative of lambertw: exp(-w)/(1 + w)",
        value=lambert.lambertw_slope,
        written="exp(-lambertw(x))/(1 + lambertw(x))",
        formula="exp(-lambertw(x))/(1 + lambertw(x))",
        partials=("-out*(out*((2 + lambertw(x))*(out*exp(lambertw(x)))))",),
        kink=f"x == {-_END!r}",
        convention="infinite at -1/e",
        domain=((-_END, inf),),
        ulp=(8, SECOND),
        transcendental=True,
        helper=True,
        points=((0.0,), (-0.3678,), (-0.25,), (0.5,), (1.0,), (1e300,)),
    ),
    Function(
        name="beta",
        operands=("a", "b"),
        doc="beta function, gamma(a)*gamma(b)/gamma(a + b), of positive operands",
        hinted_for=("gamma(a)*gamma(b)/gamma(a + b)",),
        value=beta.beta,
        partials=("-out*polygamma_difference(0, a, b)", "-out*polygamma_difference(0, b, a)"),
        domain=(_POSITIVE, _POSITIVE),
        ulp=(24, 32),
        far="exp(lgamma(a) + lgamma(b) - lgamma(a + b))",
        latex=r"\operatorname{B}\left(#1, #2\right)",
        source="DLMF 5.12",
        symmetric=True,
        slow=True,
        points=((0.5, 0.5), (2.0, 3.0), (20.0, 30.0), (1e-3, 500.0), (300.0, 200.0)),
    ),
    Function(
        name="lbeta",
        operands=("a", "b"),
        doc="log(beta(a, b))",
        instead_of=("log(beta(a, b))",),
        value=beta.lbeta,
        partials=("-polygamma_difference(0, a, b)", "-polygamma_difference(0, b, a)"),
        domain=(_POSITIVE, _POSITIVE),
        ulp=(16, 16),
        terms=("max(1, abs(lgamma(min(a, b))))",),
        far="lgamma(a) + lgamma(b) - lgamma(a + b)",
        latex=r"\ln \operatorname{B}\left(#1, #2\right)",
        source="DLMF 5.12",
        symmetric=True,
        slow=True,
        points=((0.5, 0.5), (2.0, 3.0), (20.0, 30.0), (1e-3, 500.0), (3e5, 2e5), (1e10, 1e-10)),
    ),
    Function(
        name="polygamma_difference",
        operands=("n", "x", "h"),
        doc="polygamma(n, x + h) - polygamma(n, x) for x, h >= 0, right to the last digits for small h",
        value=beta.polygamma_difference,
        partials=("0", "polygamma_difference(n + 1, x, h)", "polygamma(n + 1, x + h)"),
        domain=((-inf, inf), _POSITIVE, _POSITIVE),
        ulp=(16, 32),
        far="x > h ? h*polygamma(n + 1, x) : polygamma(n, x + h) - polygamma(n, x)",
        source="DLMF 5.15",
        transcendental=True,
        slow=True,
        points=((0.0, 1.0, 1e-10), (0.0, 2.0, 3.0), (1.0, 1e5, 2.0), (2.0, 0.5, 1e10)),
    ),
]
