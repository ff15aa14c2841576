"""Expressions over columns as expressions over numbers: each row has nodes of its own, and folds are written out.

So what is known of numbers, such as a reference at high precision, is known of columns, too. The folds are those of the
textbook: the careful ones are what is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Column
from exprgrad.errors import LimitError
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS, REDUCTIONS
from exprgrad.graph.graph import CONSTANT, INPUT, Graph
from exprgrad.graph.reach import needed

MOST = 200_000
"""Nodes of an expression that is written out: mpmath takes seconds for it, several times."""

Fold = Callable[..., int]
"""Makes the node of a fold in a graph, from those of the rows and of its other operands."""


def _chain(operation: str) -> Fold:
    return lambda graph, rows: reduce(lambda x, y: graph.apply(operation, x, y), rows)


def _mean(graph: Graph, rows: Sequence[int]) -> int:
    return graph.apply("div", _chain("add")(graph, rows), _count(graph, rows))


def _count(graph: Graph, rows: Sequence[int]) -> int:
    return graph.constant(float(len(rows)))


def _var(graph: Graph, rows: Sequence[int], ddof: int | None = None) -> int:
    mean, free = _mean(graph, rows), graph.constant(0.0) if ddof is None else ddof
    squares = [graph.apply("square", graph.apply("sub", row, mean)) for row in rows]
    return graph.apply("div", _chain("add")(graph, squares), graph.apply("sub", _count(graph, rows), free))


def _std(graph: Graph, rows: Sequence[int], ddof: int | None = None) -> int:
    return graph.apply("sqrt", _var(graph, rows, ddof))


def _norm(graph: Graph, rows: Sequence[int]) -> int:
    return graph.apply("sqrt", _chain("add")(graph, [graph.apply("square", row) for row in rows]))


def _logsumexp(graph: Graph, rows: Sequence[int]) -> int:
    largest = _chain("max")(graph, rows)
    powers = [graph.apply("exp", graph.apply("sub", row, largest)) for row in rows]
    return graph.apply("add", largest, graph.apply("log", _chain("add")(graph, powers)))


FOLDS: Mapping[str, Fold] = {
    "sum": _chain("add"),
    "prod": _chain("mul"),
    "largest": _chain("max"),
    "smallest": _chain("min"),
    "count": _count,
    "mean": _mean,
    "var": _var,
    "std": _std,
    "norm": _norm,
    "logsumexp": _logsumexp,
}
"""What reductions mean; others mean their definition."""


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

        def apply(*operands: list[int]) -> list[int]:
            rows = max(map(len, operands))
            return [self.graph.apply(name, *(_at(operand, k) for operand in operands)) for k in range(rows)]

        return apply


def folded(graph: Graph, name: str, rows: list[int], others: Sequence[int] = ()) -> int:
    """The node of a reduction of rows."""
    if name in FOLDS:
        return FOLDS[name](graph, rows, *others)
    function = FUNCTIONS[name]
    if function.fold:
        return _chain(function.fold)(graph, rows)
    (node,) = bind(function.definition, function.operands, _Written(graph))([rows, *([other] for other in others)])
    return node


def unrolled(graph: Graph, output: int, columns: Mapping[str, Column]) -> tuple[Graph, list[int]]:
    """The expression over the rows of columns, written out: a graph without columns, and the node of the output for
    each row, or the one where it is a number. Raises LimitError where this is too large."""
    shapes, new = Shapes(graph, columns), Graph()
    new.limit = MOST
    rows = len(next(iter(columns.values())))
    found: dict[int, list[int]] = {}
    try:
        for node in needed(graph, [output]):
            new.span = graph.source_span(node)
            found[node] = _written_out(graph, node, shapes, new, found, columns, rows)
    except LimitError:
        what = f"checking {rows:,} rows together takes more than {MOST:,} operations"
        raise LimitError(what, hint="check fewer of them") from None
    return new, found[output]


def _written_out(
    graph: Graph,
    node: int,
    shapes: Shapes,
    new: Graph,
    found: Mapping[int, list[int]],
    columns: Mapping[str, Column],
    rows: int,
) -> list[int]:
    """The nodes of a node, one for each row of a column."""
    operation, operands = graph.operations[node], graph.operands[node]
    if operation == INPUT and (name := graph.name(node)) in columns and name is not None:
        return [new.constant(float(value)) for value in columns[name]]
    if operation in (INPUT, CONSTANT) or not operands:
        return [new.like(graph, node)]
    if shapes.folds(node):
        first, *others = operands
        return [folded(new, operation, found[first], [found[other][0] for other in others])]
    if not shapes.is_column(node):
        return [new.like(graph, node, [found[operand][0] for operand in operands])]
    return [new.apply(operation, *(_at(found[operand], k) for operand in operands)) for k in range(rows)]


def _at(nodes: list[int], row: int) -> int:
    return nodes[row] if len(nodes) > 1 else nodes[0]
