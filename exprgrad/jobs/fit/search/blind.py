"""Places over many magnitudes, for formulas of which no sample of the rows can be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, log10

import numpy as np

from exprgrad.jobs.fit.reduction import Flags, Floats

_SCREENED = 64
"""Places for each parameter without a start."""
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71)


def scattered(start: Floats, missing: Flags, low: Floats, high: Floats, reach: float) -> Iterator[tuple[int, Floats]]:
    """Places where the missing parameters are anywhere inside their bounds, each with how many are still to come.
    `reach` is the largest number in a column of the data."""
    width = max(2.0, log10(reach) + 1) if 0 < reach < inf else 2.0
    count = _SCREENED * int(missing.sum())
    for k in range(1, count + 1):
        point = halton(k, 2 * int(missing.sum()))
        size = 10 ** (width * (2 * point[::2] - 1))
        place = start.copy()
        place[missing] = np.where(point[1::2] < 1 / 3, -size, size)
        yield count - k, _within(place, missing, low, high)


def _within(place: Floats, missing: Flags, low: Floats, high: Floats) -> Floats:
    """A place inside the bounds: where both are finite, as far between them as it was within its reach."""
    both = missing & np.isfinite(low) & np.isfinite(high)
    fraction = 0.5 + np.arctan(place[both]) / np.pi
    place[both] = low[both] + fraction * (high[both] - low[both])
    return np.clip(place, low, high)


def halton(index: int, dimensions: int) -> Floats:
    """A point of Halton's sequence (1960, Numerische Mathematik 2), which fills the unit cube evenly."""
    point = []
    for dimension in range(dimensions):
        base, value, scale, rest = _PRIMES[dimension % len(_PRIMES)], 0.0, 1.0, index + dimension // len(_PRIMES)
        while rest:
            rest, digit = divmod(rest, base)
            scale /= base
            value += scale * digit
        point.append(value)
    return np.array(point)
