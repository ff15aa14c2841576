"""The results of trials: the expression over columns of inputs, in compiled kernels, batch by batch on all threads."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

import numpy as np

from exprgrad.backends import interpreter
from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.memory import Columns
from exprgrad.errors import NumbersError
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS, REDUCTIONS
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import Graph
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.uncertainty.montecarlo.moments import Moments
from exprgrad.text.numbers import rounded
from exprgrad.trials.quantiles import Floats
from exprgrad.trials.trials import Trials

BATCH = 1 << 15
"""Trials that are computed together: few enough that their columns stay in the cache."""


class _EachRow(Symbols):
    """The arithmetic in which a reduction is that of one number: a trial does not know of the others."""

    def _build(self, name: str) -> Callable[..., int]:
        if name not in REDUCTIONS:
            return super()._build(name)
        rule = bind(FUNCTIONS[name].formula, FUNCTIONS[name].operands, self)
        return lambda *operands: rule(operands)


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
        self._graph = Graph()
        self._inputs = trials.nodes(self._graph)
        exact = {name: self._graph.constant(value) for name, value in numbers.items() if name not in self._inputs}
        nodes = forward(graph, _EachRow(self._graph), exact | self._inputs)
        self._outputs = [nodes[node] for node in outputs.values()]
        source = Columns({name: np.zeros(1) for name in trials.inputs})
        self._prepared = Prepared(self._graph, self._outputs, source, Engine(threads=1), rows=expected)
        self._numbers = self._prepared.fold(source, {}).numbers
        self._prepared.stream(self._numbers)  # is compiled here, not in each thread
        self._threads = threads or len(os.sched_getaffinity(0))

    def batches(self, start: int, stop: int) -> Iterator[tuple[Floats, Moments]]:
        """The results [results, trials] of the trials from `start` to `stop` in their order, batch by batch, and the
        moments of each batch. Raises NumbersError for a trial without a finite result."""
        places = iter(range(start, stop, BATCH))
        if self._threads == 1 or stop - start <= BATCH:
            for place in places:
                yield self._batch(place, min(BATCH, stop - place))
            return
        with ThreadPoolExecutor(self._threads) as pool:
            waiting: deque[Future[tuple[Floats, Moments]]] = deque()
            try:
                while True:
                    for place in islice(places, 2 * self._threads - len(waiting)):
                        waiting.append(pool.submit(self._batch, place, min(BATCH, stop - place)))
                    if not waiting:
                        return
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _batch(self, start: int, count: int) -> tuple[Floats, Moments]:
        plan = self._prepared.plan
        columns = self.trials.columns(start, count)
        found = self._prepared.stream(self._numbers)(columns)
        wanted = (found[node] if node in found else np.full(count, self._numbers[node]) for node in plan.wanted)
        results = np.array([*wanted])
        moments = Moments.of(results)
        if not np.isfinite(moments.means).all():
            self._lost(results, start)
        return results, moments

    def _lost(self, results: Floats, start: int) -> None:
        """Raises the error of trials that have no finite result."""
        lost = np.flatnonzero(~np.isfinite(results).all(axis=0))
        if not len(lost):
            return
        first = int(lost[0])
        place = start + first - first % 4
        columns = {name: float(column[first % 4]) for name, column in self.trials.columns(place, 4).items()}
        values = interpreter.evaluate(self._graph, columns)
        shown = ", ".join(f"{name} = {rounded(values[node], 6)}" for name, node in self._inputs.items())
        raise NumbersError(
            f"{len(lost):,} of {results.shape[1]:,} trials have no finite result, as that with {shown}",
            hint="say what an input cannot be, as truncated(normal(1, 0.5), 0, inf)",
        )
