"""The functions outside of the subset that its functions may call: what each writer has to know by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from exprgrad.functions.numerics import ieee

_SAME_NAME = """acos acosh asin asinh atan atan2 cbrt ceil copysign cos cosh erf exp exp2 expm1 floor fmod frexp hypot
isfinite isinf isnan ldexp log log10 log1p log2 sin sinh sqrt tan tanh trunc""".split()
_IEEE = "atanh cosh exp exp2 expm1 log log10 log1p log2 sinh".split()

PRIMITIVES: dict[Callable[..., Any], str] = {
    **{getattr(math, name): name for name in _SAME_NAME},
    **{getattr(ieee, name): name for name in _IEEE},
    abs: "abs",
    divmod: "divmod",
    int: "trunc",
    max: "first_largest",
    min: "first_smallest",
    round: "round",
    math.fabs: "abs",
    math.atanh: "atanh",
    math.erfc: "erfc.libm",
    math.pow: "pow",
    ieee.div: "div",
    ieee.power: "pow",
}
"""Each with the name of its operation: that of the table's function where the two are the same on all floats, else a
name of its own. `first_largest` is Python's max, which keeps the first operand unless another is larger; `erfc.libm`
is libm's erfc, on which the table's more careful erfc is built; frexp and divmod give two numbers."""
