"""Bootstrap intervals: fits to rows drawn from the data with replacement, as many as there are (case resampling).

The interval is that of the percentiles of the estimates (Efron and Tibshirani 1993, An Introduction to the Bootstrap,
13). A resample is the same rows in their order, each as often as it was drawn, so rows stream as they do in a fit; what
is held in memory is a number a row. The same seed gives the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from threading import local
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from exprgrad.backends.engine import Engine
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


class Refit(Protocol):
    """How resamples are fitted. It is pickled for workers of a cluster."""

    @property
    def columns(self) -> Sequence[str]:
        """Those that the fit reads."""
        ...

    @property
    def rows(self) -> int:
        """How many there are."""
        ...

    def of(self, resampled: Resampled) -> Callable[[], Floats | None]:
        """A function that gives the parameters of the rows drawn last; None where they have no fit."""
        ...


def on_one(engine: Engine) -> Engine:
    """What fits a resample: the machine that has the rows, on one thread where there are other workers."""
    return engine if engine.cluster is None else engine._replace(cluster=None, threads=1)


class Resamples(NamedTuple):
    """See `backends.protocol.Errand`: a piece of it is the number of a resample."""

    refit: Refit
    seed: int

    def begun(self, source: RowSource) -> Callable[[int], Floats | None]:
        """The fit of a resample; each thread has rows of its own."""
        own = local()

        def fitted(number: int) -> Floats | None:
            if not hasattr(own, "fit"):
                own.rows = Resampled(source, self.refit.rows)
                own.fit = self.refit.of(own.rows)
            own.rows.draw(self.seed, number)
            with np.errstate(all="ignore"):
                found: Floats | None = own.fit()
            return found

        return fitted


def estimates(refit: Refit, source: RowSource, engine: Engine, resamples: int, seed: int, observer: Observer) -> Floats:
    """The parameters of each resample that has a fit [resamples, parameters]. On a cluster each worker has all rows,
    and fits some of the resamples."""
    errand, numbers = Resamples(refit, seed), range(1, resamples + 1)
    fits: Iterator[Floats | None]
    if engine.cluster is None:
        fits = map(errand.begun(source), numbers)
    else:
        fits = engine.cluster.answers(errand, numbers, refit.columns)
    found = []
    for number in numbers:
        observer.start(number, resamples)
        values = next(fits)
        if values is not None:
            found.append(values)
    return np.array(found)
