"""Where a model jumps: what moves such a place changes the model, though no derivative says so."""

from __future__ import annotations

from collections.abc import Sequence

from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import cone, needed

_OPERANDS = {
    name: [k for k, partial in enumerate(row.partials) if k in row.jumps or (row.flat and partial == "0")]
    for name, row in FUNCTIONS.items()
}
"""The operands at some values of which a function jumps."""


def jumping(graph: Graph, output: int, inputs: Sequence[int]) -> tuple[bool, ...]:
    """Which inputs of a formula move places where it jumps."""
    operands = {
        graph.operands[node][k]
        for node in needed(graph, [output])
        for k in _OPERANDS.get(graph.operations[node], ())
        if k < len(graph.operands[node])
    }
    moved = set(cone(graph, sorted(operands))) if operands else set()
    return tuple(node in moved for node in inputs)
