"""The forward pass: values of nodes, in any arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from exprgrad.functions.arithmetic import Arithmetic
from exprgrad.graph.graph import CONSTANT, INPUT, Graph

T = TypeVar("T")


def forward(graph: Graph, arithmetic: Arithmetic[T], inputs: Mapping[str, T]) -> list[T]:
    """The values of all nodes, in their order. Raises KeyError for an input without a value."""
    operation = {
        name: arithmetic.operation(name) for name in dict.fromkeys(graph.operations) if name not in (CONSTANT, INPUT)
    }
    values: list[T] = []
    append = values.append
    for name, operands in zip(graph.operations, graph.operands, strict=True):
        if len(operands) == 2:
            left, right = operands
            append(operation[name](values[left], values[right]))
        elif operands:
            append(operation[name](*[values[operand] for operand in operands]))
        else:
            leaf = graph.leaves[len(values)]
            append(inputs[leaf] if isinstance(leaf, str) else arithmetic.constant(leaf))
    return values


def compute(
    graph: Graph, nodes: Iterable[int], values: dict[int, T], arithmetic: Arithmetic[T], inputs: Mapping[str, T]
) -> None:
    """Add the values of some nodes, in their order, to those that are known. Raises KeyError as `forward`."""
    for node in nodes:
        leaf = graph.leaves.get(node)
        if leaf is None:
            operation = arithmetic.operation(graph.operations[node])
            values[node] = operation(*[values[operand] for operand in graph.operands[node]])
        else:
            values[node] = inputs[leaf] if isinstance(leaf, str) else arithmetic.constant(leaf)
