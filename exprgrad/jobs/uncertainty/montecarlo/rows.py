"""The results of trials: the expression over columns of inputs, batch by batch on all threads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from exprgrad.graph.graph import Graph
from exprgrad.jobs.uncertainty.montecarlo.moments import Moments
from exprgrad.trials.model import RowModel
from exprgrad.trials.pool import in_order
from exprgrad.trials.quantiles import Floats
from exprgrad.trials.trials import Trials

BATCH = 1 << 15
"""Trials that are computed together: few enough that their columns stay in the cache."""


class Rows:
    """Results of trials."""

    def __init__(
        self,
        graph: Graph,
        outputs: Mapping[str, int],
        numbers: Mapping[str, float],
        trials: Trials,
        expected: int,
        threads: int | None = None,
    ) -> None:
        """`outputs` are the nodes of the results, `numbers` the inputs that are exact; about `expected` trials are to
        come."""
        self.names = tuple(outputs)
        self.trials = trials
        self._model = RowModel(graph, [*outputs.values()], numbers, trials.shapes, expected)
        self._threads = threads

    def batches(self, start: int, stop: int) -> Iterator[tuple[Floats, Moments]]:
        """The results [results, trials] of the trials from `start` to `stop` in their order, batch by batch, and the
        moments of each batch. Raises NumbersError for a trial without a finite result."""
        places = range(start, stop, BATCH)
        return in_order(lambda place: self._batch(place, min(BATCH, stop - place)), places, self._threads)

    def _batch(self, start: int, count: int) -> tuple[Floats, Moments]:
        columns = self.trials.columns(start, count)
        results = self._model(columns)
        moments = Moments.of(results)
        if not np.isfinite(moments.means).all():
            self._model.check(results, columns, "trials")
        return results, moments
