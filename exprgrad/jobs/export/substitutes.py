"""Functions of libm that some targets lack, in the Python subset that `functions.source` reads."""

from __future__ import annotations

import math
from math import nan

from exprgrad.functions.numerics import gaussian


def erf(x: float) -> float:
    """The error function: its series of positive terms up to 1.5 (DLMF 7.6.2), then 1 - erfc(x)."""
    size = abs(x)
    if not size < 1.5:
        return nan if x != x else math.copysign(1.0 - gaussian.erfc(size) if size < 6.0 else 1.0, x)
    term, total, k = x, x, 0.0
    while abs(term) > 1e-18 * abs(total):
        k += 1.0
        term *= 2.0 * x * x / (2.0 * k + 1.0)
        total += term
    return 1.1283791670955126 * math.exp(-x * x) * total


def erfc_near(x: float) -> float:
    """erfc where it is not small: up to 1/2."""
    return 0.0 if x >= 28.0 else 1.0 - erf(x)
