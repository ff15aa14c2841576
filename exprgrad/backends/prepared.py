"""Nodes of a graph over columns, planned and compiled once and then computed on any rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import NamedTuple, Protocol

from exprgrad.backends import registry
from exprgrad.backends.execution import Backend, Execution
from exprgrad.columns.plan import Plan, plan
from exprgrad.columns.rows import RowSource
from exprgrad.columns.values import Column
from exprgrad.errors import DataError
from exprgrad.graph.graph import Graph


class Cluster(Protocol):
    """Workers that hold the rows of the data."""

    def rows(self, names: Sequence[str]) -> int:
        """How many there are of these columns."""
        ...

    def digest(self, names: Sequence[str]) -> str:
        """The fingerprint of these columns: see `data.parts.digest`."""
        ...

    def backend(self, plan: Plan, local: Backend) -> Backend:
        """A backend with the same answers as `local`, which does what is done here."""
        ...


class Engine(NamedTuple):
    """What computes over rows."""

    backend: str = registry.AUTO
    """The name of one in the registry, or "auto" for the fastest that is worth its start."""
    threads: int | None = None
    """None for all that the process may use."""
    cluster: Cluster | None = None
    """What folds the rows on other machines, None for this process."""

    @classmethod
    def of(cls, backend: str, threads: int | None) -> Engine:
        """This backend, on so many threads. Raises UsageError for a name that is none."""
        return cls(registry.checked(backend), threads)


class Found(NamedTuple):
    """The values of the wanted nodes, in their order."""

    values: list[float | Column]
    rows: int
    """Rows that were read; of columns in memory that were not, how many there are."""


class Prepared:
    """Values of nodes: numbers and columns."""

    def __init__(
        self, graph: Graph, wanted: Sequence[int], source: RowSource, engine: Engine, rows: int | None = None
    ) -> None:
        """`rows` is how many there will be in all runs, where more than the source has."""
        self.plan = plan(graph, wanted, source.names)
        self.backend = choose(self.plan, engine, rows or source.rows)

    def run(self, source: RowSource, bindings: Mapping[str, float]) -> Found:
        """The values of the wanted nodes, no array of them twice. Raises DataError if there are no rows."""
        execution = Execution(self.plan, self.backend, bindings)
        columns = dict(zip(self.plan.columns, execution.run(source.read), strict=True))
        if self.plan.stages and not execution.rows:
            raise DataError("the data have no rows")
        values: list[float | Column] = []
        given: set[int] = set()
        for node in self.plan.wanted:
            if node not in columns:
                values.append(execution.values[node])
                continue
            values.append(copy(columns[node]) if node in given else columns[node])
            given.add(node)
        return Found(values, execution.rows or source.rows or 0)

    def spread(self, value: float | Column, rows: int) -> Column:
        """A number as a column: the same in every row."""
        return self.backend.join([[value] * rows]) if isinstance(value, float) else value


def worth_compiling(plan: Plan, rows: int | None) -> bool:
    """Whether there is so much to do that compiling pays; `rows` None for many."""
    return registry.compiling_pays(plan, rows)


def choose(plan: Plan, engine: Engine, rows: int | None) -> Backend:
    """The backend for a plan. Raises UsageError if it cannot be had."""
    local = registry.make(engine.backend, plan, engine.threads, rows)
    return engine.cluster.backend(plan, local) if engine.cluster else local
