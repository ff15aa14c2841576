"""Nodes of a graph over columns, planned and compiled once and then computed on any rows."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any, NamedTuple, Protocol

from exprgrad.backends.passes import Backend, Batch, Execution
from exprgrad.errors import DataError, UsageError
from exprgrad.graph.graph import Graph
from exprgrad.graph.plan import Plan, plan
from exprgrad.results import Column

_COMPILING = 200_000
"""Rows times nodes from which it is worth to compile."""


class Engine(NamedTuple):
    """What computes over rows."""

    backend: str = "auto"
    """"interpreter", "llvm", or "auto": compiled where there is much to do."""
    threads: int | None = None
    """None for all that the process may use."""


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
    """A column as it is if it is a numeric array of one dimension, else as an array of its numbers."""
    dimensions = getattr(column, "ndim", 1)
    if dimensions != 1:
        raise UsageError(f"{name} has {dimensions} dimensions", hint="a column has one")
    if getattr(getattr(column, "dtype", None), "kind", "") in ("f", "i", "u", "b"):
        return column  # type: ignore[no-any-return]
    try:
        return array("d", column)
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"{name} is not a column of numbers") from None


class Prepared:
    """Values of nodes: numbers and columns."""

    def __init__(
        self,
        graph: Graph,
        wanted: Sequence[int],
        source: Source,
        engine: Engine,
    ) -> None:
        self.plan = plan(graph, wanted, source.names)
        self.backend = choose(self.plan, engine, source.rows)
        self.rows = 0
        """Rows of the last run."""

    def run(self, source: Source, bindings: Mapping[str, float]) -> list[float | Column]:
        """The values of the wanted nodes, in their order. Raises DataError if there are no rows."""
        execution = Execution(self.plan, self.backend, bindings)
        columns = dict(zip(self.plan.columns, execution.run(source.read), strict=True))
        if self.plan.passes and not execution.rows:
            raise DataError("the data have no rows")
        self.rows = execution.rows or source.rows or 0
        return [columns[node] if node in columns else execution.values[node] for node in self.plan.wanted]

    def spread(self, value: float | Column) -> Column:
        """A number as a column of the last run: the same in every row."""
        return self.backend.join([[value] * self.rows]) if isinstance(value, float) else value


def choose(plan: Plan, engine: Engine, rows: int | None) -> Backend:
    """The backend for a plan. Raises UsageError if it cannot be had."""
    work = sum(len(turn.columns) for turn in plan.passes) * (rows or _COMPILING)
    compiled = engine.backend == "llvm" or (engine.backend == "auto" and work >= _COMPILING)
    if compiled and (engine.backend == "llvm" or (find_spec("llvmlite") and find_spec("numpy"))):
        try:
            from exprgrad.backends.llvm.engine import Kernels
        except ImportError as error:
            raise UsageError(
                f"compiled kernels need {error.name}", hint='install it: pip install "exprgrad[data]"'
            ) from None
        return Kernels(plan, engine.threads, rows)
    from exprgrad.backends.rows import Rows

    return Rows(plan)
