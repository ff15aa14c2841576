"""In which row, and by which operation, a computation over columns lost its numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from math import isfinite, isnan

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.autodiff.reverse import Edges, adjoint_at, adjoints
from exprgrad.backends.execution import Execution
from exprgrad.backends.prepared import Engine, choose
from exprgrad.columns.plan import plan
from exprgrad.columns.rows import RowSource
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Column
from exprgrad.diagnosis import provenance
from exprgrad.functions.floats import FLOATS
from exprgrad.graph.lower import Model
from exprgrad.graph.symbols import Symbols
from exprgrad.notation.infix import write
from exprgrad.text.numbers import format_number

_QUOTED = 40
"""Characters of an expression that a note quotes."""


def notes(
    model: Model, bindings: Mapping[str, float], source: RowSource, engine: Engine, wrt: Collection[str] = ()
) -> tuple[str, ...]:
    """A note on the first operation that made a nan or an infinity; empty if none did.

    It is looked for in the value and in the derivatives with respect to the numbers and to the columns `wrt`: first in
    the rows of what is folded, one fold after the other, then between the numbers. This reads the rows again.
    """
    search = _Search(model, bindings, source, engine, wrt)
    for column in search.folded:
        if note := search.in_rows(column):
            return (note,)
    return search.between_numbers() if search.folded else ()


class _Search:
    """A search of the rows of a source for the first that has lost its numbers."""

    def __init__(
        self, model: Model, bindings: Mapping[str, float], source: RowSource, engine: Engine, wrt: Collection[str]
    ) -> None:
        self.model, self.bindings, self.source, self.engine = model, bindings, source, engine
        self.graph, self.shapes = model.graph.copy(), Shapes(model.graph, source.names)
        inputs = self.graph.inputs()
        self.inputs = [node for node in inputs.values() if self.shapes.is_column(node)]
        self.along = [node for node in self.inputs if self.graph.name(node) in wrt]
        self.by = [node for node in inputs.values() if not self.shapes.is_column(node)]
        self.numbers = [node for node in range(len(model.graph)) if not self.shapes.is_column(node)]
        folded = [model.graph.operands[node][0] for node in self.numbers if self.shapes.folds(node)]
        self.folded = dict.fromkeys([*folded, *([model.output] * self.shapes.is_column(model.output))])
        """The columns that are folded, and the result if it is a column."""
        self.symbols, self.edges = Symbols(self.graph), _rows_alone(self.shapes)
        self.values: dict[int, float] = {}
        """The values of the numbers."""

    def in_rows(self, column: int) -> str:
        """The note on the first row in which a column, or a derivative of it, is lost; empty if none is."""
        watched = [column, *self._slopes(column)]
        wanted = list(dict.fromkeys([*self.inputs, *watched, *self.numbers]))
        work = plan(self.graph, wanted, self.source.names)
        execution = Execution(work, choose(work, self.engine, self.source.rows), self.bindings)
        place = dict(zip(wanted, work.wanted, strict=True))
        at = {node: k for k, node in enumerate(work.columns)}
        execution.fold(self.source.read)
        self.values = {node: execution.values[place[node]] for node in self.numbers}
        batches = (execution.give(batch) for batch in self.source.read(work.inputs))
        row = _first_lost(batches, [at[place[node]] for node in watched if place[node] in at])
        if row is None:
            return ""
        index, cells = row
        known = {node: cells[at[place[node]]] for node in self.inputs} | self.values
        message = _in_row(self.model, column, known, [*self.by, *self.along], self.edges)
        head, newline, excerpt = (message or _read_as_such(self.model, known)).partition("\n")
        return f"{head} ({self.source.place(index)}){newline}{excerpt}" if head else ""

    def _slopes(self, column: int) -> list[int]:
        """The nodes of the derivatives of a column that have to be computed for it."""
        slopes = column_derivatives(self.graph, column, self.by, self.source.names)
        rowwise = adjoints(self.graph, column, range(column + 1), self.symbols, self.along, self.edges)
        slopes += [adjoint_at(rowwise, node, column) for node in self.along]
        return [node for node in slopes if node >= len(self.model.graph)]

    def between_numbers(self) -> tuple[str, ...]:
        """A note on the first number, or derivative with respect to one, that was lost though every row is finite: a
        sum that overflowed, or what is computed from sums."""
        graph = self.model.graph
        values = [self.values.get(node, 0.0) for node in range(len(graph))]
        for node in self.numbers:
            if graph.operands[node] and not isfinite(values[node]):
                kind = "nan" if isnan(values[node]) else "infinite"
                return (f"{write(graph, node, limit=_QUOTED)} is {kind} though every row is finite",)
        if self.shapes.is_column(self.model.output):
            return ()
        wrt = [node for node in self.numbers if self.shapes.folds(node) or graph.name(node) is not None]
        message = provenance.explain(self.model.source, graph, self.model.output, values, wrt, self.edges)
        return (message,) if message else ()


def _rows_alone(shapes: Shapes) -> Callable[[int], tuple[()] | None]:
    """The edges of a reverse pass that does not go on through what is folded."""
    return lambda node: () if shapes.folds(node) else None


def _first_lost(batches: Iterable[Sequence[Column]], watched: list[int]) -> tuple[int, list[float]] | None:
    """Index and cells of the first row with a nan or an infinity in one of the columns watched."""
    start = 0
    for batch in batches:
        columns = [list(map(float, column)) for column in batch]
        for index, cells in enumerate(zip(*columns, strict=True)):
            if not all(isfinite(cells[k]) for k in watched):
                return start + index, list(cells)
        start += len(columns[0])
    return None


def _in_row(model: Model, column: int, known: dict[int, float], by: list[int], edges: Edges[float]) -> str | None:
    """The note on a row, given the values of its numbers and its variables; None if nothing is lost in it."""
    graph = model.graph
    values: list[float] = []
    for node, (operation, operands) in enumerate(zip(graph.operations, graph.operands, strict=True)):
        if node in known or not operands:
            leaf = graph.leaves.get(node)
            values.append(known[node] if node in known else leaf if isinstance(leaf, float) else 0.0)
        else:
            values.append(FLOATS.operation(operation)(*[values[operand] for operand in operands]))
    return provenance.explain(model.source, graph, column, values, by, edges)


def _read_as_such(model: Model, known: Mapping[int, float]) -> str:
    """The variables that were nan or infinite when they were read."""
    found = {name: known[node] for name, node in model.graph.inputs().items() if not isfinite(known.get(node, 0.0))}
    return ", ".join(f"{name} is {format_number(value)}" for name, value in found.items())
