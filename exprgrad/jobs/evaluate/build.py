"""The result of an evaluation, built from what was found for its nodes: numbers, texts or columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from exprgrad.columns.values import Value
from exprgrad.graph.lower import Model
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.result import Evaluation, Row
from exprgrad.notation.infix import write, write_program

Labelled = tuple[str, int]
"""The name of a row, and its node."""

_LABEL = 200
"""Characters after which the expression that labels a row is cut."""


class Found(NamedTuple):
    """What was computed for the nodes."""

    values: Mapping[int, Value] | Sequence[Value]
    gradient: Mapping[int, Value]
    """d result / d node, for the nodes that get a row."""
    tangents: Mapping[int, Value]
    """d node / d t along the direction that is asked for; empty where none is."""
    higher: Mapping[tuple[str, ...], Value]
    """The derivatives of higher order, each under its variables: ("x", "y") is d/dy of d/dx."""
    notes: tuple[str, ...] = ()


def build(
    model: Model,
    request: Request,
    found: Found,
    named: Sequence[Labelled],
    every: Sequence[Labelled],
    variables: Sequence[str],
    bound: Mapping[str, int],
    unbound: tuple[str, ...] = (),
) -> Evaluation:
    """The result. Its rows are those of `named`; where all nodes are asked for, it has those of `every` as well.

    `variables` are those that derivatives of higher order are taken with respect to, `bound` the nodes of those that
    have values. Where some variables are `unbound`, every value is a text.
    """
    graph, output = model.graph, model.output

    def row(label: str, node: int) -> Row:
        return Row(label, found.values[node], found.gradient[node], found.tangents.get(node))

    label = model.name or label_of(model, output)
    kept, kept_nodes = ([pair for pair in pairs if pair != (label, output)] for pairs in (named, every))
    result = Row(label, found.values[output], "1" if unbound else 1.0, found.tangents.get(output))
    orders = range(2, request.order + 1)
    return Evaluation(
        expression=write_program(graph, output, model.labels),
        gradient={name: found.gradient[node] for name, node in named if graph.has_input(name)},
        rows=(*(row(name, node) for name, node in kept), result),
        nodes=(*(row(name, node) for name, node in kept_nodes), result) if request.all_nodes else (),
        unbound=unbound,
        higher={x: tuple(found.higher[(x,) * k] for k in orders) for x in variables} if orders else {},
        hessian={x: {y: found.higher[x, y] for y in variables} for x in variables} if request.hessian else {},
        variables={name: found.values[node] for name, node in bound.items()},
        notes=found.notes,
    )


def names_of(model: Model, wrt: Collection[str] = ()) -> list[Labelled]:
    """The variables, then the named values; if `wrt` has names, these alone. The result is left out: its row comes
    last."""
    named = [(name, node) for name, node in model.intermediates.items() if name != model.name]
    return [(name, node) for name, node in (*model.graph.inputs().items(), *named) if not wrt or name in wrt]


def label_of(model: Model, node: int) -> str:
    """The expression of a node; a long one is cut."""
    return write(model.graph, node, model.labels, limit=_LABEL)
