"""Nodes of a graph over columns, planned and compiled once and then computed on any rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from itertools import chain, islice
from typing import NamedTuple

from exprgrad.backends import registry
from exprgrad.backends.engine import Engine
from exprgrad.backends.protocol import Backend, Run
from exprgrad.columns import ordered
from exprgrad.columns.plan import Plan, Stage, plan
from exprgrad.columns.rows import Batch, RowSource
from exprgrad.columns.values import Column
from exprgrad.errors import DataError, UsageError
from exprgrad.functions.floats import FLOATS
from exprgrad.graph.forward import compute
from exprgrad.graph.graph import Graph


class Found(NamedTuple):
    """The values of the wanted nodes, in their order."""

    values: list[float | Column]
    rows: int
    """Rows that were read; for columns in memory of which none was read, how many they have."""


class Folded(NamedTuple):
    """What is known after all rows were read."""

    numbers: dict[int, float]
    """The values of all numbers of the plan, by node of its graph."""
    rows: int
    """Rows that were read; 0 where nothing is folded."""


class Prepared:
    """A plan for some nodes of a graph, and the backend that carries it out.

    It computes in two steps: `fold` gives the numbers, `stream` the columns, for which it needs the numbers.
    """

    def __init__(
        self, graph: Graph, wanted: Sequence[int], source: RowSource, engine: Engine, rows: int | None = None
    ) -> None:
        """`rows` is how many there will be in all runs together, where that is more than the source has."""
        self.plan = plan(graph, wanted, source.names)
        self.backend = choose(self.plan, engine, rows or source.rows)

    @classmethod
    def of(cls, plan: Plan, backend: Backend) -> Prepared:
        """A plan and the backend that was made for it."""
        self = cls.__new__(cls)
        self.plan, self.backend = plan, backend
        return self

    def fold(self, source: RowSource, bindings: Mapping[str, float]) -> Folded:
        """The numbers. Each stage that folds reads the rows once."""
        graph, rows = self.plan.graph, 0
        numbers: dict[int, float] = {}
        for stage in self.plan.stages:
            compute(graph, stage.numbers, numbers, FLOATS, bindings)
            if stage.ordered:
                run, batches = self._begin(stage, numbers, source)
                columns = ordered.gathered(map(run.feed, batches), len(stage.outputs), self.backend.join)
                if run.count:
                    numbers.update(ordered.found(graph, stage, columns, numbers))
            elif not stage.outputs:
                run, batches = self._begin(stage, numbers, source)
                for batch in batches:
                    run.feed(batch)
            else:
                continue
            numbers.update(run.folds())
            rows = run.count
        compute(graph, self.plan.numbers, numbers, FLOATS, bindings)
        return Folded(numbers, rows)

    def _begin(self, stage: Stage, numbers: Mapping[int, float], source: RowSource) -> tuple[Run, Iterable[Batch]]:
        """A stage, ready to be fed, and its rows. It is compiled while the first of them are read."""
        if self.backend.resident or source.rows is not None:
            return self.backend.start(stage, numbers), () if self.backend.resident else source.read(stage.inputs)
        from concurrent.futures import ThreadPoolExecutor

        batches = iter(source.read(stage.inputs))
        with ThreadPoolExecutor(1) as pool:
            run = pool.submit(self.backend.start, stage, numbers)
            first = [*islice(batches, 1)]
        return run.result(), chain(first, batches)

    def stream(self, numbers: Mapping[int, float]) -> Callable[[Batch], dict[int, Column]]:
        """A function that takes rows, batch by batch, and gives the columns of the plan for them, by node of its
        graph. The batches have the columns `plan.inputs`."""
        if not self.plan.columns:
            return lambda batch: {}
        run = self.backend.start(self.plan.stages[-1], numbers)
        return lambda batch: dict(zip(self.plan.columns, run.feed(batch), strict=True))

    def run(self, source: RowSource, bindings: Mapping[str, float]) -> Found:
        """The values of the wanted nodes. A node that is wanted twice has two arrays. Raises DataError if there are no
        rows."""
        plan = self.plan
        numbers, rows = self.fold(source, bindings)
        columns: dict[int, Column] = {}
        if plan.columns:
            batches = [*map(self.stream(numbers), source.read(plan.inputs))]
            columns = {node: self.backend.join([batch[node] for batch in batches]) for node in plan.columns}
            rows = len(columns[plan.columns[0]]) if batches else rows
        if plan.stages and not rows:
            raise DataError("the data have no rows")
        values: list[float | Column] = []
        given: set[int] = set()
        for node in plan.wanted:
            if node not in columns:
                values.append(numbers[node])
                continue
            values.append(copy(columns[node]) if node in given else columns[node])
            given.add(node)
        return Found(values, rows or source.rows or 0)

    def spread(self, value: float | Column, rows: int) -> Column:
        """A number as a column: the same in every row."""
        return self.backend.join([[value] * rows]) if isinstance(value, float) else value


def worth_compiling(plan: Plan, rows: int | None) -> bool:
    """Whether there is enough to do for compiling to pay; `rows` is None for many."""
    return registry.compiling_pays(plan, rows)


def choose(plan: Plan, engine: Engine, rows: int | None) -> Backend:
    """The backend for a plan over about so many rows, None for many. Raises UsageError if it is not available."""
    local = registry.make(engine.backend, plan, engine.threads, rows)
    if not engine.cluster:
        return local
    if any(stage.ordered for stage in plan.stages):
        what = "a median or quantile takes all rows in order, and a cluster has them in parts"
        raise UsageError(what, hint="compute it on one machine, without --cluster")
    return engine.cluster.backend(plan, local)
