"""Derivatives that are numbers, made of numbers alone: computed again on wide numbers where one left the range."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from exprgrad.backends.interpreter import SMALLEST
from exprgrad.functions.numerics.far import Wide, rounded, wide
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import reach


class Numbers:
    """What is computed after the rows were folded: the derivatives, and what is made of them."""

    def __init__(self, graph: Graph, nodes: Sequence[int]) -> None:
        self._graph = graph
        made = set[int]()
        for node in nodes if graph.slopes else ():
            if node in graph.slopes or not made.isdisjoint(graph.operands[node]):
                made.add(node)
        self._made = sorted(made)
        self._nodes = sorted(reach(made, self._operands))
        self._computed = [node for node in self._nodes if self._operands(node)]
        self._looked = [node for node in self._computed if not FUNCTIONS[graph.operations[node]].exact]
        self._known = [node for node in self._nodes if not self._operands(node)]

    def _operands(self, node: int) -> Sequence[int]:
        """None for a variable, a constant and what is folded from rows."""
        operands = self._graph.operands[node]
        return () if operands and FUNCTIONS[self._graph.operations[node]].mixes else operands

    def mend(self, numbers: dict[int, float]) -> None:
        """Change the derivatives that floats alone got wrong."""
        inside = all(SMALLEST < abs(numbers[node]) < 1.0 / SMALLEST for node in self._looked)
        if inside or not all(isfinite(numbers[node]) for node in self._known):
            return
        from exprgrad.functions.wide import WIDE

        graph = self._graph
        values: dict[int, Wide] = {node: wide(numbers[node]) for node in self._known}
        for node in self._computed:
            values[node] = WIDE.operation(graph.operations[node])(*(values[k] for k in graph.operands[node]))
        numbers.update((node, rounded(values[node])) for node in self._made)
