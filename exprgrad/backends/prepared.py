"""Nodes of a graph over columns, planned and compiled once and then computed on any rows."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from copy import copy
from importlib.util import find_spec
from typing import Any, NamedTuple, Protocol

from exprgrad.arguments import are_real
from exprgrad.backends import registry
from exprgrad.backends.execution import Backend, Batch, Execution
from exprgrad.columns.plan import Plan, plan
from exprgrad.columns.values import Column
from exprgrad.errors import DataError, UsageError
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


class Source(Protocol):
    """Rows that are read once for each pass."""

    @property
    def names(self) -> Collection[str]:
        """The variables that are columns."""
        ...

    @property
    def rows(self) -> int | None:
        """How many there are, where that is known before they are read."""
        ...

    def read(self, names: Sequence[str]) -> Iterable[Batch]:
        """Batches of these columns, from the first row on."""
        ...

    def place(self, row: int) -> str:
        """How a row, counted from 0, is called in messages."""
        ...


class Columns:
    """Columns in memory. Raises UsageError for what is no column of numbers, DataError for columns without
    rows or of unequal length."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self._columns = {name: _numbers(name, column) for name, column in columns.items()}
        self.rows = 0
        for name, column in self._columns.items():
            self.rows = self.rows or len(column)
            if not len(column):
                raise DataError(f"the column {name} has no rows")
            if len(column) != self.rows:
                first = next(iter(columns))
                raise DataError(f"columns of unequal length: {first} has {self.rows} rows, {name} has {len(column)}")

    @property
    def names(self) -> Collection[str]:
        return self._columns.keys()

    def read(self, names: Sequence[str]) -> Iterator[Batch]:
        yield {name: self._columns[name] for name in names}

    def place(self, row: int) -> str:
        return f"row {row + 1}"


def _numbers(name: str, column: Any) -> Column:
    """A column as an array of float64 or of what converts to it; other arrays and lists are copied."""
    if hasattr(column, "__array__"):
        return _array(name, column)
    if isinstance(column, bytearray | memoryview | Mapping | Set):
        raise UsageError(f"{name} is not a column of numbers but a {type(column).__name__}")
    try:
        kinds = set(map(type, column))
        if not kinds <= {float, int} and not are_real(kinds):
            raise TypeError
        return array("d", column)
    except (TypeError, ValueError, ArithmeticError):
        raise UsageError(f"{name} is not a column of numbers") from None


def _array(name: str, column: Any) -> Column:
    import numpy as np

    if isinstance(column, np.ma.MaskedArray):
        raise UsageError(f"{name} is a masked array", hint="fill or drop what is masked")
    values = np.asarray(column)
    if values.ndim != 1:
        raise UsageError(f"{name} has {values.ndim} dimensions", hint="a column has one")
    if values.dtype.kind not in "fiub":
        raise UsageError(f"{name} is not a column of numbers but of {values.dtype}")
    return values


def as_array(value: float | Column) -> float | Column:
    """A column as an array, where NumPy is installed."""
    if isinstance(value, float) or not find_spec("numpy"):
        return value
    import numpy as np

    return np.asarray(value)


class Found(NamedTuple):
    """The values of the wanted nodes, in their order."""

    values: list[float | Column]
    rows: int
    """Rows that were read; of columns in memory that were not, how many there are."""


class Prepared:
    """Values of nodes: numbers and columns."""

    def __init__(
        self, graph: Graph, wanted: Sequence[int], source: Source, engine: Engine, rows: int | None = None
    ) -> None:
        """`rows` is how many there will be in all runs, where more than the source has."""
        self.plan = plan(graph, wanted, source.names)
        self.backend = choose(self.plan, engine, rows or source.rows)

    def run(self, source: Source, bindings: Mapping[str, float]) -> Found:
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
