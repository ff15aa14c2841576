"""Reductions that others define, as mean(x) is sum(x)/count(x), written out: what is left are folds and counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS, REDUCTIONS
from exprgrad.graph import reach
from exprgrad.graph.graph import Graph
from exprgrad.graph.symbols import Symbols


def unfolded(graph: Graph, wanted: Sequence[int]) -> tuple[Graph, list[int]]:
    """The wanted nodes in a copy of the graph, in which every reduction is a fold by a function of two or
    a count: `mean(x)` becomes `sum(x)/count(x)`."""
    new = graph.copy()
    arithmetic = _Unfolding(new)
    moved: dict[int, int] = {}
    for node in reach.needed(graph, wanted):
        operation, operands = graph.operations[node], graph.operands[node]
        if _derived(operation) or not moved.keys().isdisjoint(operands):
            new.span = graph.source_span(node)
            moved[node] = arithmetic.operation(operation)(*[moved.get(operand, operand) for operand in operands])
    new.slopes.update(moved[node] for node in graph.slopes.intersection(moved))
    return new, [moved.get(node, node) for node in wanted]


class _Unfolding(Symbols):
    """Nodes in which reductions that others define are written out."""

    def _build(self, name: str) -> Callable[..., int]:
        if not _derived(name):
            return super()._build(name)
        function = FUNCTIONS[name]
        rule = bind(function.definition, function.operands, self)
        return lambda *operands: rule(operands)


def _derived(operation: str) -> bool:
    """Whether an operation is a reduction that others define."""
    return operation in REDUCTIONS and bool(FUNCTIONS[operation].definition)
