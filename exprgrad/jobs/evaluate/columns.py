"""Evaluation over columns: the value, and the derivatives with respect to the numbers and to the columns asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.autodiff.derivative import with_room
from exprgrad.backends.prepared import Engine, Prepared
from exprgrad.columns.rows import RowSource
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Value, lost
from exprgrad.diagnosis.kinks import kink_counts, kink_notes
from exprgrad.diagnosis.lost import lost_notes
from exprgrad.errors import UsageError
from exprgrad.graph.graph import CONSTANT, Graph
from exprgrad.graph.lower import Model
from exprgrad.jobs.evaluate.build import Found, Labelled, build, label_of, names_of
from exprgrad.jobs.evaluate.higher import higher_derivatives
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.result import Evaluation


def column_report(
    model: Model, bindings: Mapping[str, float], source: RowSource, request: Request, engine: Engine
) -> Evaluation:
    """The value and the derivatives. Of the columns, those get a row that `request.wrt` names.

    The derivative of a number with respect to a number is a number; where the result or the variable is a column, it
    is a column: see `column_derivatives`. Raises UsageError for what only numbers have (a higher derivative, a
    direction) and for a column as the result of a cluster, DataError for rows that cannot be read.
    """
    graph, columns, output = with_room(model.graph), source.names, model.output
    numbers = {name: node for name, node in graph.inputs().items() if name not in columns}
    _check(request, numbers, columns)
    named, unnamed = _rows(model, columns, request)
    shown = [node for _, node in (*named, *unnamed)]
    slopes = dict(zip(shown, column_derivatives(graph, output, shown, columns), strict=True))
    moving = {node: _along(graph, node, request.direction, columns) for node in (*shown, output) if request.direction}
    higher = higher_derivatives(graph, output, numbers, request, columns)
    shapes = Shapes(graph, columns)
    kinks = kink_counts(graph, output, shapes) if request.kinks else {}

    wanted = [output, *shown, *slopes.values(), *higher.values(), *kinks.values(), *moving.values()]
    rowwise = shapes.is_column(output)
    prepared = Prepared(graph, wanted, source, engine)
    if engine.cluster is not None and prepared.plan.columns:
        column = label_of(model, output) if rowwise else next(iter(request.wrt))
        what = f"{column} is a column, one number a row, and a cluster folds rows to numbers"
        raise UsageError(what, hint="exprgrad map writes columns")
    values, rows = prepared.run(source, bindings)
    at = dict(zip(wanted, values, strict=True))

    def slope(node: int) -> Value:
        """d result / d node: a number a row where either is a column."""
        found = at[slopes[node]]
        return prepared.spread(found, rows) if rowwise or shapes.is_column(node) else found

    gradient = {node: slope(node) for node in shown}
    finite = not any(map(lost, [at[output], *(gradient[node] for _, node in named)]))
    messages = () if finite else lost_notes(model, bindings, source, engine, request.wrt)
    found = Found(
        at,
        gradient,
        {node: at[tangent] for node, tangent in moving.items()},
        {key: at[node] for key, node in higher.items()},
        (*messages, *kink_notes(model, kinks, at, shapes)),
    )
    return build(model, request, found, named, [*named, *unnamed], list(numbers))


def _check(request: Request, numbers: Collection[str], columns: Collection[str]) -> None:
    """Raise UsageError where a column is given and only a number will do."""
    for name in request.wrt:
        if name in columns and (request.order > 1 or request.hessian):
            raise UsageError(f"{name} is a column: derivatives of higher order are by numbers")
    for name in request.direction:
        if name not in numbers:
            raise UsageError(f"{name} is a column: a direction is one of numbers")


def _rows(model: Model, columns: Collection[str], request: Request) -> tuple[list[Labelled], list[Labelled]]:
    """What gets a row beside the result: with a name the numbers and the columns asked for; without one, where all
    nodes are asked for, the numbers."""
    graph, shapes = model.graph, Shapes(model.graph, columns)
    known = names_of(model)
    named = [(name, node) for name, node in known if name in request.wrt or not shapes.is_column(node)]
    if not request.all_nodes:
        return named, []
    taken = {model.output, *(node for _, node in known)}
    others = [node for node in range(len(graph)) if graph.operations[node] != CONSTANT and node not in taken]
    return named, [(label_of(model, node), node) for node in others if not shapes.is_column(node)]


def _along(graph: Graph, node: int, direction: Mapping[str, float], columns: Collection[str]) -> int:
    """The node of the derivative along a direction: the sum of each derivative times its rate."""
    total = graph.constant(0.0)
    slopes = column_derivatives(graph, node, [graph.input(name) for name in direction], columns)
    for slope, rate in zip(slopes, direction.values(), strict=True):
        total = graph.apply("add", total, graph.apply("mul", slope, graph.constant(rate)))
    return total
