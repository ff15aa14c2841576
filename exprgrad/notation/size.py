"""How long a formula is: what is written without names for the parts that repeat can be endless."""

from __future__ import annotations

from exprgrad.graph.graph import Graph


def size(graph: Graph, root: int) -> int:
    """Symbols of the formula of a node, repeated parts counted as often as they stand there."""
    sizes: list[int] = []
    for operands in graph.operands[: root + 1]:
        sizes.append(1 + sum(sizes[operand] for operand in operands))
    return sizes[root]
