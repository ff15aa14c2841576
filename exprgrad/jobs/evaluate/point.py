"""From a lowered program and bindings to the record of an evaluation, in numbers or in symbols."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import isfinite
from typing import NamedTuple

from exprgrad.autodiff.derivative import check_order, derivatives, repeated, with_room
from exprgrad.autodiff.reverse import adjoint_at
from exprgrad.backends import interpreter
from exprgrad.columns.values import Value
from exprgrad.graph.graph import CONSTANT, Graph
from exprgrad.graph.lower import Model
from exprgrad.jobs.evaluate.result import Evaluation, Row
from exprgrad.notation.infix import write, write_program

_LABEL = 200
"""Characters after which the expression that labels a row is cut."""


class Request(NamedTuple):
    """What an evaluation is to show beside value and gradient."""

    all_nodes: bool = False
    """A row for every node."""
    kinks: bool = False
    """Notes on places where the derivative does not exist."""
    order: int = 1
    """Derivatives with respect to each variable up to this order."""
    hessian: bool = False
    """The second derivatives with respect to each pair of variables."""
    direction: Mapping[str, float] = {}
    """The directional derivative (Jacobian-vector product) along this change of the variables."""
    numbers: bool = False
    """No expressions: an unbound variable is an error."""
    wrt: Collection[str] = ()
    """Columns to show, with the derivative with respect to them."""


class _Found(NamedTuple):
    """Values of nodes: numbers, or texts of simplified expressions."""

    values: Mapping[int, Value] | Sequence[Value]
    gradient: Mapping[int, Value]
    tangents: Mapping[int, Value]
    notes: tuple[str, ...] = ()


def report(model: Model, bindings: Mapping[str, float], request: Request) -> Evaluation:
    """Value, derivatives and intermediates: numbers where every variable is bound, else expressions."""
    graph, inputs = model.graph, model.graph.inputs()
    unbound = tuple(name for name in inputs if name not in bindings)
    named = dict.fromkeys([*inputs.values(), *model.intermediates.values()])
    shown = [node for node, operation in enumerate(graph.operations) if operation != CONSTANT or node in named]
    if not request.all_nodes:
        shown = list(named)
    higher: dict[tuple[str, ...], int] = {}
    if unbound or request.order > 1 or request.hessian:  # derivatives as expressions, in a graph of their own
        graph = with_room(graph)
        higher = higher_derivatives(graph, model.output, inputs, request)
    if unbound:
        found = _symbolic(model, graph, bindings, shown, [*higher.values()], request.direction)
    else:
        found = _numeric(model, graph, bindings, shown, request)
    return _record(model, found, {key: found.values[node] for key, node in higher.items()}, unbound, request)


def higher_derivatives(
    graph: Graph, output: int, inputs: Mapping[str, int], request: Request, columns: Collection[str] | None = None
) -> dict[tuple[str, ...], int]:
    """The nodes of the derivatives with respect to the variables of each key, one after the other."""
    found: dict[tuple[str, ...], int] = {}
    check_order(request.order)
    if request.order > 1:
        for name, node in inputs.items():
            for order, derivative in enumerate(repeated(graph, output, node, request.order, columns)[1:], 2):
                found[(name,) * order] = derivative
    if request.hessian:
        names, nodes = list(inputs), list(inputs.values())
        for k, first in enumerate(derivatives(graph, output, nodes, columns)):
            for name, second in zip(names[k:], derivatives(graph, first, nodes[k:], columns), strict=True):
                found[names[k], name] = found[name, names[k]] = second
    return found


def _numeric(model: Model, graph: Graph, bindings: Mapping[str, float], shown: list[int], request: Request) -> _Found:
    output = model.output
    values = interpreter.evaluate(graph, bindings)
    adjoints = interpreter.gradient(graph, output, values, shown)
    gradient = {node: adjoint_at(adjoints, node, 0.0) for node in shown}
    tangents: dict[int, float] = {}
    if request.direction:
        moving = interpreter.tangents(graph, values, request.direction)
        tangents = {node: adjoint_at(moving, node, 0.0) for node in (*shown, output)}
    finite = isfinite(values[output]) and all(map(isfinite, gradient.values()))
    if finite and not request.kinks:
        return _Found(values, gradient, tangents)
    from exprgrad.diagnosis import provenance

    notes: list[str] = []
    if not finite:
        notes += filter(None, [provenance.explain(model.source, graph, output, values, shown)])
    if request.kinks:
        nodes = provenance.kinks(graph, output, values)
        notes += provenance.describe_kinks(model.source, graph, nodes, values)
    return _Found(values, gradient, tangents, tuple(notes))


def _symbolic(
    model: Model,
    graph: Graph,
    bindings: Mapping[str, float],
    shown: list[int],
    higher: list[int],
    direction: Mapping[str, float],
) -> _Found:
    from exprgrad.autodiff.derivative import along
    from exprgrad.simplify.simplify import simplify

    valued = [model.output, *shown, *higher]
    sloped = dict(zip(shown, derivatives(graph, model.output, shown), strict=True))
    moving = along(graph, direction, [*shown, model.output]) if direction else {}
    wanted = list(dict.fromkeys([*valued, *sloped.values(), *moving.values()]))
    new, nodes = simplify(graph, wanted, bindings)
    text = {node: write_program(new, simple) for node, simple in zip(wanted, nodes, strict=True)}
    return _Found(
        {node: text[node] for node in valued},
        {node: text[slope] for node, slope in sloped.items()},
        {node: text[tangent] for node, tangent in moving.items()},
    )


def _record(
    model: Model,
    found: _Found,
    higher: Mapping[tuple[str, ...], Value],
    unbound: tuple[str, ...],
    request: Request,
) -> Evaluation:
    graph, output, inputs = model.graph, model.output, model.graph.inputs()
    names: dict[int, list[str]] = {}
    for name, node in [*inputs.items(), *model.intermediates.items()]:
        names.setdefault(node, []).append(name)

    def row(node: int, label: str) -> Row:
        slope = ("1" if unbound else 1.0) if node == output else found.gradient[node]
        return Row(label, found.values[node], slope, found.tangents.get(node))

    def labels(node: int) -> list[str]:
        return names.get(node) or [label(model, node)]

    result = row(output, model.name or label(model, output))
    orders = range(2, request.order + 1)
    every: list[Row] = []
    for node in found.gradient if request.all_nodes else ():
        if node != output or node in names:
            every += [row(node, label) for label in labels(node) if label != model.name]
    named = [*inputs.items(), *((name, node) for name, node in model.intermediates.items() if name != model.name)]
    return Evaluation(
        expression=write_program(graph, output, model.labels),
        gradient={name: found.gradient[node] for name, node in inputs.items()},
        rows=(*(row(node, name) for name, node in named), result),
        nodes=(*every, result) if request.all_nodes else (),
        unbound=unbound,
        higher={x: tuple(higher[(x,) * k] for k in orders) for x in inputs} if orders else {},
        hessian={x: {y: higher[x, y] for y in inputs} for x in inputs} if request.hessian else {},
        notes=found.notes,
    )


def label(model: Model, node: int) -> str:
    """The expression of a node, cut where it is long."""
    return write(model.graph, node, model.labels, limit=_LABEL)
