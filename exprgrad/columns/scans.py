"""Scans: columns of which each row adds up other rows of a column, as those of cumsum(x) do.

In a plan a scan is an input of the graph, which is made outside of the stages: so no backend has to know of scans. What
takes the rows up to a row is made along with the stage that uses it, batch by batch: the sum so far goes from one batch
to the next. What takes the rows from a row on needs all of them first: they are held in memory.

Rows are added one after the other, as NumPy's cumsum adds them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import accumulate, count, islice
from typing import Any, NamedTuple

from exprgrad.columns.rows import Batch
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Column
from exprgrad.functions.table import FUNCTIONS, SCANS
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import needed

NOTHING = -0.0
"""The sum of no rows: it does not even change the sign of a zero."""


class Scan(NamedTuple):
    """A scan of a plan."""

    name: str
    """The input of the graph that stands for it; no variable has such a name."""
    kind: str
    """As `Function.scan` says it: "up to", "from" or "count"."""
    operand: int

    @property
    def held(self) -> bool:
        """Whether it needs all rows before the first is known."""
        return self.kind == "from"


class Names:
    """The names of columns, with those of scans."""

    def __init__(self, columns: Container[str], scans: Container[str]) -> None:
        self._columns, self._scans = columns, scans

    def __contains__(self, name: object) -> bool:
        return name in self._scans or name in self._columns


def apart(
    graph: Graph, wanted: Sequence[int], columns: Container[str]
) -> tuple[Graph, list[int], Container[str], dict[str, Scan]]:
    """The wanted nodes in a new graph, in which scans are inputs; its columns, and the scans by name, in order."""
    new, found, scans = Graph(), dict[int, int](), dict[str, Scan]()
    new.limit = graph.limit
    names = Names(columns, scans)
    old, shapes = Shapes(graph, columns), Shapes(new, names)
    for node in needed(graph, wanted):
        new.span = graph.source_span(node)
        operands = [found[operand] for operand in graph.operands[node]]
        if not old.scans(node):
            found[node] = new.like(graph, node, operands)
            continue
        operation, (operand,) = graph.operations[node], operands
        kind = FUNCTIONS[operation].scan
        if kind == "count":
            operand = _counted(new, shapes, operand)
        if node in graph.slopes and new.operands[operand]:
            new.slopes.add(operand)  # it is a derivative, too, and looked at again where it loses digits
        name = f"{operation} {operand}"
        scans[name] = Scan(name, kind, operand)
        found[node] = new.input(name)
    return new, [found[node] for node in wanted], names, scans


def _counted(graph: Graph, shapes: Shapes, node: int) -> int:
    """A column that need not be computed, with the rows of another one."""
    while graph.operands[node]:
        node = next(operand for operand in graph.operands[node] if shapes.is_column(operand))
    return node


def are_there(graph: Graph) -> bool:
    """Whether a graph has scans."""
    return not SCANS.isdisjoint(graph.operations)


def scanned(kind: str, column: Column, before: float) -> tuple[Column, float]:
    """The scan of rows that come after others, for which it ended with `before` (`NOTHING` for none), and with what it
    ends now. A list gives a list, an array an array."""
    size = len(column)
    if not size:
        return column, before
    if isinstance(column, list):
        rows = _added(column, before) if kind != "count" else [*islice(count(before + 1.0), size)]
        return rows, rows[-1]
    import numpy as np

    found: Any = np.arange(before + 1.0, before + 1.0 + size)
    if kind != "count":
        found = np.array(column, dtype=np.float64)
        with np.errstate(all="ignore"):
            found[0] = before + found[0]
            np.cumsum(found, out=found)
    return found, float(found[-1])


def _added(column: Iterable[float], before: float) -> list[float]:
    return [*islice(accumulate(column, initial=before), 1, None)]


def backwards(column: Column) -> Column:
    """The scan of all rows, of which each takes those from it on."""
    turned: Column = scanned("up to", column[::-1], NOTHING)[0]
    return turned[::-1]  # type: ignore[no-any-return]


class Held:
    """Scans that are held in memory, given out batch by batch."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self._columns = columns
        self._start = 0

    def beside(self, batch: Batch) -> Batch:
        """The next rows, with those of the scans."""
        stop = self._start + len(next(iter(batch.values())))
        rows = {name: column[self._start : stop] for name, column in self._columns.items()}
        self._start = stop
        return {**batch, **rows}
