"""Rows of the table of distributions: those of quantities between two ends."""

from __future__ import annotations

from math import nan, pi, sqrt

from exprgrad.distributions.kind import Kind

_FINE = ("", "")


def _ordered(**arguments: float) -> tuple[str, str]:
    """What is wrong with arguments that have to ascend, with the last one above the first."""
    (first, low), *rest = arguments.items()
    before, smallest = first, low
    for name, value in rest:
        if value < smallest:
            return name, f"is below {before}: the ends are exchanged"
        before, smallest = name, value
    return _FINE if smallest > low else (before, f"is {first}: the interval is empty")


def _mode(a: float, b: float, mode: float) -> float:
    """The mode of a triangle: the middle, where none is given."""
    return (a + b) / 2 if mode != mode else mode


def _triangle(a: float, b: float, mode: float) -> tuple[str, str]:
    wrong = _ordered(a=a, b=b)
    if wrong == _FINE and not a <= _mode(a, b, mode) <= b:
        return "mode", "is outside of the ends a and b"
    return wrong


def _trapezoid_mean(a: float, b: float, c: float, d: float) -> float:
    """From the moments of a rising triangle, a rectangle and a falling triangle, all from a on."""
    rise, flat, fall = b - a, c - b, d - c
    whole = rise / 2 + flat + fall / 2
    first = rise * rise / 3 + flat * (rise + flat / 2) + fall / 2 * (rise + flat + fall / 3)
    return a + first / whole


def _trapezoid_deviation(a: float, b: float, c: float, d: float) -> float:
    """From the parts of the same, each about the mean."""
    rise, flat, fall = b - a, c - b, d - c
    whole, mean = rise / 2 + flat + fall / 2, _trapezoid_mean(0.0, b - a, c - a, d - a)
    square = rise / 2 * (rise * rise / 18 + (2 * rise / 3 - mean) ** 2)
    square += flat * (flat * flat / 12 + (rise + flat / 2 - mean) ** 2)
    square += fall / 2 * (fall * fall / 18 + (rise + flat + fall / 3 - mean) ** 2)
    return sqrt(square / whole)


def _curved(a: float, b: float, d: float) -> tuple[str, str]:
    if wrong := _ordered(a=a, b=b)[0]:
        return wrong, _ordered(a=a, b=b)[1]
    if d < 0:
        return "d", "is negative"
    return _FINE if 0 < d < (b - a) / 2 else ("d", "has to be positive and below half of the width b - a")


def _beta(a: float, b: float, low: float, high: float) -> tuple[str, str]:
    for name, value in (("a", a), ("b", b)):
        if not value > 0:
            return name, "is negative" if value < 0 else "has to be positive"
    return _ordered(low=low, high=high)


_MIDDLE = "(mode == mode ? mode : (a + b)/2)"
_HEIGHT = "(2/((d - a) + (c - b)))"
_RIM = "((b - a)/2 + d)"
_FLAT = "((b - a)/2 - d)"
_FROM = "abs(x - (a + b)/2)"
_TAIL = f"(({_RIM} - {_FROM} - {_FROM}*log({_RIM}/{_FROM}))/(4*d))"

ROWS = [
    Kind(
        name="uniform",
        arguments=("a", "b"),
        doc="equally likely between its ends",
        check=lambda a, b: _ordered(a=a, b=b),
        mean=lambda a, b: a + (b - a) / 2,
        deviation=lambda a, b: (b - a) / sqrt(12),
        ends=lambda a, b: (a, b),
        density="1/(b - a)",
        cumulative="(x - a)/(b - a)",
        quantile="a + (b - a)*p",
        symmetric=True,
        poincare=lambda a, b: ((b - a) / pi) ** 2,
    ),
    Kind(
        name="triangular",
        arguments=("a", "b", "mode"),
        doc="rises from an end to the mode, which is the middle if it is left out, and falls to the other",
        check=_triangle,
        mean=lambda a, b, mode: a + ((b - a) + (_mode(a, b, mode) - a)) / 3,
        deviation=lambda a, b, mode: sqrt((b - a) ** 2 - (_mode(a, b, mode) - a) * (b - _mode(a, b, mode))) / sqrt(18),
        ends=lambda a, b, mode: (a, b),
        density=(
            f"x < {_MIDDLE} ? 2*(x - a)/((b - a)*({_MIDDLE} - a))"
            f" : x > {_MIDDLE} ? 2*(b - x)/((b - a)*(b - {_MIDDLE})) : 2/(b - a)"
        ),
        cumulative=(
            f"x < {_MIDDLE} ? (x - a)^2/((b - a)*({_MIDDLE} - a))"
            f" : x > {_MIDDLE} ? 1 - (b - x)^2/((b - a)*(b - {_MIDDLE})) : ({_MIDDLE} - a)/(b - a)"
        ),
        quantile=(
            f"p < ({_MIDDLE} - a)/(b - a) ? a + sqrt(p*(b - a)*({_MIDDLE} - a))"
            f" : b - sqrt((1 - p)*(b - a)*(b - {_MIDDLE}))"
        ),
        defaults=(nan,),
        breaks=lambda a, b, mode: (_mode(a, b, mode),),
    ),
    Kind(
        name="arcsine",
        arguments=("a", "b"),
        doc="most likely near its ends, as a sine at a random time (U-shaped)",
        check=lambda a, b: _ordered(a=a, b=b),
        mean=lambda a, b: a + (b - a) / 2,
        deviation=lambda a, b: (b - a) / sqrt(8),
        ends=lambda a, b: (a, b),
        density="1/(pi*sqrt((x - a)*(b - x)))",
        cumulative="2/pi*asin(sqrt((x - a)/(b - a)))",
        quantile="(a + b)/2 - (b - a)/2*cos(pi*p)",
        symmetric=True,
    ),
    Kind(
        name="trapezoid",
        arguments=("a", "b", "c", "d"),
        doc="rises from a to b, is flat to c, and falls to d",
        check=lambda a, b, c, d: _ordered(a=a, b=b, c=c, d=d),
        mean=_trapezoid_mean,
        deviation=_trapezoid_deviation,
        ends=lambda a, b, c, d: (a, d),
        density=(f"x < b ? {_HEIGHT}*(x - a)/(b - a) : x > c ? {_HEIGHT}*(d - x)/(d - c) : {_HEIGHT}"),
        cumulative=(
            f"x < b ? {_HEIGHT}*(x - a)^2/(2*(b - a)) : x > c ? 1 - {_HEIGHT}*(d - x)^2/(2*(d - c))"
            f" : {_HEIGHT}*(x - (a + b)/2)"
        ),
        quantile=(
            f"p < {_HEIGHT}*(b - a)/2 ? a + sqrt(2*p*(b - a)/{_HEIGHT})"
            f" : 1 - p < {_HEIGHT}*(d - c)/2 ? d - sqrt(2*(1 - p)*(d - c)/{_HEIGHT}) : (a + b)/2 + p/{_HEIGHT}"
        ),
        breaks=lambda a, b, c, d: (b, c),
    ),
    Kind(
        name="ctrap",
        arguments=("a", "b", "d"),
        doc="uniform between ends that are themselves uncertain by d (the curvilinear trapezoid of JCGM 101)",
        check=_curved,
        mean=lambda a, b, d: a + (b - a) / 2,
        deviation=lambda a, b, d: sqrt((b - a) ** 2 / 12 + d * d / 9),
        ends=lambda a, b, d: (a - d, b + d),
        density=f"log({_RIM}/max({_FROM}, {_FLAT}))/(4*d)",
        cumulative=(
            f"{_FROM} <= {_FLAT} ? 0.5 + (x - (a + b)/2)*log({_RIM}/{_FLAT})/(4*d)"
            f" : x < (a + b)/2 ? {_TAIL} : 1 - {_TAIL}"
        ),
        breaks=lambda a, b, d: (a + d, b - d),
        symmetric=True,
    ),
    Kind(
        name="beta",
        arguments=("a", "b", "low", "high"),
        doc="the beta distribution between 0 and 1, or between other ends",
        check=_beta,
        mean=lambda a, b, low, high: low + (high - low) * a / (a + b),
        deviation=lambda a, b, low, high: (high - low) * sqrt(a * b / (a + b + 1)) / (a + b),
        ends=lambda a, b, low, high: (low, high),
        density="beta_density(a, b, (x - low)/(high - low))/(high - low)",
        cumulative="betainc(a, b, (x - low)/(high - low))",
        defaults=(0.0, 1.0),
    ),
]
