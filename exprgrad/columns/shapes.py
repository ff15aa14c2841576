"""Which nodes hold a number, and which a column: one number a row."""

from __future__ import annotations

from collections.abc import Container

from exprgrad.errors import UsageError
from exprgrad.functions.table import FUNCTIONS, REDUCTIONS, SCANS
from exprgrad.graph.graph import INPUT, Graph


class Shapes:
    """The shapes in a graph in which some variables are columns; the graph may go on growing."""

    def __init__(self, graph: Graph, columns: Container[str]) -> None:
        self.graph = graph
        self._names = columns
        self._known = bytearray()

    def is_column(self, node: int) -> bool:
        """Whether a node holds a number a row: a reduction never does, any other function as its operands do."""
        graph, known = self.graph, self._known
        for new in range(len(known), node + 1):
            known.append(self._shape(graph.operations[new], graph.operands[new], new))
        return bool(known[node])

    def _shape(self, operation: str, operands: tuple[int, ...], node: int) -> bool:
        known = self._known
        if operation == INPUT:
            return self.graph.leaves[node] in self._names
        if operation in REDUCTIONS:
            if any(known[operand] for operand in operands[1:]):
                raise UsageError(f"the {FUNCTIONS[operation].operands[1]} of {operation} is a number, not a column")
            return False
        return 1 in [known[operand] for operand in operands]

    def folds(self, node: int) -> bool:
        """Whether a node is a reduction of a column: of a number it is a function like any other."""
        return self.graph.operations[node] in REDUCTIONS and self.is_column(self.graph.operands[node][0])

    def scans(self, node: int) -> bool:
        """Whether a node is a scan of a column, in which a row depends on other rows."""
        return self.graph.operations[node] in SCANS and self.is_column(node)

    def mixes(self, node: int) -> bool:
        """Whether a node takes more than one row of a column: it folds or scans one."""
        return self.folds(node) or self.scans(node)
