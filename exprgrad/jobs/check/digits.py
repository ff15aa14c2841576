"""Numbers of any number of digits, and what is said about them: too long, unknown, lost. The only import of mpmath."""

from __future__ import annotations

import math
from typing import Any

from exprgrad.errors import MissingError

try:
    from mpmath import mp as mp  # type: ignore[import-untyped]
except ModuleNotFoundError:
    raise MissingError("checking", "mpmath", "check") from None

Number = Any
"""An mpmath number (mpmath has no type annotations)."""


class Unknown:
    """What would take more effort to compute than is worth it."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN = Unknown()

LARGEST = 1 << 14
"""Bits before or after the binary point of an operand: functions need about as many in their computation."""


class TooLargeError(Exception):
    """A computation that would need too many digits."""


class Signs:
    """Whether something got lost in the digits since this was last set to False: a term too small to change a sum,
    or the part of a function's value beyond a short number, as of tanh(300) = 1 - 1e-260."""

    blurred = False


SIGNS = Signs()


def magnitude(x: Number) -> int:
    """The power of two above a number; 0 for 0 and what is not finite."""
    _, mantissa, exponent, bits = x._mpf_
    return int(exponent + bits) if mantissa else 0


def rounded(x: Number) -> float:
    """The nearest float."""
    if mp.isfinite(x) and magnitude(x) > 1100:
        return math.copysign(math.inf, mp.sign(x))
    return math.copysign(0.0, mp.sign(x)) if magnitude(x) < -1200 else float(x)
