"""Sums over points, block by block: as many blocks whatever the number of points, so that they can be resampled.

Blocks are points that follow one another. A block of scrambled Sobol' points is itself as even as fewer points can be,
so the scatter between blocks tells how far a mean over one is off. The mean over all is closer than independent blocks
would make it, as they fill each other's gaps: intervals from the blocks are rather too wide than too narrow.
"""

from __future__ import annotations

import numpy as np

from exprgrad.jobs.sensitivity.sampling.method import Measures, Method
from exprgrad.trials.philox import uniforms
from exprgrad.trials.pool import in_order
from exprgrad.trials.quantiles import Floats

BLOCKS = 32
RESAMPLES = 1000
_STREAM = 1 << 40
"""That of the resamples."""


class Blocks:
    """The sums of the terms of a method."""

    def __init__(self, method: Method, threads: int | None) -> None:
        self.n = 0
        self._method = method
        self._threads = threads
        self._sums: Floats = np.zeros((0, BLOCKS))
        """[terms, BLOCKS]"""

    def run(self, n: int) -> None:
        """Go on to n points: a power of two, and twice as many as there are where there are any."""
        half = BLOCKS // 2 if self.n else 0
        new = self._summed(self.n, n, BLOCKS - half)
        if half:
            new = np.concatenate([self._sums[:, ::2] + self._sums[:, 1::2], new], axis=1)
        self.n, self._sums = n, new

    def _summed(self, start: int, stop: int, blocks: int) -> Floats:
        """The sums [terms, blocks] over the points from `start` to `stop`."""
        size = (stop - start) // blocks
        count = min(self._method.rows, stop - start)
        within = min(size, count)
        found: Floats | None = None

        def batch(place: int) -> Floats:
            with np.errstate(over="ignore", invalid="ignore"):  # `moments` finds what is not finite
                return np.array([term.reshape(-1, within).sum(axis=1) for term in self._method.terms(place, count)])

        places = range(start, stop, count)
        for place, sums in zip(places, in_order(batch, places, self._threads), strict=True):
            found = np.zeros((len(sums), blocks)) if found is None else found
            first = (place - start) // size
            found[:, first : first + sums.shape[1]] += sums
        assert found is not None
        return found

    @property
    def means(self) -> Floats:
        """The means [terms] over all points."""
        return _added(self._sums, np.ones((1, BLOCKS)))[:, 0] / self.n

    def measures(self) -> dict[str, dict[str, float]]:
        """Of all points."""
        with np.errstate(all="ignore"):
            found = self._method.measures(self.means)
        return {name: {key: float(value) for key, value in each.items()} for name, each in found.items()}

    def resampled(self, seed: int) -> Measures:
        """Of RESAMPLES samples of the blocks with replacement (Efron 1979, Ann. Stat. 7, 1)."""
        drawn = (uniforms(seed, _STREAM, 0, RESAMPLES * BLOCKS) * BLOCKS).astype(np.int64).reshape(RESAMPLES, BLOCKS)
        counts = np.zeros((RESAMPLES, BLOCKS))
        for column in drawn.T:
            counts[np.arange(RESAMPLES), column] += 1
        with np.errstate(all="ignore"):  # a resample may have no variance
            return self._method.measures(_added(self._sums, counts) / self.n)


def _added(sums: Floats, counts: Floats) -> Floats:
    """The sums [terms, blocks] with these weights [n, blocks], added in one order: [terms, n]."""
    found = np.zeros((len(sums), len(counts)))
    for block in range(BLOCKS):
        found += sums[:, block, None] * counts[:, block]
    return found
