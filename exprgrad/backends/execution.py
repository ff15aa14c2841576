"""A plan carried out: stage after stage, each a pass over the rows, on any backend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from exprgrad.columns.plan import Plan, Stage
from exprgrad.columns.rows import Batch
from exprgrad.columns.values import Column
from exprgrad.functions.floats import FLOATS
from exprgrad.graph.forward import compute

Reader = Callable[[Sequence[str]], Iterable[Batch]]
"""Gives the named columns batch by batch, from the first row on each time it is called."""


class Run(Protocol):
    """One stage on a backend."""

    count: int
    """Rows seen."""

    def feed(self, columns: Batch) -> Sequence[Column]:
        """Compute a batch of rows; the output columns of these rows."""
        ...

    def folds(self) -> dict[int, float]:
        """The values of the stage's reductions."""
        ...


class Backend(Protocol):
    """What computes over rows."""

    name: str
    """ "interpreter" or "llvm"."""
    resident: bool
    """Whether it has the rows itself: stages that fold are not fed."""

    def start(self, stage: Stage, values: Mapping[int, float]) -> Run:
        """Begin a stage; `values` are the numbers known by then."""
        ...

    def join(self, parts: Sequence[Column]) -> Column:
        """The rows of all parts, in order."""
        ...


class Execution:
    """One computation of a plan. `values` holds the numbers it has found, by node."""

    def __init__(self, plan: Plan, backend: Backend, bindings: Mapping[str, float]) -> None:
        self.plan = plan
        self.backend = backend
        self.values: dict[int, float] = {}
        self.rows = 0
        self._bindings = bindings
        self._last: Run | None = None

    def run(self, read: Reader) -> list[Column]:
        """Do all stages; the output columns, whole."""
        self.fold(read)
        batches = [self.give(batch) for batch in read(self.plan.inputs)] if self.plan.columns else []
        return [self.backend.join([batch[k] for batch in batches]) for k in range(len(self.plan.columns))]

    def fold(self, read: Reader) -> None:
        """Do the stages that fold, and all that numbers alone decide."""
        for stage in self.plan.stages:
            self._compute(stage.numbers)
            if not stage.outputs:
                run = self.backend.start(stage, self.values)
                for batch in () if self.backend.resident else read(stage.inputs):
                    run.feed(batch)
                self.values.update(run.folds())
                self.rows = run.count
        self._compute(self.plan.numbers)

    def give(self, batch: Batch) -> Sequence[Column]:
        """The output columns of a batch of rows, once all is folded."""
        if self._last is None:
            self._last = self.backend.start(self.plan.stages[-1], self.values)
        columns = self._last.feed(batch)
        self.rows = self._last.count
        return columns

    def _compute(self, nodes: Sequence[int]) -> None:
        compute(self.plan.graph, nodes, self.values, FLOATS, self._bindings)
