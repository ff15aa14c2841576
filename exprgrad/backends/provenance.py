"""Where a nan or an infinity came from: the first operation that made it out of ordinary numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isfinite, isnan

from exprgrad.errors import Source, report
from exprgrad.functions.floats import float_rule
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.infix import format_number, write

_NAME = 40
"""Characters of an expression that a note quotes at the most; the caret shows the rest."""


def explain(
    source: Source, graph: Graph, output: int, values: Sequence[float], adjoints: Sequence[float | None]
) -> str | None:
    """A note on the first operation that made the value or a derivative non-finite; None if none did."""
    culprit = _forward(graph, output, values)
    if culprit is not None:
        return _note(source, graph, culprit, values, _kind(values[culprit]))
    culprit = _backward(graph, output, adjoints)
    if culprit is not None:
        operand = next(o for o in graph.operands[culprit] if _lost(adjoints[o]))
        return _note(source, graph, culprit, values, _kind(adjoints[operand] or 0.0), "the derivative of ")
    return None


def kinks(graph: Graph, output: int, values: Sequence[float]) -> list[int]:
    """The nodes that the output depends on and that stand at a kink: a place where the derivative
    does not exist and a convention gives it."""
    found = []
    for node in live(graph, output, values):
        function = FUNCTIONS.get(graph.operations[node])
        if function is not None and function.kink and _holds(function.kink, graph, node, values):
            found.append(node)
    return found


def describe_kinks(source: Source, graph: Graph, nodes: list[int], values: Sequence[float]) -> list[str]:
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


def _forward(graph: Graph, output: int, values: Sequence[float]) -> int | None:
    """The first node that matters to the output and is not finite though its operands are; failing
    that, the first that is nan though none of them is."""
    if isfinite(values[output]):
        return None
    nodes = [node for node in live(graph, output, values) if graph.operands[node] and not isfinite(values[node])]
    for fine in (isfinite, lambda value: not isnan(value)):
        for node in nodes:
            if all(fine(values[operand]) for operand in graph.operands[node]) and not fine(values[node]):
                return node
    return None


def live(graph: Graph, output: int, values: Sequence[float]) -> list[int]:
    """The nodes on which the output's value depends, in order: branches not taken are left out."""
    live = bytearray(output + 1)
    live[output] = 1
    for node in range(output, -1, -1):
        operands = graph.operands[node]
        if not live[node] or not operands:
            continue
        function = FUNCTIONS[graph.operations[node]]
        for index, operand in enumerate(operands):
            gate = function.gates[index] if function.gates else ""
            if not gate or _holds(gate, graph, node, values):
                live[operand] = 1
    return [node for node in range(output + 1) if live[node]]


def _holds(condition: str, graph: Graph, node: int, values: Sequence[float]) -> bool:
    """Whether a condition of the function table holds at a node."""
    names = (*FUNCTIONS[graph.operations[node]].operands, "out")
    scope = [*[values[operand] for operand in graph.operands[node]], values[node]]
    return bool(float_rule(condition, names)(scope))


def _backward(graph: Graph, output: int, adjoints: Sequence[float | None]) -> int | None:
    """The first node, from the output back, whose own adjoint is finite and an operand's is not."""
    for node in range(output, -1, -1):
        adjoint = adjoints[node]
        if adjoint is not None and isfinite(adjoint) and any(_lost(adjoints[o]) for o in graph.operands[node]):
            return node
    return None


def _lost(adjoint: float | None) -> bool:
    return adjoint is not None and not isfinite(adjoint)


def _kind(value: float) -> str:
    return "is nan" if isnan(value) else "is infinite" if value > 0 else "is minus infinity"


def _note(source: Source, graph: Graph, node: int, values: Sequence[float], kind: str, of: str = "") -> str:
    """`log(x) is nan at x = -1`, with the place; `of` says what of it is."""
    what = of + write(graph, node, limit=_NAME)
    texts = {operand: write(graph, operand, limit=_NAME) for operand in graph.operands[node]}
    numbers = {operand: format_number(values[operand]) for operand in texts}
    inputs = [f"{text} = {numbers[operand]}" for operand, text in texts.items() if text != numbers[operand]]
    at = f" at {', '.join(inputs)}" if inputs else ""
    span = graph.source_span(node)
    return report(f"{what} {kind}{at}", source, span if span.end > span.start else None)
