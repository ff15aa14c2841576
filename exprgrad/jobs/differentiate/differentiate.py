"""The derivatives of a model as expressions, simplified after each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exprgrad.autodiff.derivative import check_order, derivative_limit, derivatives
from exprgrad.autodiff.reverse import active
from exprgrad.binding import no_variable
from exprgrad.errors import LimitError
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model
from exprgrad.graph.patterns import careful
from exprgrad.graph.reach import copied, needed
from exprgrad.jobs.differentiate.result import Derivatives, Formula
from exprgrad.notation.infix import write_program
from exprgrad.simplify.simplify import simplify

LARGEST = 200_000
"""Nodes of derivatives that are simplified to be written."""

_INSTEAD = "eval gives their numbers"

LONG = 20_000
"""Nodes of simplified derivatives that are not simplified once more, which finds what came to stand together."""


def differentiate(
    model: Model, bindings: Mapping[str, float], wrt: Sequence[str] = (), *, order: int = 1, hessian: bool = False
) -> Derivatives:
    """The derivatives with respect to each variable in `wrt` (all that are unbound by default; else all), simplified,
    with the bindings put in. With `hessian`, those of second order with respect to each pair.

    Raises UsageError for a name that is no variable, LimitError for an order beyond MAX_ORDER.
    """
    check_order(order)
    inputs = model.graph.inputs()
    for name in wrt:
        if name not in inputs:
            what = f"cannot differentiate with respect to {name}: the expression has no such variable"
            raise no_variable(what, name, inputs, model.rename(name))
    names = list(dict.fromkeys(wrt)) or [name for name in inputs if name not in bindings] or list(inputs)
    keys = [(x, y) for x in names for y in names] if hessian else [(name,) * order for name in names]
    new, nodes = in_turn(model, keys, bindings)
    formulas = [Formula(new, node) for node in nodes]
    expression = write_program(model.graph, model.output, model.labels)
    return Derivatives(expression, dict(zip(keys, formulas, strict=True)))


def repeatedly(model: Model, variable: str, order: int) -> tuple[Graph, int]:
    """The derivative of some order with respect to one variable, in a graph of its own, simplified. Raises
    LimitError beyond MAX_ORDER."""
    check_order(order)
    graph, (output,) = in_turn(model, [(variable,) * order], {})
    return graph, output


def in_turn(model: Model, keys: Sequence[tuple[str, ...]], bindings: Mapping[str, float]) -> tuple[Graph, list[int]]:
    """The derivatives with respect to the variables of each key, in a graph of their own; simplified after each step,
    so that those of high order stay as short as they can. Raises LimitError beyond MAX_ORDER."""
    order = max(map(len, keys), default=0)
    check_order(order)
    graph, places = careful(model.graph)
    graph = graph.copy()
    found: dict[tuple[str, ...], int] = {(): places[model.output]}
    limit = min(derivative_limit(len(model.graph)), len(model.graph) + 3 * LARGEST)
    for step in range(order):
        wanted = list(dict.fromkeys(key[: step + 1] for key in keys if len(key) > step))
        if len(graph) > LARGEST:
            _check_factors(graph, list(found.values()), [graph.input(key[-1]) for key in wanted])
        graph.limit = limit
        derived = []
        for *before, last in wanted:
            variable = graph.input(last)
            derived += derivatives(graph, found[tuple(before)], [variable])
        if len(graph) > LARGEST:
            graph, derived = _needed(graph, derived)
        graph, derived = simplify(graph, derived, {}, last=False)
        found = dict(zip(wanted, derived, strict=True))
    ends = [found[key] for key in keys]
    return (graph, ends) if len(graph) > LONG and not bindings else simplify(graph, ends, bindings)


def _check_factors(graph: Graph, outputs: Sequence[int], wrt: Sequence[int]) -> None:
    """Raise LimitError where derivatives would have more factors than can be simplified. Each function of one operand
    that they go through gives a factor of its own: so much is known before they are made."""
    reached = active(graph, len(graph) - 1, wrt)
    through = [
        FUNCTIONS[graph.operations[node]] for node in needed(graph, outputs) if reached[node] and graph.operands[node]
    ]
    factors = sum(not (row.operands[1:] or row.flat or row.name == "neg") for row in through)
    if factors > LARGEST:
        raise LimitError(f"derivatives through {factors:,} functions: the limit is {LARGEST:,}", hint=_INSTEAD)


def _needed(graph: Graph, nodes: list[int]) -> tuple[Graph, list[int]]:
    """The nodes in a graph without what they do not need. Raises LimitError where it is still too large."""
    new = Graph()
    places = copied(graph, new, nodes)
    if len(new) > LARGEST:
        message = f"derivatives of {len(new):,} nodes: the limit of what is simplified is {LARGEST:,}"
        raise LimitError(message, hint=_INSTEAD)
    return new, [places[node] for node in nodes]
