"""The `diff` of the language: each is replaced by the derivative that it stands for."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from exprgrad.autodiff.derivative import check_order, derivative_limit, repeated
from exprgrad.errors import LimitError
from exprgrad.functions.table import MIXING
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import cone, copied
from exprgrad.graph.terms import DIFF, LET, STAND_IN
from exprgrad.notation.infix import write

_LABEL = 200
"""Characters after which the text of a `diff` is cut."""


def expand(model: Model, columns: Container[str] | None = None) -> Model:
    """The model with each `diff(…)` replaced by the derivative it stands for, inner ones first, and the
    bodies of functions put in where they are called. `columns` names the variables that are columns."""
    old = model.graph
    if DIFF not in old.operations and LET not in old.operations:
        return model
    orders = _checked_orders(model)
    graph = Graph()
    nodes: list[int] = []
    labels: dict[int, str] = {}
    graph.limit = derivative_limit(len(old))
    alone = not columns and MIXING.isdisjoint(old.operations)
    left = effort = 1_000_000 + 10 * len(old)
    for node, (operation, operands) in enumerate(zip(old.operations, old.operands, strict=True)):
        graph.span = old.source_span(node)
        if operation == DIFF:
            count = len(graph)
            base, order = _innermost(old, node)
            output, variable = nodes[base], nodes[operands[1]]
            nested = orders[base] > 0
            if alone:
                derivative, size = _derivative(graph, output, variable, order, nested=nested)
            else:
                derivative, size = repeated(graph, output, variable, order, columns, nested=nested)[-1], len(graph)
            left -= size
            nodes.append(derivative)
            label = write(old, node, limit=_LABEL)
            if derivative >= count and STAND_IN not in label:  # not one that the program has anyway
                labels[derivative] = label
        elif operation == LET:
            body, *pairs = [nodes[operand] for operand in operands]
            inside = sorted(cone(graph, [body]))
            left -= len(inside)
            nodes.append(_replace(graph, graph, inside, dict(zip(pairs[::2], pairs[1::2], strict=True)))[body])
        else:
            nodes.append(graph.like(old, node, [nodes[operand] for operand in operands]))
        if left < 0:
            message = (
                f"the derivatives of diff and the calls of functions with diff have more than {effort:,} nodes together"
            )
            raise LimitError(message, source=model.source, span=graph.span)
    whole = Graph()  # without the bodies over stand-ins
    kept = _replace(graph, whole, range(len(graph)), {})
    return model._replace(
        graph=whole,
        output=kept[nodes[model.output]],
        intermediates={name: kept[nodes[node]] for name, node in model.intermediates.items()},
        labels={kept[node]: label for node, label in labels.items() if node in kept},
        response=None if model.response is None else kept[nodes[model.response]],
    )


def _derivative(graph: Graph, output: int, variable: int, order: int, *, nested: bool) -> tuple[int, int]:
    """The node of a derivative, and how many nodes were worked on. It is derived in a copy of the expression alone,
    without the other nodes that the program has before it."""
    part = Graph()
    part.limit = graph.limit
    inside = copied(graph, part, [output, variable])
    part.span = graph.span
    derivative = repeated(part, inside[output], inside[variable], order, nested=nested)[-1]
    return copied(part, graph, [derivative])[derivative], len(part)


def _replace(old: Graph, new: Graph, nodes: Iterable[int], values: Mapping[int, int]) -> dict[int, int]:
    """Copy nodes, in order, to another graph or to the same, where `values` replaces some of them: the new node of
    each. Nodes that depend on a stand-in without a value are left out."""
    found = dict(values)
    for node in nodes:
        leaf = old.leaves.get(node)
        if node in found or (isinstance(leaf, str) and STAND_IN in leaf):
            continue
        operands = [found.get(operand, -1) for operand in old.operands[node]]
        if -1 in operands:
            continue
        if old is not new:
            new.span = old.source_span(node)
        found[node] = new.like(old, node, operands)
    return found


def _innermost(graph: Graph, node: int) -> tuple[int, int]:
    """The expression that a `diff` of `diff`s with respect to the same variable differentiates, and how often."""
    variable, order = graph.operands[node][1], 0
    while graph.operations[node] == DIFF and graph.operands[node][1] == variable:
        order += _order(graph, node)
        node = graph.operands[node][0]
    return node, order


def _order(graph: Graph, node: int) -> int:
    """How often a `diff` differentiates."""
    operands = graph.operands[node]
    return int(graph.number(operands[2]) or 0) if len(operands) == 3 else 1


def _checked_orders(model: Model) -> list[int]:
    """How often each node is differentiated, with all the `diff`s in it. Raises LimitError, with its place, for the
    first `diff` that is beyond MAX_ORDER."""
    graph = model.graph
    found: list[int] = []
    for node, operands in enumerate(graph.operands):
        found.append(max((found[operand] for operand in operands), default=0))
        if graph.operations[node] == DIFF:
            found[node] += _order(graph, node)
            check_order(found[node], model.source, graph.source_span(node))
    return found
