"""Evaluation over columns: the value, and the derivatives with respect to the numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.autodiff.derivative import with_room
from exprgrad.backends.prepared import Engine, Prepared, Source
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Value, lost
from exprgrad.diagnosis.kinks import kink_counts, kink_notes
from exprgrad.diagnosis.lost import notes
from exprgrad.errors import UsageError
from exprgrad.graph.graph import CONSTANT, Graph
from exprgrad.graph.lower import Model
from exprgrad.jobs.evaluate.point import Request, higher_derivatives, label
from exprgrad.jobs.evaluate.result import Evaluation, Row
from exprgrad.notation.infix import write_program


def column_report(
    model: Model, bindings: Mapping[str, float], source: Source, request: Request, engine: Engine
) -> Evaluation:
    """Value and derivatives as a record. Columns have rows in it only where `request.wrt` names them.

    The derivative of a number with respect to a number is a number; where the result or the variable is a column, it is
    a column: see `column_derivatives`.
    """
    graph, columns, output = with_room(model.graph), source.names, model.output
    labelled = _rows(model, columns, request)
    nodes = [node for _, node in labelled]
    numbers = {name: node for name, node in graph.inputs().items() if name not in columns}
    for name in request.wrt:
        if name in columns and (request.order > 1 or request.hessian):
            raise UsageError(f"{name} is a column: derivatives of higher order are by numbers")
    slopes = column_derivatives(graph, output, nodes, columns)
    moving = {node: _along(graph, node, numbers, request.direction, columns) for node in (*nodes, output)}
    higher = higher_derivatives(graph, output, numbers, request, columns)

    shapes = Shapes(graph, columns)
    kinks = kink_counts(graph, output, shapes) if request.kinks else {}

    wanted = [output, *nodes, *slopes, *higher.values(), *kinks.values()]
    wanted += [node for node in moving.values() if node is not None]
    rowwise = shapes.is_column(output)
    prepared = Prepared(graph, wanted, source, engine)
    if engine.cluster is not None and prepared.plan.columns:
        column = label(model, output) if rowwise else next(iter(request.wrt))
        what = f"{column} is a column, one number a row, and a cluster folds rows to numbers"
        raise UsageError(what, hint="exprgrad map writes columns")
    values, rows = prepared.run(source, bindings)
    found = dict(zip(wanted, values, strict=True))

    def slope(by: int, node: int) -> Value:
        return prepared.spread(found[node], rows) if rowwise or shapes.is_column(by) else found[node]

    def tangent(node: int) -> Value | None:
        moved = moving[node]
        return None if moved is None else found[moved]

    every = [Row(name, found[k], slope(k, by), tangent(k)) for (name, k), by in zip(labelled, slopes, strict=True)]
    result = Row(model.name or label(model, output), found[output], 1.0, tangent(output))
    named = [row for row in every if row.name in model.intermediates or graph.has_input(row.name)]
    finite = not any(map(lost, chain([result.value], (row.gradient for row in named))))
    messages = () if finite else notes(model, bindings, source, engine, request.wrt)
    orders = range(2, request.order + 1)
    return Evaluation(
        expression=write_program(model.graph, output, model.labels),
        gradient={row.name: row.gradient for row in named if graph.has_input(row.name)},
        rows=(*named, result),
        nodes=(*every, result) if request.all_nodes else (),
        unbound=(),
        higher={x: tuple(found[higher[(x,) * k]] for k in orders) for x in numbers} if orders else {},
        hessian={x: {y: found[higher[x, y]] for y in numbers} for x in numbers} if request.hessian else {},
        notes=(*messages, *kink_notes(model, kinks, found, shapes)),
    )


def _rows(model: Model, columns: Collection[str], request: Request) -> list[tuple[str, int]]:
    """Label and node of what gets a row beside the result: numbers, and the columns asked for."""
    graph, shapes = model.graph, Shapes(model.graph, columns)
    named = [*graph.inputs().items(), *((name, k) for name, k in model.intermediates.items() if name != model.name)]
    rows = [(name, k) for name, k in named if name in request.wrt or not shapes.is_column(k)]
    if request.all_nodes:
        known = {model.output, *(node for _, node in named)}
        rows += [
            (label(model, k), k)
            for k, operation in enumerate(graph.operations)
            if operation != CONSTANT and k not in known and not shapes.is_column(k)
        ]
    return rows


def _along(
    graph: Graph, node: int, numbers: Mapping[str, int], direction: Mapping[str, float], columns: Collection[str]
) -> int | None:
    """The node of the derivative along a direction: the gradient times the rates."""
    if not direction:
        return None
    for name in direction:
        if name not in numbers:
            raise UsageError(f"{name} is a column: a direction is one of numbers")
    total = graph.constant(0.0)
    slopes: Sequence[int] = column_derivatives(graph, node, [numbers[name] for name in direction], columns)
    for slope, rate in zip(slopes, direction.values(), strict=True):
        total = graph.apply("add", total, graph.apply("mul", slope, graph.constant(rate)))
    return total
