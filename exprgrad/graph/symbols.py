"""The arithmetic of graph nodes: what it computes are expressions.

It folds what numbers alone decide, drops factors of 1 and takes 2*x for the slope of x^2, all exact in IEEE arithmetic;
whatever else makes an expression shorter is left to `simplify`, for people's eyes.
"""

from __future__ import annotations

from collections.abc import Callable

from exprgrad.functions.floats import FLOATS
from exprgrad.graph.graph import Graph


class Symbols:
    """Nodes of one graph; new ones are appended to it."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._operations: dict[str, Callable[..., int]] = {}

    def constant(self, value: float) -> int:
        return self.graph.constant(value)

    def known(self, value: int) -> float | None:
        return self.graph.number(value)

    def operation(self, name: str) -> Callable[..., int]:
        if name not in self._operations:
            self._operations[name] = self._build(name)
        return self._operations[name]

    def _build(self, name: str) -> Callable[..., int]:
        graph, compute = self.graph, FLOATS.operation(name)

        def operation(*operands: int) -> int:
            numbers = [graph.number(operand) for operand in operands]
            if None not in numbers:
                return graph.constant(compute(*numbers))
            if name == "mul" and 1.0 in numbers:
                return operands[1 - numbers.index(1.0)]
            if name == "pow_slope" and numbers[1] == 2.0:
                return self.operation("mul")(graph.constant(2.0), operands[0])
            if name == "where" and numbers[0] is not None:
                return operands[1] if numbers[0] else operands[2]
            return graph.apply(name, *operands)

        return operation
