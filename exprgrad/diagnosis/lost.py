"""In which row, and by which operation, a computation over columns lost its numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import isfinite, isnan

from exprgrad.autodiff.reverse import adjoint_at, adjoints
from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.rows import RowSource
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Column
from exprgrad.diagnosis import provenance
from exprgrad.functions.floats import FLOATS
from exprgrad.graph.forward import compute
from exprgrad.graph.lower import Model
from exprgrad.graph.symbols import Symbols
from exprgrad.notation.infix import write
from exprgrad.text.numbers import format_number

_QUOTED = 40
"""Characters of an expression that a note quotes."""


def lost_notes(
    model: Model, bindings: Mapping[str, float], source: RowSource, engine: Engine, wrt: Collection[str] = ()
) -> tuple[str, ...]:
    """A note on the first operation that made a nan or an infinity; empty if none did.

    The value is searched, and the derivatives with respect to the numbers and to the columns `wrt`. The rows come
    first, then the numbers that are computed from folds. This reads the rows again.
    """
    search = _Search(model, source.names, wrt)
    if not search.ends:
        return ()
    prepared = Prepared(search.graph, search.wanted, source, engine)
    place = dict(zip(search.wanted, prepared.plan.wanted, strict=True))
    folded = prepared.fold(source, bindings)
    numbers = {node: folded.numbers[place[node]] for node in search.numbers}
    batches = map(prepared.stream(folded), source.read(prepared.plan.inputs))
    columns = ({node: batch[place[node]] for node in search.columns} for batch in batches)
    note = search.in_rows(columns, numbers, source) or search.in_numbers(numbers)
    return (note,) if note else ()


class _Search:
    """What is looked at: the columns that end at a fold or in the result, and their derivatives.

    Columns and derivatives are followed only as far as the next fold: a fold is a number that is searched by itself.
    """

    def __init__(self, model: Model, columns: Collection[str], wrt: Collection[str]) -> None:
        self.model = model
        self.graph = model.graph.copy()
        """The graph with the derivatives."""
        self.shapes = Shapes(self.graph, columns)
        nodes, inputs = range(len(model.graph)), model.graph.inputs()
        self.inputs = [node for node in inputs.values() if self.shapes.is_column(node)]
        self.numbers = [node for node in nodes if not self.shapes.is_column(node)]
        self.folds = [node for node in self.numbers if self.shapes.folds(node)]
        self.wrt = [node for name, node in inputs.items() if name in wrt or not self.shapes.is_column(node)]
        ends = [model.graph.operands[fold][0] for fold in self.folds]
        ends += [model.output] * self.shapes.is_column(model.output)
        self.ends = {end: self._watched(end) for end in dict.fromkeys(ends)}
        """The columns that are folded, and the result if it is a column: what has to be finite for each."""
        watched = [node for nodes in self.ends.values() for node in nodes]
        self.columns = list(dict.fromkeys([*self.inputs, *watched]))
        self.wanted = [*self.columns, *self.numbers]

    def _watched(self, end: int) -> list[int]:
        """A column, and its derivatives with respect to what each row uses, where they are columns too."""
        found = adjoints(self.graph, end, range(end + 1), Symbols(self.graph), self.wrt, self._edges)
        slopes = [adjoint_at(found, node, end) for node in (*self.wrt, *self.folds)]
        return [node for node in dict.fromkeys([end, *slopes]) if self.shapes.is_column(node)]

    def _edges(self, node: int) -> tuple[()] | None:
        """A reverse pass stops at folds."""
        return () if self.shapes.folds(node) else None

    def in_rows(
        self, batches: Iterable[Mapping[int, Column]], numbers: Mapping[int, float], source: RowSource
    ) -> str | None:
        """The note on the first row in which the first end is lost; if there is none, on that of the next end."""
        note, ends, start = None, list(self.ends), 0
        for batch in batches:
            fine = []  # the ends that are still to be searched: none after one that has a note
            for end in ends:
                index = _first_lost([batch[node] for node in self.ends[end]])
                if index is None:
                    fine.append(end)
                elif message := self._in_row(end, {node: float(batch[node][index]) for node in self.inputs}, numbers):
                    head, newline, excerpt = message.partition("\n")
                    note = f"{head} ({source.place(start + index)}){newline}{excerpt}"
                    break
            ends = fine
            if not ends:
                break
            start += len(batch[ends[0]])
        return note

    def _in_row(self, end: int, cells: Mapping[int, float], numbers: Mapping[int, float]) -> str:
        """The operation that lost the numbers of a row, or the variables that were read as nan or infinite; empty where
        an infinite constant of the formula is the only cause."""
        graph, values = self.model.graph, {**numbers, **cells}
        compute(graph, [node for node in range(len(graph)) if node not in values], values, FLOATS, {})
        if message := self._explain(end, [values[node] for node in range(len(graph))], self.wrt):
            return message
        read = {name: values[node] for name, node in graph.inputs().items() if not isfinite(values[node])}
        return ", ".join(f"{name} is {format_number(value)}" for name, value in read.items())

    def in_numbers(self, numbers: Mapping[int, float]) -> str | None:
        """The note on the first number that was lost, or whose derivative was, though every row is finite: a sum that
        overflowed, or what is computed from sums."""
        graph, output = self.model.graph, self.model.output
        for node, value in numbers.items():
            if graph.operands[node] and not isfinite(value):
                kind = "nan" if isnan(value) else "infinite"
                return f"{write(graph, node, limit=_QUOTED)} is {kind} though every row is finite"
        if self.shapes.is_column(output):
            return None
        values = [numbers.get(node, 0.0) for node in range(len(graph))]
        wrt = [node for node in numbers if self.shapes.folds(node) or graph.name(node) is not None]
        return self._explain(output, values, wrt)

    def _explain(self, output: int, values: Sequence[float], wrt: Sequence[int]) -> str | None:
        return provenance.explain(self.model.source, self.model.graph, output, values, wrt, self._edges)


def _first_lost(columns: Iterable[Column]) -> int | None:
    """The first row in which one of the columns is not finite."""
    fine = [[*map(isfinite, column)] for column in columns]
    return min((rows.index(False) for rows in fine if False in rows), default=None)
