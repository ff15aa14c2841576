"""Nodes of a graph over columns, planned and compiled once and then computed on any rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from itertools import chain, islice
from typing import Final, NamedTuple

from exprgrad.backends import registry
from exprgrad.backends.along import along
from exprgrad.backends.engine import Engine
from exprgrad.backends.mending.numbers import Numbers
from exprgrad.backends.protocol import Backend, Run
from exprgrad.columns import ordered
from exprgrad.columns.ordered import gathered
from exprgrad.columns.plan import Plan, Stage, plan
from exprgrad.columns.rows import Batch, RowSource
from exprgrad.columns.scans import backwards
from exprgrad.columns.values import Column
from exprgrad.errors import DataError, UsageError
from exprgrad.functions.floats import FLOATS
from exprgrad.graph.forward import compute
from exprgrad.graph.graph import Graph

_AHEAD = 16
"""The most batches that are read while a stage is compiled."""


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
    held: Mapping[str, Column]
    """Columns that are held in memory: the scans of which each row takes those after it."""


NO_FOLDS: Final = Folded({}, 0, {})
"""For a plan that has no numbers."""


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
        self._after = Numbers(self.plan.graph, self.plan.numbers)

    @classmethod
    def of(cls, plan: Plan, backend: Backend) -> Prepared:
        """A plan and the backend that was made for it."""
        self = cls.__new__(cls)
        self.plan, self.backend, self._after = plan, backend, Numbers(plan.graph, plan.numbers)
        return self

    def __reduce__(self) -> tuple[object, ...]:
        """On another machine it computes on one thread."""
        return _again, (self.plan, self.backend.name)

    def fold(self, source: RowSource, bindings: Mapping[str, float]) -> Folded:
        """The numbers. Each stage that folds reads the rows once."""
        graph, rows = self.plan.graph, 0
        numbers: dict[int, float] = {}
        held: dict[str, Column] = {}
        for stage in self.plan.stages:
            compute(graph, stage.numbers, numbers, FLOATS, bindings)
            if stage.outputs and not (stage.ordered or stage.scans):
                continue
            run, batches = self._begin(stage, Folded(numbers, rows, held), source)
            if not stage.outputs:
                for batch in batches:
                    run.feed(batch)
            else:
                what = "a median or quantile" if stage.ordered else "a running sum from the end"
                columns = gathered(map(run.feed, batches), len(stage.outputs), self.backend.join, what)
                found = dict(zip(stage.outputs, columns, strict=True))
                held |= {
                    scan.name: backwards(found[scan.operand]) for scan in self.plan.scans if scan.name in stage.scans
                }
                if stage.ordered and run.count:
                    numbers.update(ordered.found(graph, stage, columns, numbers))
            numbers.update(run.folds())
            rows = run.count
        compute(graph, self.plan.numbers, numbers, FLOATS, bindings)
        self._after.mend(numbers)
        return Folded(numbers, rows, held)

    def _begin(self, stage: Stage, folded: Folded, source: RowSource) -> tuple[Run, Iterable[Batch]]:
        """A stage, ready to be fed, and its rows. It is compiled while the first of them are read."""
        if self.backend.resident:
            return self.backend.start(stage, folded.numbers), ()
        read = source.read(self.plan.reads(stage))
        if source.rows is not None:
            return self.backend.start(stage, folded.numbers), self._beside(stage, folded, read)
        from concurrent.futures import ThreadPoolExecutor

        batches = iter(read)
        with ThreadPoolExecutor(1) as pool:
            run = pool.submit(self.backend.start, stage, folded.numbers)
            first = [*islice(batches, 1)]
            while not run.done() and len(first) < _AHEAD and (batch := next(batches, None)) is not None:
                first.append(batch)
        return run.result(), self._beside(stage, folded, chain(first, batches))

    def _beside(self, stage: Stage, folded: Folded, batches: Iterable[Batch]) -> Iterable[Batch]:
        """The rows which a stage reads, with the scans that it takes."""
        if not self.plan.scans:
            return batches
        return map(along(self.plan, stage, self.backend, folded.numbers, folded.held), batches)

    def stream(self, folded: Folded) -> Callable[[Batch], dict[int, Column]]:
        """A function that takes rows, batch by batch from the first on, and gives the columns of the plan for them, by
        node of its graph. The batches have the columns `plan.inputs`."""
        return streamed(self.plan, self.backend, folded)

    def run(self, source: RowSource, bindings: Mapping[str, float]) -> Found:
        """The values of the wanted nodes. A node that is wanted twice has two arrays. Raises DataError if there are no
        rows."""
        plan = self.plan
        folded = self.fold(source, bindings)
        numbers, rows = folded.numbers, folded.rows
        columns: dict[int, Column] = {}
        if plan.columns:
            batches = [*map(self.stream(folded), source.read(plan.inputs))]
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


def _again(plan: Plan, backend: str) -> Prepared:
    return Prepared.of(plan, choose(plan, Engine(backend, 1), None))


def streamed(plan: Plan, backend: Backend, folded: Folded) -> Callable[[Batch], dict[int, Column]]:
    """See `Prepared.stream`: for a plan and the backend that was made for it."""
    if not plan.columns:
        return lambda batch: {}
    stage = plan.stages[-1]
    run, beside = backend.start(stage, folded.numbers), along(plan, stage, backend, folded.numbers, folded.held)
    return lambda batch: dict(zip(plan.columns, run.feed(beside(batch)), strict=True))


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
    if plan.scans:
        what = "a running sum takes the rows one after the other, and a cluster has them in parts"
        raise UsageError(what, hint="compute it on one machine, without --cluster")
    return engine.cluster.backend(plan, local)
