"""Table rows: scaled and inverse error functions, and those of the normal distribution that follow from them."""

from __future__ import annotations

from exprgrad.functions.entry import Function
from exprgrad.functions.numerics.special import scaled

_HALF_SQRT_PI = "sqrt(pi)/2"

_MILLS_TAIL = "-1 + (1 - (6 - (50 - (518 - (6354 - (89782 - (1435330 - 25625910/x^2)/x^2)/x^2)/x^2)/x^2)/x^2)/x^2)/x^2"
"""The slope of normal_mills far out to the left, from its asymptotic series (DLMF 7.12.1): a product of what goes to 1
would leave no digit of the derivatives of it."""

ROWS = [
    Function(
        name="erfcx",
        operands=("x",),
        doc="exp(x^2)*erfc(x), the scaled complementary error function",
        instead_of=("exp(x^2)*erfc(x)",),
        hinted_for=("exp(x*x)*erfc(x)",),
        value=scaled.erfcx,
        far="x > 1e9 ? 1/(x*sqrt(pi)) : exp(x^2)*erfc(x)",
        partials=("-2*ierfcx(1, x)",),
        ulp=(4, 8),
        source="DLMF 7.2.3",
        transcendental=True,
        reduced=True,
        points=((0.0,), (1.25,), (0.7,), (-5.0,), (-26.6,), (1e10,)),
    ),
    Function(
        name="ierfcx",
        operands=("n", "x"),
        doc="exp(x^2) times the integral of order n = 0, 1, …, 500 of erfc; order 0 is erfcx",
        value=scaled.ierfcx,
        far=(
            "x > 1e8*n ? 2/sqrt(pi)*(2*x)^(-n - 1) : x > 0 ? 0"
            " : 2*exp(x^2)*(-x)^n/gamma(n + 1)*(1 + n*(n - 1)/(4*x^2)"
            "*(1 + (n - 2)*(n - 3)/(8*x^2)*(1 + (n - 4)*(n - 5)/(12*x^2))))"
        ),
        partials=("0", "-2*(n + 1)*ierfcx(n + 1, x)"),
        ulp=(64, 64),
        latex=r"e^{{#2}^{2}} \operatorname{i}^{#1}\!\operatorname{erfc}\left(#2\right)",
        source="DLMF 7.18",
        transcendental=True,
        reduced=True,
        slow=True,
        points=((1.0, 0.0), (1.0, 3.0), (2.0, -1.5), (3.0, 100.0)),
    ),
    Function(
        name="erfinv",
        operands=("x",),
        doc="inverse of erf",
        value=scaled.erfinv,
        partials=(f"{_HALF_SQRT_PI}*(x < 0 ? erfcx(-out)/(1 + x) : erfcx(out)/(1 - x))",),
        kink="abs(x) == 1",
        convention="infinite at -1 and 1",
        domain=((-1.0, 1.0),),
        ulp=(4, 8),
        latex=r"\operatorname{erf}^{-1}\left(#1\right)",
        source="DLMF 7.17",
        transcendental=True,
        points=((0.0,), (0.5,), (-0.9,), (0.999999999,), (1e-300,)),
        of=(("erf", "x"),),
    ),
    Function(
        name="erfcinv",
        operands=("x",),
        doc="inverse of erfc",
        value=scaled.erfcinv,
        partials=(f"-({_HALF_SQRT_PI})*(x < 1 ? erfcx(out)/(x + 0) : erfcx(-out)/(2 - x))",),
        kink="x == 0 or x == 2",
        convention="infinite at 0 and 2",
        domain=((0.0, 2.0),),
        ulp=(4, 8),
        latex=r"\operatorname{erfc}^{-1}\left(#1\right)",
        source="DLMF 7.17",
        transcendental=True,
        points=((1.0,), (0.5,), (1.9,), (1e-10,), (1e-300,)),
    ),
    Function(
        name="normal_quantile",
        operands=("x",),
        doc="inverse of normal_cdf: the quantile of the standard normal distribution",
        value=scaled.normal_quantile,
        formula="-sqrt(2)*erfcinv(2*x)",
        partials=("1/(x < 0.5 ? (x + 0)*normal_mills(out) : (1 - x)*normal_mills(-out))",),
        kink="x == 0 or x == 1",
        convention="infinite at 0 and 1",
        domain=((0.0, 1.0),),
        ulp=(4, 8),
        latex=r"\Phi^{-1}\left(#1\right)",
        transcendental=True,
        points=((0.5,), (0.975,), (1e-10,), (1e-300,)),
        of=(("normal_cdf", "x"),),
    ),
    Function(
        name="log_normal_cdf",
        operands=("x",),
        doc="log(normal_cdf(x)), right to the last digits in both tails",
        instead_of=("log(normal_cdf(x))",),
        value=scaled.log_normal_cdf,
        partials=("normal_mills(x)",),
        ulp=(4, 4),
        latex=r"\ln \Phi\left(#1\right)",
        transcendental=True,
        reduced=True,
        points=((0.0,), (-1.7,), (-1.8,), (-40.0,), (10.0,), (37.0,), (-1e100,)),
    ),
    Function(
        name="normal_mills",
        operands=("x",),
        doc="normal_pdf(x)/normal_cdf(x), the inverse Mills ratio",
        instead_of=("normal_pdf(x)/normal_cdf(x)",),
        value=scaled.normal_mills,
        formula="sqrt(2/pi)/erfcx(-x/sqrt(2))",
        partials=(
            f"x < -50 ? {_MILLS_TAIL} : -out*(x > 0 ? x + out : sqrt(2)*(ierfcx(1, -x/sqrt(2))/erfcx(-x/sqrt(2))))",
        ),
        ulp=(4, 16),
        transcendental=True,
        reduced=True,
        points=((0.0,), (-1.7,), (-1.8,), (-40.0,), (10.0,), (37.0,)),
    ),
]
