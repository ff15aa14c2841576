"""Bootstrap intervals: fits to rows drawn from the data with replacement, as many as there are (case resampling).

The interval is that of the percentiles of the estimates (Efron and Tibshirani 1993, An Introduction to the Bootstrap,
13). A resample is the same rows in their order, each as often as it was drawn, so rows stream as they do in a fit; what
is held in memory is a number a row. The same seed gives the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from exprgrad.columns.rows import Batch, RowSource
from exprgrad.jobs.fit.reduction import Floats
from exprgrad.observer import Observer


class Resampled:
    """The rows of a source, each as often as it was drawn last."""

    def __init__(self, source: RowSource, rows: int) -> None:
        self.source = source
        self.rows = rows
        self.counts: NDArray[np.int64] = np.ones(rows, dtype=np.int64)

    @property
    def names(self) -> Collection[str]:
        return self.source.names

    def draw(self, seed: int, number: int) -> None:
        """Draw anew: the resample of this number."""
        generator = np.random.default_rng([seed, number])
        self.counts = np.bincount(generator.integers(0, self.rows, self.rows), minlength=self.rows)

    def read(self, names: Sequence[str]) -> Iterator[Batch]:
        start = 0
        for batch in self.source.read(names):
            size = len(next(iter(batch.values())))
            counts = self.counts[start : start + size]
            start += size
            if counts.any():
                yield {name: np.repeat(np.asarray(column), counts) for name, column in batch.items()}

    def place(self, row: int) -> str:
        return self.source.place(int(np.searchsorted(np.cumsum(self.counts), row, side="right")))


def estimates(
    resampled: Resampled,
    refit: Callable[[], Floats | None],
    resamples: int,
    seed: int,
    observer: Observer,
) -> Floats:
    """The parameters of each resample that has a fit [resamples, parameters]. `refit` gives that of the rows drawn
    last."""
    found = []
    for number in range(1, resamples + 1):
        observer.start(number, resamples)
        resampled.draw(seed, number)
        values = refit()
        if values is not None:
            found.append(values)
    return np.array(found)
