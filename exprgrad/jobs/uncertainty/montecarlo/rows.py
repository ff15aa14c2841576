"""The results of trials: the expression over columns of inputs, batch by batch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from exprgrad.graph.graph import Graph
from exprgrad.jobs.uncertainty.montecarlo.moments import Moments
from exprgrad.trials.model import RowModel
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
    ) -> None:
        """`outputs` are the nodes of the results, `numbers` the inputs that are exact; about `expected` trials are to
        come."""
        self._trials = trials
        self._model = RowModel(graph, [*outputs.values()], numbers, trials.shapes, expected)

    def batch(self, start: int, count: int) -> tuple[Floats, Moments]:
        """The results [results, count] of the trials from `start` on, and their moments. Raises NumbersError for a
        trial without a finite result."""
        columns = self._trials.columns(start, count)
        results = self._model(columns)
        moments = Moments.of(results)
        if not np.isfinite(moments.means).all():
            self._model.check(results, columns, "trials")
        return results, moments
