"""Table rows: exponential, sine and cosine integrals, and Riemann's zeta function."""

from __future__ import annotations

from math import inf

from exprgrad.functions.entry import Function
from exprgrad.functions.numerics.special import integrals

_POSITIVE = (0.0, inf)
_EULER = "0.5772156649015329"


def _asymptotic(terms: int, factor: str) -> str:
    """1 + f_0/x*(1 + f_1/x*(1 + …)), where the factor f_k is a text with {}."""
    text = "1"
    for k in reversed(range(terms)):
        text = f"1 + {factor.format(k)}/x*({text})"
    return text


_FACTOR = "(x > -160 ? -x*gamma(-x)*(2*pi)^x : exp(lgamma(1 - x) + x*log(2*pi)))"

ROWS = [
    Function(
        name="expint",
        operands=("n", "x"),
        doc="exponential integral E_n(x) of order n = 0, 1, …, 1000 for x >= 0",
        value=integrals.expint,
        partials=("0", "n == 0 ? -exp(-x)*(1 + 1/x)/x : -expint(n - 1, x)"),
        domain=((-inf, inf), _POSITIVE),
        ulp=(16, 16),
        far=f"n == 0 ? exp(-x)/x : x > 1 ? exp(-x)/x*({_asymptotic(9, '-(n + {})')})"
        f" : n == 1 ? -log(x) - {_EULER} : 1/(n - 1)",
        latex=r"E_{#1}\left(#2\right)",
        source="DLMF 8.19",
        transcendental=True,
        reduced=True,
        slow=True,
        points=((1.0, 0.5), (1.0, 1.0), (1.0, 5.0), (2.0, 1e-10), (3.0, 40.0)),
    ),
    Function(
        name="ei",
        operands=("x",),
        doc="exponential integral Ei(x), the integral of exp(t)/t from -inf to x",
        value=integrals.ei,
        partials=("x > 700 ? exp(x/2)/x*exp(x/2) : exp(x)/x",),
        kink="x == 0",
        convention="infinite at 0",
        ulp=(16, 4),
        far=f"abs(x) < 1 ? log(abs(x)) + {_EULER} : exp(x)/x*({_asymptotic(9, '({} + 1)')})",
        latex=r"\operatorname{Ei}\left(#1\right)",
        source="DLMF 6.2.5",
        transcendental=True,
        reduced=True,
        slow=True,
        points=((0.37250741078136663,), (1.0,), (-1.0,), (30.0,), (100.0,), (-20.0,)),
    ),
    Function(
        name="si",
        operands=("x",),
        doc="sine integral, the integral of sin(t)/t from 0 to x",
        value=integrals.si,
        partials=("sinc(x)",),
        ulp=(4, 4),
        terms=("", "abs(x) > 2 ? cos(x)/x : 0"),
        latex=r"\operatorname{Si}\left(#1\right)",
        source="DLMF 6.2.9",
        transcendental=True,
        reduced=True,
        slow=True,
        points=((0.0,), (1.0,), (3.0,), (4.0,), (-100.0,)),
    ),
    Function(
        name="ci",
        operands=("x",),
        doc="cosine integral, -(the integral of cos(t)/t from x to inf), for x >= 0",
        value=integrals.ci,
        turns="x/(2*pi)",
        partials=("cos(x)/(x + 0)",),
        kink="x == 0",
        convention="infinite at 0",
        domain=(_POSITIVE,),
        ulp=(16, 4),
        terms=("x > 3 ? 1/x : max(0.5, abs(log(x)))",),
        far=f"x < 1 ? log(x) + {_EULER} : sin(x)/x",
        latex=r"\operatorname{Ci}\left(#1\right)",
        source="DLMF 6.2.11",
        transcendental=True,
        reduced=True,
        slow=True,
        points=((0.6165054856207162,), (1.0,), (3.0,), (100.0,)),
    ),
    Function(
        name="zeta",
        operands=("x",),
        doc="Riemann's zeta function: the sum of k^-x over k = 1, 2, …, continued to x < 1",
        value=integrals.zeta,
        partials=(
            "x < -0.1 ? zeta(x)*(log(2*pi) - digamma(1 - x) - zeta_derivative(1, 1 - x)/zeta(1 - x))"
            f" + 0.5*cos(pi/2*(x % 4))*{_FACTOR}*zeta(1 - x) : zeta_derivative(1, x)",
        ),
        kink="x == 1",
        convention="undefined at the pole",
        ulp=(64, 256),
        far="x < -1 ? 2*(2*pi)^(x - 1)*sin(pi/2*(x % 4))*gamma(1 - x)*zeta(min(1 + abs(x), 300)) : x < 1 ? -0.5 : 1",
        terms=("", "x < 0 ? abs(zeta(x)*log(1 - x)) : 0"),
        latex=r"\zeta\left(#1\right)",
        source="DLMF 25.2, 25.4",
        transcendental=True,
        slow=True,
        points=((2.0,), (0.5,), (0.0,), (1.0000001,), (-1.0,), (-2.0,), (-15.5,), (50.0,)),
    ),
    Function(
        name="zeta_derivative",
        operands=("n", "x"),
        doc="derivative of order n = 0, 1, …, 60 of zeta for x >= -0.5",
        value=integrals.zeta_derivative,
        partials=("0", "zeta_derivative(n + 1, x)"),
        kink="x == 1",
        convention="undefined at the pole",
        domain=((-inf, inf), (-0.5, inf)),
        ulp=(512, 512),
        latex=r"\zeta^{(#1)}\left(#2\right)",
        source="DLMF 25.2.9",
        transcendental=True,
        slow=True,
        points=((1.0, 2.0), (1.0, 0.0), (2.0, 0.5), (1.0, 1.0000001), (3.0, 30.0)),
    ),
]
