"""Where a nan or an infinity came from: the first operation that made it out of ordinary numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite, isnan

from exprgrad.autodiff.reverse import Edges, Flow, adjoints
from exprgrad.errors import report
from exprgrad.functions.floats import FLOATS, float_rule
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import needed, reach
from exprgrad.notation.infix import write
from exprgrad.text.numbers import format_number
from exprgrad.text.source import SourceText

_NAME = 40
"""Characters of an expression that a note quotes at the most; the caret shows the rest."""


def explain(
    source: SourceText,
    graph: Graph,
    output: int,
    values: Sequence[float],
    wrt: Iterable[int],
    edges: Edges[float] | None = None,
) -> str | None:
    """A note on the first operation that lost the value, or a derivative with respect to `wrt`: one that is nan or
    infinite. None if nothing was lost.

    `values` are those of all nodes. `edges` may say what a node depends on, as in `autodiff.reverse`.
    """
    flows: list[Flow[float]] = []
    culprit = _forward(graph, [output], values)
    if culprit is None:
        flows = _backward(graph, output, values, wrt, edges)
        # The forward pass may have lost a number on which the value does not depend, but a partial does.
        used = [node for flow in flows for node in (*graph.operands[flow.node], flow.node)]
        culprit = _forward(graph, used, values)
    if culprit is not None:
        if graph.operations[culprit] == "no_formula":
            inner, number = graph.operands[culprit]
            position = values[number]
            if position in range(len(graph.operands[inner])):  # not so where a formula has the helper itself
                return _without_formula(source, graph, inner, int(position))
        return note(source, graph, culprit, values, kind(values[culprit]))
    if not flows:
        return None
    if FUNCTIONS[graph.operations[flows[0].node]].partials[flows[0].position] == "nan":
        return _without_formula(source, graph, flows[0].node, flows[0].position)
    return note(source, graph, flows[0].node, values, kind(flows[0].total), "the derivative of ")


def kinks(graph: Graph, output: int, values: Sequence[float]) -> list[int]:
    """The nodes at a kink, among those that the output depends on. At a kink the derivative does not exist, and a
    convention says what it is."""
    found = []
    for node in live(graph, output, values):
        function = FUNCTIONS.get(graph.operations[node])
        if function is not None and function.kink and _holds(function.kink, graph, node, values):
            found.append(node)
    return found


def describe_kinks(source: SourceText, graph: Graph, nodes: list[int], values: Sequence[float]) -> list[str]:
    """A note for each of these nodes: the convention, and the node's place in the text."""
    return [note(source, graph, node, values, f"has no derivative ({convention(graph, node)})") for node in nodes]


def convention(graph: Graph, node: int, names: Mapping[int, str] | None = None) -> str:
    """What the derivative at a node's kink is, such as `0 at the jump a = b`: with the operands as they are written,
    where they are short, and with the names in the function table otherwise."""
    function = FUNCTIONS[graph.operations[node]]
    texts = [write(graph, operand, names, limit=_NAME) for operand in graph.operands[node]]
    if any(text.endswith("…") for text in texts):
        return function.convention
    own = dict(zip(function.operands, texts, strict=True))
    return re.sub(r"\w+", lambda word: own.get(word[0], word[0]), function.convention)


def _forward(graph: Graph, ends: Sequence[int], values: Sequence[float]) -> int | None:
    """The first operation that lost one of these ends: it is not finite, but its operands are. If there is none, it is
    the first that is nan without an operand that is nan."""
    nodes = _lost(graph, ends, values)
    for fine in (isfinite, lambda value: not isnan(value)):
        for node in nodes:
            if all(fine(values[operand]) for operand in graph.operands[node]) and not fine(values[node]):
                return node
    return None


def _lost(graph: Graph, ends: Sequence[int], values: Sequence[float]) -> list[int]:
    """The operations through which one of the ends was lost: each is not finite and is an operand of the next. Where a
    nan has both nan and infinite operands, only the nan ones are followed."""

    def causes(node: int) -> list[int]:
        operands = [operand for operand in _live_operands(graph, node, values) if not isfinite(values[operand])]
        nans = [operand for operand in operands if isnan(values[operand])] if isnan(values[node]) else []
        return nans or operands

    found = reach([node for node in ends if not isfinite(values[node])], causes)
    return sorted(node for node in found if graph.operands[node])


def live(graph: Graph, output: int, values: Sequence[float]) -> list[int]:
    """The nodes that the output's value depends on, in order. Branches that are not taken are left out."""
    return needed(graph, [output], lambda node: _live_operands(graph, node, values))


def _live_operands(graph: Graph, node: int, values: Sequence[float]) -> list[int]:
    """The operands that a node's value depends on: those whose gates are open."""
    operands = graph.operands[node]
    gates = FUNCTIONS[graph.operations[node]].gates if operands else ()
    if not gates:
        return list(operands)
    return [operand for k, operand in enumerate(operands) if not gates[k] or _holds(gates[k], graph, node, values)]


def _holds(condition: str, graph: Graph, node: int, values: Sequence[float]) -> bool:
    """Whether a condition of the function table holds at a node."""
    names = (*FUNCTIONS[graph.operations[node]].operands, "out")
    scope = [*[values[operand] for operand in graph.operands[node]], values[node]]
    return bool(float_rule(condition, names)(scope))


def _backward(
    graph: Graph, output: int, values: Sequence[float], wrt: Iterable[int], edges: Edges[float] | None
) -> list[Flow[float]]:
    """The steps of the reverse pass that lost an adjoint, in its order: from a finite adjoint each made one that is
    not."""
    found: list[Flow[float]] = []

    def watch(flow: Flow[float]) -> None:
        if isfinite(flow.adjoint) and not isfinite(flow.total):
            found.append(flow)

    adjoints(graph, output, values, FLOATS, wrt, edges, watch)
    return found


def kind(value: float) -> str:
    """What a number is that is not finite, in words."""
    return "is nan" if isnan(value) else "is infinite" if value > 0 else "is minus infinity"


def note(
    source: SourceText, graph: Graph, node: int, values: Sequence[float], what: str, of: str = "", then: str = ""
) -> str:
    """A note such as `log(x) is nan at x = -1`, with the node's place in the text. `of` is what stands before the
    expression, such as "the derivative of "; `then` is what follows.
    """
    expression = of + write(graph, node, limit=_NAME)
    texts = {operand: write(graph, operand, limit=_NAME) for operand in graph.operands[node]}
    numbers = {operand: format_number(values[operand]) for operand in texts}
    inputs = [f"{text} = {numbers[operand]}" for operand, text in texts.items() if text != numbers[operand]]
    at = f" at {', '.join(inputs)}" if inputs else ""
    return placed(f"{expression} {what}{at}{then}", source, graph, node)


def _without_formula(source: SourceText, graph: Graph, node: int, position: int) -> str:
    """A note on a derivative of which the table has no formula."""
    function, variable = (write(graph, k, limit=_NAME) for k in (node, graph.operands[node][position]))
    what = f"the derivative of {function} with respect to {variable} is nan: there is no formula of it"
    return placed(what, source, graph, node)


def placed(message: str, source: SourceText, graph: Graph, node: int) -> str:
    """A message with a node's place in the text, where it has one."""
    span = graph.source_span(node)
    return report(message, source, span if span.end > span.start else None)
