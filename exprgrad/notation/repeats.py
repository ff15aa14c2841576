"""The parts of a long formula that repeat, written once under a name: its text grows with the graph, and not with the
number of paths through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from exprgrad.graph.graph import Graph

_REPEATED = 12
"""Characters from which a repeated part is worth a name."""


def with_names(
    graph: Graph,
    root: int,
    names: Mapping[int, str],
    write: Callable[[int, Mapping[int, str]], str],
    define: Callable[[str, str], str],
) -> list[str]:
    """The definitions of the parts that repeat, then the formula of the root. `names` are given already; `write` writes
    a node, with names for others, and `define` writes a definition."""
    uses, named = _uses(graph, root), dict(names)
    lengths = [0] * (root + 1)
    lines: list[str] = []
    for node in range(root):
        operands = graph.operands[node]
        if not uses[node] or not operands:
            continue
        length = len(graph.operations[node]) + 2 * len(operands)
        for operand in operands:
            length += lengths[operand]
        lengths[node] = length
        if uses[node] > 1 and length >= _REPEATED and node not in named:
            name = _fresh(graph, len(lines) + 1)
            lines.append(define(name, write(node, named)))
            named[node] = name
            lengths[node] = len(name)
    return [*lines, write(root, named)]


def _uses(graph: Graph, root: int) -> list[int]:
    """How many operands each node is, among the nodes that the root depends on."""
    uses = [0] * (root + 1)
    uses[root] = 1
    for node in range(root, -1, -1):
        if uses[node]:
            for operand in graph.operands[node]:
                uses[operand] += 1
    return uses


def _fresh(graph: Graph, number: int) -> str:
    name = f"t{number}"
    while graph.has_input(name):
        name += "_"
    return name
