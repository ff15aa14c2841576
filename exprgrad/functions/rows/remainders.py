"""Table rows: remainders and others that C's library has under these names, and a step with a value of its own at 0."""

from __future__ import annotations

from exprgrad.functions.entry import Function
from exprgrad.functions.numerics import fused, ieee

_QUOTIENT = "round(out/y - x/y)"

ROWS = [
    Function(
        name="fmod",
        operands=("x", "y"),
        doc="x - y*trunc(x/y): the remainder with the sign of x",
        jumps=(0, 1),
        value=ieee.fmod,
        formula="x - y*trunc(x/y)",
        turns="x/y",
        partials=("1", _QUOTIENT),
        kink="out == 0 and x != 0 or y == 0",
        convention="the slope on the side of larger abs(x), where x is a multiple of y",
        source="C99 7.12.10.1",
        portable="x - y*trunc(x/y)",
        points=((7.5, 2.0), (-7.5, 2.0), (7.5, -2.0)),
        unit=1.0,
    ),
    Function(
        name="remainder",
        operands=("x", "y"),
        doc="x - y*round(x/y), halves to even: the remainder of least size",
        jumps=(0, 1),
        value=ieee.remainder,
        formula="x - y*round(x/y)",
        turns="x/y",
        partials=("1", _QUOTIENT),
        kink="abs(out) == 0.5*abs(y) or y == 0",
        convention="that of the even multiple, where x is halfway between multiples of y",
        source="C99 7.12.10.2",
        portable="abs(y) == inf ? fmod(x, y) : fmod(x, 2*y) - y*round(fmod(x, 2*y)/y)",
        points=((7.5, 2.0), (-7.5, 2.0), (5.0, 2.0), (3.0, 2.0), (7.5, -2.0)),
        unit=1.0,
    ),
    Function(
        name="fdim",
        operands=("x", "y"),
        doc="the positive difference: x - y where x > y, else 0",
        definition="x <= y ? 0 : x - y",
        partials=("1", "-1"),
        gates=("not (x <= y)", "not (x <= y)"),
        kink="x == y",
        convention="0 where they are equal",
        source="C99 7.12.12.1",
        flat=True,
        points=((3.0, 1.0), (1.0, 3.0), (1.0, 1.0)),
    ),
    Function(
        name="fma",
        operands=("x", "y", "z"),
        doc="x*y + z, rounded once",
        value=fused.fma,
        formula="x*y + z",
        partials=("y", "x", "1"),
        source="C99 7.12.13.1",
        library="fma",
        points=((0.1, 10.0, -1.0), (1e200, 1e200, 1.0), (1.0, 1.0, 1.0)),
    ),
    Function(
        name="heaviside",
        operands=("x", "h"),
        defaults=(0.5,),
        doc="0 where x < 0, 1 where x > 0, and h at 0",
        definition="x > 0 ? 1 : x < 0 ? 0 : x == 0 ? h : x",
        partials=("0", "1"),
        gates=("", "x == 0"),
        kink="x == 0",
        convention="0 at the jump with respect to x; 1 with respect to h",
        latex=r"H\left(#1\right)",
        exact=True,
        flat=True,
        points=((1.0, 0.5), (-1.0, 0.5), (0.0, 0.25)),
    ),
]
