"""What can be reached in a graph: which nodes some nodes are computed from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from exprgrad.graph.graph import Graph


def reach(starts: Iterable[int], following: Callable[[int], Iterable[int]]) -> set[int]:
    """The nodes to come to from these, and these, where one goes from each node to those that follow it."""
    found = set(starts)
    stack = list(found)
    while stack:
        for node in following(stack.pop()):
            if node not in found:
                found.add(node)
                stack.append(node)
    return found


def cone(graph: Graph, nodes: Iterable[int]) -> set[int]:
    """The nodes that these are computed from, and these. Takes time only for what it finds."""
    return reach(nodes, graph.operands.__getitem__)


def needed(graph: Graph, nodes: Iterable[int], operands: Callable[[int], Iterable[int]] | None = None) -> list[int]:
    """The same in order, and quicker where that is most of the graph. `operands` may leave out some of a node's."""
    own = graph.operands.__getitem__ if operands is None else operands
    found = bytearray(len(graph))
    for node in nodes:
        found[node] = 1
    for node in range(len(graph) - 1, -1, -1):
        if found[node]:
            for operand in own(node):
                found[operand] = 1
    return [node for node, there in enumerate(found) if there]


def copied(old: Graph, new: Graph, nodes: Sequence[int]) -> dict[int, int]:
    """Nodes and what they are computed from, in another graph: where each is there."""
    span, found = new.span, dict[int, int]()
    for node in sorted(cone(old, nodes)):
        new.span = old.source_span(node)
        found[node] = new.like(old, node, [found[operand] for operand in old.operands[node]])
    new.span = span
    return found
