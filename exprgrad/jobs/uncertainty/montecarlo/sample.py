"""The distribution of a result, from its trials: all of them while they are few, then their counts in narrow bins.

The first 4,194,304 trials are kept. If more come, they set 262,144 bins of equal width, and from then on memory stays
the same. Within a bin probability is taken to rise evenly, so the end of an interval is off by less than the width of
one: 1/262,144 of the range, which is about 4e-5 standard uncertainties, less than the standard error of an end of a
95 % interval at 1e8 trials, 2.7e-4 of them. Where a few trials lie very far out, the range is cut to nine times the
width of the interval, and what is beyond is counted at each side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exprgrad.trials.quantiles import Floats

KEPT = 1 << 22
"""Trials of which all are kept."""
BINS = 1 << 18
_CACHED = 1 << 14
"""Trials whose places are found together: few enough that they stay in the cache."""
_ROOM = 4.0
"""How many widths of the interval are counted in bins at each side of it."""


class Sample:
    """Trials of one result."""

    def __init__(self, coverage: float, kept: int = KEPT) -> None:
        self.count = 0
        self._coverage = coverage
        self._most = kept
        self._parts: list[Floats] = []
        self._bins: NDArray[np.int64] | None = None
        """Their counts, with those below the first one before them and those above the last one after them."""
        self._low = self._width = 0.0
        self.least, self.largest = np.inf, -np.inf

    @property
    def resolution(self) -> float:
        """The width of a bin; 0 while all trials are kept."""
        return self._width if self._bins is not None else 0.0

    def add(self, values: Floats) -> None:
        """More trials [n]."""
        self.count += len(values)
        self.least, self.largest = min(self.least, float(values.min())), max(self.largest, float(values.max()))
        if self._bins is not None:
            self._bin(values)
            return
        self._parts.append(values)
        if self.count > self._most:
            self._begin(np.concatenate(self._parts))
            self._parts = []

    def kept(self) -> Floats | None:
        """All trials in one array that may be changed; None where they are counted in bins."""
        if self._bins is not None:
            return None
        if len(self._parts) != 1:
            self._parts = [np.concatenate(self._parts)]
        return self._parts[0]

    def between(self, low: float, high: float) -> float:
        """The part of the trials that lies between two numbers, both of which belong to it."""
        values = self.kept()
        if values is not None:
            return float(np.count_nonzero((values >= low) & (values <= high)) / self.count)
        ends, below = self.curve()
        return float(np.interp(high, ends, below) - np.interp(low, ends, below))

    def parts(self, edges: Floats) -> Floats:
        """The part of the trials that lies between each of some numbers [n + 1], at equal distances, and the next."""
        values = self.kept()
        if values is None:
            ends, below = self.curve()
            return np.diff(np.interp(edges, ends, below))
        bins, scale = len(edges) - 1, (len(edges) - 1) / (edges[-1] - edges[0])
        counts, beyond = np.zeros(bins + 2, dtype=np.int64), 0
        for start in range(0, len(values), _CACHED):
            few = values[start : start + _CACHED]
            places = np.clip((few - edges[0]) * scale + 1, 0, bins + 1).astype(np.int32)
            counts += np.bincount(places, minlength=bins + 2)
            beyond += int(np.count_nonzero(few > edges[-1]))
        counts[bins] += counts[bins + 1] - beyond  # those at the last edge
        return counts[1 : bins + 1] / self.count

    def curve(self) -> tuple[Floats, Floats]:
        """The ends of the bins, and the probabilities of what is below each."""
        assert self._bins is not None
        inner = self._low + self._width * np.arange(BINS + 1)
        ends = np.concatenate([[min(self.least, inner[0])], inner, [max(self.largest, inner[-1])]])
        return ends, np.concatenate([[0], np.cumsum(self._bins)]) / self.count

    def _begin(self, values: Floats) -> None:
        """Set the bins by the first trials."""
        outside = (1 - self._coverage) / 8
        near, far = np.quantile(values, (outside, 1 - outside))
        room = _ROOM * (far - near)
        self._low = max(self.least, float(near - room))
        high = min(self.largest, float(far + room))
        self._width = (high - self._low) / BINS or 1.0
        self._bins = np.zeros(BINS + 2, dtype=np.int64)
        self._bin(values)

    def _bin(self, values: Floats) -> None:
        assert self._bins is not None
        places = np.clip((values - self._low) * (1 / self._width) + 1, 0, BINS + 1).astype(np.int64)
        self._bins += np.bincount(places, minlength=BINS + 2)
