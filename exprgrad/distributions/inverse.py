"""Quantiles where no formula gives them: the root of P(X <= x) - p."""

from __future__ import annotations

import struct
from collections.abc import Callable
from math import inf, isfinite

_STEPS = 200


def solve(
    cumulative: Callable[[float], float], density: Callable[[float], float], p: float, ends: tuple[float, float]
) -> float:
    """The x between the ends with cumulative(x) = p: Newton's steps, held in an interval that halves in the order of
    the floats, so that 1e-300 is found as fast as 1."""
    low, high = (max(-1.7e308, min(1.7e308, end)) for end in ends)
    x = (low + high) / 2 if isfinite(ends[0]) and isfinite(ends[1]) else _between(low, high)
    for step in range(_STEPS):
        difference = cumulative(x) - p
        if difference == 0 or not low < high:
            return x
        low, high = (low, x) if difference > 0 else (x, high)
        slope = density(x)
        new = x - difference / slope if 0 < slope < inf else inf
        if not low < new < high or step % 8 == 7:
            new = _between(low, high)
        if new in (low, high) or abs(new - x) <= 2e-16 * abs(x):
            return new
        x = new
    return x


def _between(low: float, high: float) -> float:
    """The float in the middle of the floats between two."""
    return _float((_place(low) + _place(high)) // 2)


def _place(value: float) -> int:
    """The place of a float among the floats, by size."""
    bits: int = struct.unpack("<q", struct.pack("<d", value))[0]
    return bits if bits >= 0 else -(bits + (1 << 63))


def _float(place: int) -> float:
    bits = place if place >= 0 else -place - (1 << 63)
    found: float = struct.unpack("<d", struct.pack("<q", bits))[0]
    return found
