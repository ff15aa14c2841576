"""How long a formula is: what is written without names for the parts that repeat can be endless."""

from __future__ import annotations

from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model

TYPESET = 1_000
"""Up to so many symbols, a formula is typeset for people."""


COUNTED = 10**15
"""Symbols up to which they are counted: their number can double from one node to the next."""


def size(graph: Graph, root: int) -> int:
    """Symbols of the formula of a node, repeated parts counted as often as they stand there; COUNTED where there are
    so many or more."""
    sizes: list[int] = []
    for operands in graph.operands[: root + 1]:
        sizes.append(min(1 + sum(sizes[operand] for operand in operands), COUNTED))
    return sizes[root]


def sides_to_typeset(model: Model) -> list[int]:
    """The nodes of a program that are typeset: the result, of a formula both sides; none where they are too long."""
    sides = [model.output] if model.response is None else [model.response, model.output]
    return sides if sum(size(model.graph, side) for side in sides) <= TYPESET else []
