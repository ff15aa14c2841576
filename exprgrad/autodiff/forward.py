"""The forward mode: the derivative along one direction, in one pass with the values.

The chain rule from the leaves up: the tangent of a node is d node / d t where the variables change at
the rates of their tangents, and each node sums partial * tangent over its operands (Wengert 1964). It uses the same
partials and gates as the reverse pass, and agrees with it: tangent = gradient . direction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from exprgrad.autodiff.reverse import Slope, slopes
from exprgrad.functions.arithmetic import Arithmetic
from exprgrad.graph.graph import Graph

T = TypeVar("T")


def tangents(
    graph: Graph, values: Sequence[T], arithmetic: Arithmetic[T], direction: Mapping[int, T]
) -> list[T | None]:
    """The tangent of each node, from those of the inputs in `direction`; None for a node that does not change."""
    add, multiply, where = (arithmetic.operation(name) for name in ("add", "mul", "where"))
    zero = arithmetic.constant(0.0)
    bound: dict[str, list[Slope[T] | None]] = {}
    tangent: list[T | None] = []
    for node in range(len(values)):  # on symbols the graph grows meanwhile
        operation, operands = graph.operations[node], graph.operands[node]
        total = direction.get(node)
        if operands:
            if operation not in bound:
                bound[operation] = slopes(operation, arithmetic)
            scope = (*[values[operand] for operand in operands], values[node])
            for operand, slope in zip(operands, bound[operation], strict=True):
                incoming = tangent[operand]
                if slope is None or incoming is None:
                    continue
                gate = None if slope.gate is None else slope.gate(scope)
                opened = None if gate is None else arithmetic.known(gate)
                if opened == 0:
                    continue
                moved = incoming if slope.partial is None else multiply(slope.partial(scope), incoming)
                if gate is not None and opened is None:
                    moved = where(gate, moved, zero)
                total = moved if total is None else add(total, moved)
        tangent.append(total)
    return tangent
