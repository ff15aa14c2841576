"""What the table's Python functions call that every scalar target has under some name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from exprgrad.functions.numerics import ieee

PRIMITIVES: dict[Callable[..., Any], str] = {
    abs: "abs",
    float: "same",
    int: "trunc",
    round: "round",
    math.acos: "acos",
    math.asin: "asin",
    math.copysign: "copysign",
    math.cos: "cos",
    math.erfc: "erfc.libm",
    math.exp: "exp",
    math.expm1: "expm1",
    math.floor: "floor",
    math.fmod: "fmod",
    math.hypot: "hypot",
    math.isfinite: "isfinite",
    math.isinf: "isinf",
    math.ldexp: "ldexp",
    math.log: "log",
    math.log1p: "log1p",
    math.pow: "pow",
    math.sin: "sin",
    math.sqrt: "sqrt",
    math.tan: "tan",
    ieee.div: "div",
    ieee.exp: "exp",
    ieee.exp2: "exp2",
    ieee.log: "log",
    ieee.power: "pow",
}
