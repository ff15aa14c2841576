"""The arithmetic of graph nodes: what it computes are expressions.

It computes what numbers alone decide, and takes the table's `shortcuts` (x for 1*x), which are exact in IEEE
arithmetic; whatever else makes an expression shorter is left to `simplify`, for people's eyes.
"""

from __future__ import annotations

from collections.abc import Callable

from exprgrad.functions.floats import FLOATS
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS
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
        function = FUNCTIONS[name]
        shortcuts = [(numbers, bind(formula, function.operands, self)) for numbers, formula in function.shortcuts]
        leaves = graph.leaves.keys()

        def operation(*operands: int) -> int:
            if leaves.isdisjoint(operands):
                return graph.apply(name, *operands)
            numbers = [graph.number(operand) for operand in operands]
            if None not in numbers:
                return graph.constant(compute(*numbers))
            for wanted, shorter in shortcuts:
                if all(number is None or number == known for number, known in zip(wanted, numbers, strict=True)):
                    return shorter(operands)
            if name == "where" and numbers[0] is not None:
                return operands[1] if numbers[0] else operands[2]
            return graph.apply(name, *operands)

        def negation(operand: int) -> int:
            return graph.operands[operand][0] if graph.operations[operand] == "neg" else operation(operand)

        return negation if name == "neg" else operation
