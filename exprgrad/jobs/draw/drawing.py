"""From a lowered program to the drawing of its graph, with the numbers of both passes where they are known."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from exprgrad.autodiff.reverse import active, adjoint_at
from exprgrad.backends import interpreter
from exprgrad.binding import Inputs
from exprgrad.graph.graph import CONSTANT, INPUT
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import needed
from exprgrad.jobs.draw.result import DIGITS, Drawing, DrawnEdge, DrawnNode, DrawnStep
from exprgrad.notation.infix import write
from exprgrad.tracing.blackboard import backward_text, forward_text
from exprgrad.tracing.names import Names
from exprgrad.tracing.trace import trace

_EXPRESSION = 400
"""The most characters of the expression that stands over a drawing."""


def draw(
    model: Model, inputs: Inputs, *, wrt: Collection[str] = (), steps: bool = True, digits: int = DIGITS
) -> Drawing:
    """The nodes that the result and the named values depend on; with numbers, where every variable has one number, and
    with the derivatives on the way to the variables and named values in `wrt`, by default to all.

    With `steps`, the drawing has both passes with their rules, as `tracing` gives them.
    """
    bindings = inputs.numbers if all(name in inputs.numbers for name in model.graph.inputs()) else None
    names = Names(model)
    shown = _used(model)
    index = {node: k for k, node in enumerate(shown)}
    edges = [(operand, node) for node in shown for operand in model.graph.operands[node]]
    nodes, told = _nodes(model, names, shown, bindings, wrt), list[DrawnStep]()
    rules: dict[int, tuple[str, float | None]] = {}
    if bindings is not None and steps:
        told, rules = _steps(model, bindings, wrt, {names.of(node): index[node] for node in shown}, names, edges)
    return Drawing(
        expression=_written(model),
        result=names.result,
        nodes=tuple(nodes),
        edges=tuple(
            DrawnEdge(index[operand], index[node], *rules.get(k, ("", None))) for k, (operand, node) in enumerate(edges)
        ),
        steps=tuple(told),
        digits=digits,
    )


def _written(model: Model) -> str:
    """The program as it was written, where that is a line; else the expression."""
    text = model.source.text.strip()
    if text and len(text) <= _EXPRESSION and text.isprintable():
        return text
    return write(model.graph, model.output, model.labels, limit=_EXPRESSION)


def _used(model: Model) -> list[int]:
    """The nodes that the result and the named values depend on, in order."""
    return needed(model.graph, (model.output, *model.intermediates.values()))


def _nodes(
    model: Model, names: Names, shown: list[int], bindings: Mapping[str, float] | None, wrt: Collection[str]
) -> list[DrawnNode]:
    graph, kinds = model.graph, {CONSTANT: "constant", INPUT: "input"}
    values = None if bindings is None else interpreter.evaluate(graph, bindings)
    chosen = {name: node for name, node in (*graph.inputs().items(), *model.intermediates.items()) if name in wrt}
    reached = active(graph, model.output, chosen.values())
    wanted = {node for node in shown if graph.operations[node] != CONSTANT and (not wrt or reached[node])}
    adjoints = None if values is None else interpreter.gradient(graph, model.output, values, wanted)
    nodes = []
    for node in shown:
        operation = graph.operations[node]
        kind = "result" if node == model.output else kinds.get(operation, "operation")
        value = None if values is None else values[node]
        adjoint = None if adjoints is None or node not in wanted else adjoint_at(adjoints, node, 0.0)
        nodes.append(DrawnNode(names.of(node), names.operation(node), kind, value, adjoint, model.labels.get(node, "")))
    return nodes


def _steps(
    model: Model,
    bindings: Mapping[str, float],
    wrt: Collection[str],
    index: Mapping[str, int],
    names: Names,
    edges: list[tuple[int, int]],
) -> tuple[list[DrawnStep], dict[int, tuple[str, float | None]]]:
    """The steps of both passes; and for each edge, by its place in `edges`, the rule and the partial."""
    found = trace(model, bindings, wrt)
    index = dict(index) | {alias: index[names.of(node)] for alias, node in names.aliases.items()}
    told = [
        DrawnStep(forward_text(step), index[step.name], None, step.value, False, step.note)
        for step in found.forward
        if step.name in index
    ]
    places: dict[tuple[str, str], list[int]] = {}
    for k, (operand, node) in enumerate(edges):
        places.setdefault((names.of(node), names.of(operand)), []).append(k)
    rules: dict[int, tuple[str, float | None]] = {}
    for step in found.backward:
        edge = None
        if step.node != step.operand:
            edge = places[step.node, step.operand].pop(0)
            rules[edge] = step.rule, step.partial
        text = backward_text(found.result, step)
        told.append(DrawnStep(text, index[step.operand], edge, step.total, True, step.note))
    return told, rules
