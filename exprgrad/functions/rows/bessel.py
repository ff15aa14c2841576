"""Table rows: Bessel functions of real order, and Airy functions.

With respect to the order there is no derivative here: it is no function of the table.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from exprgrad.functions.entry import SECOND, Function
from exprgrad.functions.numerics.special import airy, cylinder

_REAL, _POSITIVE = (-inf, inf), (0.0, inf)


def _terms(first: str, second: str, order: int = 0) -> tuple[str, str, str]:
    """How large J or Y are where they have zeros: beyond their order, and below 0, where they are sums of both;
    those of a derivative of this `order`."""

    def size(v: str) -> str:
        both = f"abs({first}(-({v}), x)) + abs(sin(pi*v)*{second}(-({v}), x))"
        return f"abs(x) > abs(v) ? 1/sqrt(abs(x)) : {v} < 0 ? {both} : 0"

    return size(f"v - {order}" if order else "v"), "", size(f"v - {order + 1}")


_INFLECTION = f"abs(x) <= abs(v) and v > 1 ? abs(v*(v - 1)/x^2*besselj(v, x)) : {_terms('besselj', 'bessely', 1)[2]}"
"""The second derivative of J has a zero below its order, too, next to sqrt(v*(v - 1))."""
_ORDER = "of real order v, abs(v) <= 1000; its derivative with respect to v is nan"


def _airy(name: str, doc: str, value: Callable[[float], float], partial: str, wave: float, latex: str) -> Function:
    """A row of these four; `wave` is the power of -x that its waves are as large as."""
    slope = 0.75 if wave > 0 else 0.25
    return Function(
        name=name,
        aliases=("airy",) if name == "airyai" else (),
        operands=("x",),
        doc=f"{doc}, for x > -1e18",
        value=value,
        partials=(partial,),
        turns="x < 0 ? abs(x)^1.5/(3*pi) : 0",
        ulp=(64, 64),
        terms=(f"x < 0 ? abs(x)^{wave} : 0", f"x < 0 ? abs(x)^{slope} : 0"),
        latex=latex,
        source="DLMF 9.2",
        transcendental=True,
        reduced=True,
        slow=True,
        points=((0.0,), (1.0,), (2.5,), (-2.338107410459767,), (-10.0,), (20.0,)),
    )


def _slope(name: str, definition: str, second: str) -> Function:
    """A row of the derivative with respect to x. `second` is the next one, where v is next to 0."""
    both = f"0.5*({name}(v - 1, x) - {name}(v + 1, x))"
    return Function(
        name=f"{name}_slope",
        operands=("v", "x"),
        doc=f"the derivative of {name} with respect to x",
        definition=f"{definition} : {both}",
        formula=both,
        written=both,
        partials=(
            "nan",
            f"v < 0.5 and v != floor(v) ? {second} : 0.5*({name}_slope(v - 1, x) - {name}_slope(v + 1, x))",
        ),
        domain=(_REAL, _POSITIVE) if name == "bessely" else (),
        ulp=(1024, SECOND),
        terms=(*_terms("besselj", "bessely", 1)[:2], _INFLECTION)
        if name == "besselj"
        else _terms("bessely", "besselj", 1),
        helper=True,
        source="DLMF 10.6",
        slow=True,
        points=((0.0, 1.0), (0.5, 3.0), (2.0, 40.0), (1e-8, 1e-8), (10.0, 1.5)),
    )


ROWS = [
    # v - 1 has lost the digits of a small v, and of a v next to a whole number below 0, which a multiple of sin(pi*v)
    # depends on; next to a half below 0 it is cos(pi*v).
    _slope(
        "besselj",
        "v < 0.5 and v != floor(v) ? v*(besselj(v, x)/x) - besselj(v + 1, x)",
        "-out/x - (1 - (v/x)^2)*besselj(v, x)",
    ),
    # Where one of the two overflows, so may the other, and their difference is nan.
    _slope(
        "bessely",
        "v < 0 and abs(bessely(v, x)) < inf ? v*(bessely(v, x)/x) - bessely(v + 1, x) : "
        "abs(bessely(v - 1, x)) < inf and abs(bessely(v + 1, x)) < inf or v != v or x != x ? "
        "0.5*(bessely(v - 1, x) - bessely(v + 1, x)) : abs(bessely(v, x)) == inf ? -bessely(v, x) : "
        "v > 0 ? bessely(v - 1, x) - v*(bessely(v, x)/x) : v < 0 ? v*(bessely(v, x)/x) - bessely(v + 1, x)",
        "-out/x - (1 - (v/x)^2)*bessely(v, x)",
    ),
    Function(
        name="besselj",
        operands=("v", "x"),
        doc=f"Bessel function of the first kind {_ORDER}",
        value=cylinder.besselj,
        turns="x/(2*pi)",
        partials=("nan", "besselj_slope(v, x)"),
        ulp=(1024, 1024),
        terms=_terms("besselj", "bessely"),
        latex=r"J_{#1}\left(#2\right)",
        source="DLMF 10.2, 10.6.1",
        slow=True,
        points=((0.0, 1.0), (0.0, 2.404825557695773), (1.0, 0.0), (0.5, 3.0), (2.0, 40.0), (10.0, 1.5), (-2.0, 3.0)),
    ),
    Function(
        name="bessely",
        operands=("v", "x"),
        doc=f"Bessel function of the second kind {_ORDER}",
        value=cylinder.bessely,
        turns="x/(2*pi)",
        partials=("nan", "bessely_slope(v, x)"),
        domain=(_REAL, _POSITIVE),
        ulp=(1024, 1024),
        terms=_terms("bessely", "besselj"),
        latex=r"Y_{#1}\left(#2\right)",
        source="DLMF 10.2, 10.6.1",
        slow=True,
        points=(
            (0.0, 1.0),
            (1.0, 0.5),
            (0.5, 3.0),
            (2.0, 40.0),
            (10.0, 1.5),
            (-61.083990977289545, 0.00038908194595267426),
        ),
    ),
    Function(
        name="besseli",
        operands=("v", "x"),
        doc=f"modified Bessel function of the first kind {_ORDER}",
        value=cylinder.besseli,
        partials=(
            "nan",
            "x > 1 ? besseli(v + 1, x)*(1 + 2*v/x*((v + 1)/x)) + v/x*besseli(v + 2, x)"
            " : abs(v) < 0.5 and v != 0 ? v*(out/x) + besseli(v + 1, x)"  # v - 1 has lost the digits of a small v
            " : 0.5*besseli(v - 1, x) + 0.5*besseli(v + 1, x)",
        ),
        ulp=(4096, 4096),
        terms=("v < 0 ? besselk(v, abs(x)) : 0", "", "v < 1 ? besselk(v - 1, abs(x)) : 0"),
        latex=r"I_{#1}\left(#2\right)",
        source="DLMF 10.25, 10.29.1",
        slow=True,
        points=((0.0, 1.0), (1.0, 0.0), (0.5, 3.0), (2.0, 40.0), (10.0, 1.5), (1.0, 700.0)),
    ),
    Function(
        name="besselk",
        operands=("v", "x"),
        doc=f"modified Bessel function of the second kind {_ORDER}",
        value=cylinder.besselk,
        partials=("nan", "-0.5*besselk(v - 1, x) - 0.5*besselk(v + 1, x)"),
        domain=(_REAL, _POSITIVE),
        ulp=(64, 64),
        latex=r"K_{#1}\left(#2\right)",
        source="DLMF 10.25, 10.29.1",
        slow=True,
        points=((0.0, 1.0), (1.0, 0.5), (0.5, 3.0), (2.0, 40.0), (10.0, 1.5)),
    ),
    _airy("airyai", "Airy function Ai", airy.airyai, "airyaiprime(x)", -0.25, r"\operatorname{Ai}\left(#1\right)"),
    _airy("airybi", "Airy function Bi", airy.airybi, "airybiprime(x)", -0.25, r"\operatorname{Bi}\left(#1\right)"),
    _airy(
        "airyaiprime",
        "derivative of airyai",
        airy.airyaiprime,
        "x*airyai(x)",
        0.25,
        r"\operatorname{Ai}'\left(#1\right)",
    ),
    _airy(
        "airybiprime",
        "derivative of airybi",
        airy.airybiprime,
        "x*airybi(x)",
        0.25,
        r"\operatorname{Bi}'\left(#1\right)",
    ),
]
