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
    """A note on the first operation that made the value or a derivative with respect to `wrt` non-finite, if any did.

    `edges` may say on what a node depends, as in `autodiff.reverse`.
    """
    flows: list[Flow[float]] = []
    culprit = _forward(graph, [output], values)
    if culprit is None:
        flows = _backward(graph, output, values, wrt, edges)
        used = [node for flow in flows for node in (*graph.operands[flow.node], flow.node)]
        culprit = _forward(graph, used, values)  # a number that was lost on the way up may first matter on the way down
    if culprit is not None:
        return _note(source, graph, culprit, values, _kind(values[culprit]))
    if not flows:
        return None
    return _note(source, graph, flows[0].node, values, _kind(flows[0].total), "the derivative of ")


def kinks(graph: Graph, output: int, values: Sequence[float]) -> list[int]:
    """The nodes that the output depends on and that stand at a kink: a place where the derivative
    does not exist and a convention gives it."""
    found = []
    for node in live(graph, output, values):
        function = FUNCTIONS.get(graph.operations[node])
        if function is not None and function.kink and _holds(function.kink, graph, node, values):
            found.append(node)
    return found


def describe_kinks(source: SourceText, graph: Graph, nodes: list[int], values: Sequence[float]) -> list[str]:
    """A note for each of these nodes: the convention, and its place."""
    return [_note(source, graph, node, values, f"has no derivative ({convention(graph, node)})") for node in nodes]


def convention(graph: Graph, node: int, names: Mapping[int, str] | None = None) -> str:
    """What the derivative at a node's kink is, in terms of its operands where they are short: `0 at the jump a = b`."""
    function = FUNCTIONS[graph.operations[node]]
    texts = [write(graph, operand, names, limit=_NAME) for operand in graph.operands[node]]
    if any(text.endswith("…") for text in texts):
        return function.convention
    own = dict(zip(function.operands, texts, strict=True))
    return re.sub(r"\w+", lambda word: own.get(word[0], word[0]), function.convention)


def _forward(graph: Graph, ends: Sequence[int], values: Sequence[float]) -> int | None:
    """The first node that made one of these what it is and is not finite though its operands are; failing
    that, the first that is nan though none of them is."""
    nodes = _lost(graph, ends, values)
    for fine in (isfinite, lambda value: not isnan(value)):
        for node in nodes:
            if all(fine(values[operand]) for operand in graph.operands[node]) and not fine(values[node]):
                return node
    return None


def _lost(graph: Graph, ends: Sequence[int], values: Sequence[float]) -> list[int]:
    """The operations that are not finite and lead to one of the ends, each an operand of the next; for a nan no
    infinity counts where another nan does."""

    def causes(node: int) -> list[int]:
        operands = [operand for operand in _live_operands(graph, node, values) if not isfinite(values[operand])]
        nans = [operand for operand in operands if isnan(values[operand])] if isnan(values[node]) else []
        return nans or operands

    found = reach([node for node in ends if not isfinite(values[node])], causes)
    return sorted(node for node in found if graph.operands[node])


def live(graph: Graph, output: int, values: Sequence[float]) -> list[int]:
    """The nodes on which the output's value depends, in order: branches not taken are left out."""
    return needed(graph, [output], lambda node: _live_operands(graph, node, values))


def _live_operands(graph: Graph, node: int, values: Sequence[float]) -> list[int]:
    """The operands on which a node's value depends."""
    operands = graph.operands[node]
    gates = FUNCTIONS[graph.operations[node]].gates if operands else ()
    if not gates:
        return list(operands)
    pairs = zip(operands, gates, strict=True)
    return [operand for operand, gate in pairs if not gate or _holds(gate, graph, node, values)]


def _holds(condition: str, graph: Graph, node: int, values: Sequence[float]) -> bool:
    """Whether a condition of the function table holds at a node."""
    names = (*FUNCTIONS[graph.operations[node]].operands, "out")
    scope = [*[values[operand] for operand in graph.operands[node]], values[node]]
    return bool(float_rule(condition, names)(scope))


def _backward(
    graph: Graph, output: int, values: Sequence[float], wrt: Iterable[int], edges: Edges[float] | None
) -> list[Flow[float]]:
    """Where adjoints were lost, from the output back: an adjoint that was finite brought one that is not."""
    found: list[Flow[float]] = []

    def watch(flow: Flow[float]) -> None:
        if isfinite(flow.adjoint) and not isfinite(flow.total):
            found.append(flow)

    adjoints(graph, output, values, FLOATS, wrt, edges, watch)
    return found


def _kind(value: float) -> str:
    return "is nan" if isnan(value) else "is infinite" if value > 0 else "is minus infinity"


def _note(source: SourceText, graph: Graph, node: int, values: Sequence[float], kind: str, of: str = "") -> str:
    """`log(x) is nan at x = -1`, with the place; `of` says what of it is."""
    what = of + write(graph, node, limit=_NAME)
    texts = {operand: write(graph, operand, limit=_NAME) for operand in graph.operands[node]}
    numbers = {operand: format_number(values[operand]) for operand in texts}
    inputs = [f"{text} = {numbers[operand]}" for operand, text in texts.items() if text != numbers[operand]]
    at = f" at {', '.join(inputs)}" if inputs else ""
    span = graph.source_span(node)
    return report(f"{what} {kind}{at}", source, span if span.end > span.start else None)
