"""In which row, and by which operation, a computation over columns lost its numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from math import isfinite, isnan

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.autodiff.reverse import Edges, adjoint_at, adjoints
from exprgrad.backends.passes import Execution
from exprgrad.backends.prepared import Engine, Source, choose
from exprgrad.columns.plan import plan
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
    model: Model, bindings: Mapping[str, float], source: Source, engine: Engine, wrt: Collection[str] = ()
) -> tuple[str, ...]:
    """A note on the first operation that made a nan or an infinity of the value or a derivative, with respect to a
    number or the columns `wrt`: in a row of what is folded first, or between numbers; empty if none did."""
    graph, shapes = model.graph.copy(), Shapes(model.graph, source.names)
    numbers = [node for node in range(len(model.graph)) if not shapes.is_column(node)]
    folded = [model.graph.operands[node][0] for node in numbers if shapes.folds(node)]
    folded += [model.output] * shapes.is_column(model.output)
    by = [node for node in graph.inputs().values() if not shapes.is_column(node)]
    inputs = [node for node in graph.inputs().values() if shapes.is_column(node)]
    along = [node for name, node in graph.inputs().items() if name in wrt and shapes.is_column(node)]
    symbols, edges = Symbols(graph), _rows_alone(shapes)
    for column in dict.fromkeys(folded):
        slopes = column_derivatives(graph, column, by, source.names)
        rowwise = adjoints(graph, column, range(column + 1), symbols, along, edges)
        slopes += [adjoint_at(rowwise, node, column) for node in along]
        slopes = [node for node in slopes if node >= len(model.graph)]
        columns = list(dict.fromkeys([column, *slopes]))
        wanted = [*inputs, *columns, *numbers]
        work = plan(graph, wanted, source.names)
        execution = Execution(work, choose(work, engine, source.rows), bindings)
        place = dict(zip(wanted, work.wanted, strict=True))
        at = {node: k for k, node in enumerate(work.columns)}
        watched = [at[place[node]] for node in columns if place[node] in at]
        execution.fold(source.read)
        row = _first_lost((execution.give(batch) for batch in source.read(work.inputs)), watched)
        if row is not None:
            index, cells = row
            known = {node: cells[at[place[node]]] for node in inputs}
            known.update({node: execution.values[place[node]] for node in numbers})
            message = _in_row(model, column, known, [*by, *along], edges) or _read_as_such(model, known)
            if message:
                head, newline, excerpt = message.partition("\n")
                return (f"{head} ({source.place(index)}){newline}{excerpt}",)
    if not folded:
        return ()
    values = [0.0] * len(model.graph)
    for node in numbers:
        values[node] = execution.values[place[node]]
    return _between_numbers(model, shapes, values, numbers)


def _rows_alone(shapes: Shapes) -> Callable[[int], tuple[()] | None]:
    """The edges of a reverse pass that ends at what is folded."""
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
    """What happened in a row, of which the numbers and the variables are known."""
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
    """The variables that were nan or infinite from the start."""
    found = {name: known[node] for name, node in model.graph.inputs().items() if not isfinite(known.get(node, 0.0))}
    return ", ".join(f"{name} is {format_number(value)}" for name, value in found.items())


def _between_numbers(model: Model, shapes: Shapes, values: Sequence[float], numbers: list[int]) -> tuple[str, ...]:
    """The first number, or derivative with respect to one, that was lost though all rows are finite: an overflowing
    sum, or what is done with sums."""
    graph = model.graph
    for node in numbers:
        if graph.operands[node] and not isfinite(values[node]):
            kind = "nan" if isnan(values[node]) else "infinite"
            return (f"{write(graph, node, limit=_QUOTED)} is {kind} though every row is finite",)
    if shapes.is_column(model.output):
        return ()
    wrt = [node for node in numbers if shapes.folds(node) or graph.name(node) is not None]
    message = provenance.explain(model.source, graph, model.output, values, wrt, _rows_alone(shapes))
    return (message,) if message else ()
