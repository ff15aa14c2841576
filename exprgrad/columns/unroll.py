"""Expressions over columns as expressions over numbers: each row has nodes of its own, and folds are written out.

So what is known of numbers, such as a reference at high precision, is known of columns, too. The folds are those of the
textbook: the careful ones are what is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from functools import reduce

from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Column
from exprgrad.errors import LimitError
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS, REDUCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import needed

MOST = 200_000
"""Nodes of an expression that is written out: mpmath takes seconds for it, several times."""

TEXTBOOK: Mapping[str, str] = {
    "mean": "sum(x)/count(x)",
    "var": "sum(square(x - mean(x)))/(count(x) - ddof)",
    "std": "sqrt(var(x, ddof))",
    "norm": "sqrt(sum(square(x)))",
    "logsumexp": "largest(x) + log(sum(exp(x - largest(x))))",
}
"""What reductions mean that are made of others."""


class _Written:
    """Nodes of a graph by row, as an arithmetic for the definition of a reduction: a number has one."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def constant(self, value: float) -> list[int]:
        return [self.graph.constant(value)]

    def known(self, value: list[int]) -> float | None:
        return self.graph.number(value[0]) if len(value) == 1 else None

    def operation(self, name: str) -> Callable[..., list[int]]:
        if name in REDUCTIONS:
            return lambda rows, *others: [folded(self.graph, name, rows, [other[0] for other in others])]

        return lambda *operands: row_by_row(self.graph, name, operands)


def row_by_row(graph: Graph, name: str, operands: Sequence[list[int]]) -> list[int]:
    """The nodes of a function, one for each row where an operand has as many; a number is the same in all rows."""
    rows = max(map(len, operands))
    return [graph.apply(name, *(_at(operand, row) for operand in operands)) for row in range(rows)]


def folded(graph: Graph, name: str, rows: list[int], others: Sequence[int] = ()) -> int:
    """The node of a reduction of rows."""
    function = FUNCTIONS[name]
    if name == "count":
        return graph.constant(float(len(rows)))
    if function.fold:
        return reduce(lambda x, y: graph.apply(function.fold, x, y), rows)
    formula = TEXTBOOK.get(name, function.definition)
    (node,) = bind(formula, function.operands, _Written(graph))([rows, *([other] for other in others)])
    return node


def unrolled(
    graph: Graph, output: int, columns: Mapping[str, Column], moving: Container[str] = ()
) -> tuple[Graph, list[int]]:
    """The expression over the rows of columns, written out: a graph without columns, and the node of the output for
    each row, or the one where it is a number. The rows are constants, those of the columns that are `moving` variables,
    by their `row_name`. Raises LimitError where this is too large."""
    shapes, new = Shapes(graph, columns), Graph()
    new.limit = MOST
    found: dict[int, list[int]] = {}
    try:
        for node in needed(graph, [output]):
            new.span = graph.source_span(node)
            operation, operands = graph.operations[node], [found[operand] for operand in graph.operands[node]]
            column = columns.get(graph.name(node) or "")
            if column is not None:
                name = graph.name(node) or ""
                numbers = enumerate(map(float, column))
                found[node] = [new.input(row_name(name, k)) if name in moving else new.constant(x) for k, x in numbers]
            elif not operands:
                found[node] = [new.like(graph, node)]
            elif shapes.folds(node):
                first, *others = operands
                found[node] = [folded(new, operation, first, [other[0] for other in others])]
            else:
                found[node] = row_by_row(new, operation, operands)
    except LimitError:
        rows = len(next(iter(columns.values())))
        what = f"{rows:,} rows together take more than {MOST:,} operations"
        raise LimitError(what, hint="take fewer of them") from None
    return new, found[output]


def row_name(name: str, row: int) -> str:
    """What a row of a column is called, counted from 1: `x[1]`."""
    return f"{name}[{row + 1}]"


def _at(nodes: list[int], row: int) -> int:
    return nodes[row] if len(nodes) > 1 else nodes[0]
