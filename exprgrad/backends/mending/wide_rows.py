"""Columns of a graph on wide numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exprgrad.functions.numerics.far import Wide, rounded, wide
from exprgrad.functions.wide import WIDE
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import reach


def wide_rows(
    graph: Graph, wanted: Sequence[int], numbers: Mapping[int, float], inputs: Mapping[str, Sequence[float]]
) -> list[list[float]]:
    """The wanted columns, from those of the inputs. `numbers` has the other nodes that they use."""
    fixed: dict[int, Wide] = {}
    values: dict[int, list[Wide]] = {}
    size = len(next(iter(inputs.values())))
    for node in sorted(reach(wanted, lambda node: () if node in numbers else graph.operands[node])):
        name = graph.name(node)
        if node in numbers:
            fixed[node] = wide(numbers[node])
        elif name is not None:
            values[node] = list(map(wide, inputs[name]))
        else:
            operands = [values[k] if k in values else [fixed[k]] * size for k in graph.operands[node]]
            values[node] = list(map(WIDE.operation(graph.operations[node]), *operands))
    return [list(map(rounded, values[node])) for node in wanted]
