"""Trials counted in narrow bins of equal width, by whichever machine made them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exprgrad.trials.quantiles import Floats

BINS = 1 << 18
_CACHED = 1 << 15
"""Trials that are counted together: few enough that they stay in the cache."""


class Counts:
    """How many trials of one result lie in each bin. The order in which they are counted does not matter."""

    def __init__(self, low: float, width: float) -> None:
        """The lower end of the first bin, and the width of each."""
        self.low, self.width = low, width
        self.counts: NDArray[np.int64] = np.zeros(BINS + 2, dtype=np.int64)
        """With those below the first bin before them, and those above the last one after them."""
        self.least, self.largest = np.inf, -np.inf

    @classmethod
    def around(cls, values: Floats, coverage: float, room: float) -> Counts:
        """Bins for trials like these: as far as `room` times the width of the interval to each side of it."""
        least, largest = float(values.min()), float(values.max())
        outside = (1 - coverage) / 8
        near, far = np.quantile(values, (outside, 1 - outside))
        low = max(least, float(near - room * (far - near)))
        high = min(largest, float(far + room * (far - near)))
        return cls(low, (high - low) / BINS or 1.0)

    def __reduce__(self) -> tuple[object, ...]:
        return _counts, (self.low, self.width, self.counts if self.counts.any() else None, self.least, self.largest)

    def empty(self) -> Counts:
        """The same bins, with nothing in them."""
        return Counts(self.low, self.width)

    def add(self, values: Floats) -> None:
        """Count trials [n]."""
        self.least, self.largest = min(self.least, float(values.min())), max(self.largest, float(values.max()))
        count_in(self.counts, values, self.low, 1 / self.width)

    def merge(self, other: Counts) -> None:
        """Add what others counted in the same bins."""
        self.counts += other.counts
        self.least, self.largest = min(self.least, other.least), max(self.largest, other.largest)

    def curve(self) -> tuple[Floats, Floats]:
        """The ends of the bins, and the probabilities of what is below each."""
        inner = self.low + self.width * np.arange(BINS + 1)
        ends = np.concatenate([[min(self.least, inner[0])], inner, [max(self.largest, inner[-1])]])
        return ends, np.concatenate([[0], np.cumsum(self.counts)]) / self.counts.sum()


def count_in(counts: NDArray[np.int64], values: Floats, low: float, scale: float) -> None:
    """Add to the counts [2 + bins] how many values lie below the first of some bins, in each of them, and above the
    last. The first one begins at `low`, and in a unit there are `scale` of them."""
    last = len(counts) - 1
    for start in range(0, len(values), _CACHED):
        few = values[start : start + _CACHED]
        places = np.clip((few - low) * scale + 1, 0, last).astype(np.int64)
        counts += np.bincount(places, minlength=last + 1)


def _counts(low: float, width: float, counts: NDArray[np.int64] | None, least: float, largest: float) -> Counts:
    found = Counts(low, width)
    found.counts = found.counts if counts is None else counts
    found.least, found.largest = least, largest
    return found
