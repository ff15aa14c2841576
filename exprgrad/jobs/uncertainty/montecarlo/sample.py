"""The distribution of a result, from its trials: all of them while they are few, then their counts in narrow bins.

The first 4,194,304 trials are kept. If more come, they set 262,144 bins of equal width, and from then on memory stays
the same. Within a bin probability is taken to rise evenly, so the end of an interval is off by less than the width of
one: 1/262,144 of the range, which is about 4e-5 standard uncertainties, less than the standard error of an end of a
95 % interval at 1e8 trials, 2.7e-4 of them. Where a few trials lie very far out, the range is cut to nine times the
width of the interval, and what is beyond is counted at each side.
"""

from __future__ import annotations

import numpy as np

from exprgrad.jobs.uncertainty.montecarlo.counts import Counts, count_in
from exprgrad.trials.quantiles import Floats

KEPT = 1 << 22
"""Trials of which all are kept."""
_ROOM = 4.0
"""How many widths of the interval are counted in bins at each side of it."""


class Sample:
    """Trials of one result."""

    def __init__(self, coverage: float, kept: int = KEPT) -> None:
        self.count = 0
        self.counts: Counts | None = None
        """Those in bins; None while all trials are kept."""
        self._coverage = coverage
        self._most = kept
        self._parts: list[Floats] = []
        self._least, self._largest = np.inf, -np.inf

    @property
    def resolution(self) -> float:
        """The width of a bin; 0 while all trials are kept."""
        return self.counts.width if self.counts is not None else 0.0

    @property
    def least(self) -> float:
        """The smallest trial."""
        return self.counts.least if self.counts is not None else self._least

    @property
    def largest(self) -> float:
        return self.counts.largest if self.counts is not None else self._largest

    def add(self, values: Floats) -> None:
        """More trials [n]."""
        self.count += len(values)
        if self.counts is not None:
            self.counts.add(values)
            return
        self._least, self._largest = min(self._least, float(values.min())), max(self._largest, float(values.max()))
        self._parts.append(values)
        if self.count > self._most:
            first = np.concatenate(self._parts)
            self.counts = Counts.around(first, self._coverage, _ROOM)
            self.counts.add(first)
            self._parts = []

    def add_counted(self, counts: Counts, count: int) -> None:
        """More trials, so many, that were counted in the bins of this sample; of an empty sample in whatever bins."""
        self.count += count
        if self.counts is None:
            self.counts = counts
        else:
            self.counts.merge(counts)

    def kept(self) -> Floats | None:
        """All trials in one array that may be changed; None where they are counted in bins."""
        if self.counts is not None:
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
        counts = np.zeros(bins + 2, dtype=np.int64)
        count_in(counts, values, edges[0], scale)
        counts[bins] += counts[bins + 1] - np.count_nonzero(values > edges[-1])  # those at the last edge
        return counts[1 : bins + 1] / self.count

    def curve(self) -> tuple[Floats, Floats]:
        """The ends of the bins, and the probabilities of what is below each."""
        assert self.counts is not None
        return self.counts.curve()
