"""Evaluation over columns: the value, and the derivatives with respect to the numbers and to the columns asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.autodiff.derivative import with_room
from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.rows import RowSource
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Value, lost
from exprgrad.diagnosis.kinks import kink_counts, kink_notes
from exprgrad.diagnosis.lost import lost_notes
from exprgrad.errors import UsageError
from exprgrad.graph.graph import CONSTANT, Graph
from exprgrad.graph.lower import Model
from exprgrad.graph.patterns import may_match
from exprgrad.jobs.evaluate.build import Found, Labelled, build, label_of, names_of
from exprgrad.jobs.evaluate.higher import higher_derivatives
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.result import Evaluation


def over_columns(
    model: Model, bindings: Mapping[str, float], source: RowSource, request: Request, engine: Engine
) -> Evaluation:
    """The value and the derivatives, with respect to all numbers, or to what `request.wrt` names.

    The derivative of a number with respect to a number is a number. Where the result or the variable is a column, the
    derivative is a column: see `column_derivatives`. Raises UsageError for what only numbers have (a higher derivative,
    a direction) and for a column as the result of a cluster, DataError for rows that cannot be read.
    """
    graph, columns, output = with_room(model.graph), source.names, model.output
    shapes = Shapes(graph, columns)
    numbers = {name: node for name, node in graph.inputs().items() if not shapes.is_column(node)}
    _check(request, numbers, columns)
    named = _named(model, shapes, request.wrt)
    unnamed = _unnamed(model, shapes) if request.all_nodes else []
    shown = [node for _, node in (*named, *unnamed)]
    slopes = dict(zip(shown, column_derivatives(graph, output, shown, columns), strict=True))
    tangents = {node: _along(graph, node, request.direction, columns) for node in (*shown, output) if request.direction}
    wrt = {name: graph.input(name) for name in request.wrt} or numbers
    higher = higher_derivatives(graph, output, wrt, request, columns)
    kinks = kink_counts(graph, output, shapes) if request.kinks else {}

    wanted = [
        output,
        *shown,
        *numbers.values(),
        *slopes.values(),
        *higher.values(),
        *kinks.values(),
        *tangents.values(),
    ]
    rowwise = shapes.is_column(output)
    prepared = Prepared(graph, wanted, source, engine)
    if engine.cluster is not None and prepared.plan.columns:
        column = label_of(model, output) if rowwise else next(name for name, node in named if shapes.is_column(node))
        what = f"{column} is a column, one number a row, and a cluster folds rows to numbers"
        raise UsageError(what, hint="exprgrad map writes columns")
    values, rows = prepared.run(source, bindings)
    value_of = dict(zip(wanted, values, strict=True))

    def slope(node: int) -> Value:
        """d result / d node: a column where the result or the node is one, though it may be the same in all rows."""
        found = value_of[slopes[node]]
        return prepared.spread(found, rows) if rowwise or shapes.is_column(node) else found

    gradient = {node: slope(node) for node in shown}
    finite = not any(map(lost, [value_of[output], *(gradient[node] for _, node in named)]))
    notes = [] if finite else [*lost_notes(model, bindings, source, engine, request.wrt)]
    if not finite and may_match(model.graph.operations):
        from exprgrad.diagnosis.stable_rows import stable_hints_of_rows

        notes += stable_hints_of_rows(model, bindings, source, engine)
    found = Found(
        value_of,
        gradient,
        {node: value_of[tangent] for node, tangent in tangents.items()},
        {variables: value_of[node] for variables, node in higher.items()},
        (*notes, *kink_notes(model, kinks, value_of, shapes)),
    )
    shown_names = {name for name, _ in named}
    bound = {name: node for name, node in graph.inputs().items() if name in numbers or name in shown_names}
    return build(model, request, found, named, [*named, *unnamed], list(wrt), bound)


def _check(request: Request, numbers: Collection[str], columns: Collection[str]) -> None:
    """Raise UsageError where a column is given and only a number will do."""
    for name in request.wrt:
        if name in columns and request.hessian:
            raise UsageError(f"{name} is a column: second derivatives of pairs are with respect to numbers")
    for name in request.direction:
        if name not in numbers:
            raise UsageError(f"{name} is a column: only numbers have a direction")


def _named(model: Model, shapes: Shapes, wrt: Collection[str]) -> list[Labelled]:
    """The nodes with a name that get a row: those that are asked for, or all numbers."""
    return [(name, node) for name, node in names_of(model, wrt) if wrt or not shapes.is_column(node)]


def _unnamed(model: Model, shapes: Shapes) -> list[Labelled]:
    """The numbers without a name, each under its expression; no constants, and without the result."""
    named = {model.output, *(node for _, node in names_of(model))}
    others = [node for node, operation in enumerate(model.graph.operations) if operation != CONSTANT]
    return [(label_of(model, node), node) for node in others if node not in named and not shapes.is_column(node)]


def _along(graph: Graph, node: int, direction: Mapping[str, float], columns: Collection[str]) -> int:
    """The node of the derivative along a direction: the sum of each derivative times its rate."""
    total = graph.constant(0.0)
    slopes = column_derivatives(graph, node, [graph.input(name) for name in direction], columns)
    for slope, rate in zip(slopes, direction.values(), strict=True):
        total = graph.apply("add", total, graph.apply("mul", slope, graph.constant(rate)))
    return total
