"""Expressions over columns as expressions over numbers: each row has nodes of its own, and folds are written out.

So what is known of numbers, such as a reference at high precision, is known of columns, too. The folds are those of the
textbook: the careful ones are what is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from itertools import accumulate
from math import isfinite, isnan, nan
from operator import add, mul, sub

from exprgrad.columns.ordered import place
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Column
from exprgrad.errors import LimitError
from exprgrad.functions.floats import FLOATS
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


_ARITHMETIC: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {"add": add, "sub": sub, "mul": mul}
"""Functions that are exact for some operands."""


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

        return lambda *operands: self._computed(name, operands) or row_by_row(self.graph, name, operands)

    def _computed(self, name: str, operands: Sequence[list[int]]) -> list[int] | None:
        """The number that known numbers give, where nothing is rounded, as where rows are counted: it has no kink."""
        known = [x for operand in operands if (x := self.known(operand)) is not None]
        if len(known) < len(operands) or not (FUNCTIONS[name].exact or name in _ARITHMETIC):
            return None
        value = FLOATS.operation(name)(*known)
        if name in _ARITHMETIC and not (isfinite(value) and _ARITHMETIC[name](*map(Fraction, known)) == value):
            return None
        return self.constant(value)


def row_by_row(graph: Graph, name: str, operands: Sequence[list[int]]) -> list[int]:
    """The nodes of a function, one for each row where an operand has as many; a number is the same in all rows."""
    rows = max(map(len, operands))
    return [graph.apply(name, *(_at(operand, row) for operand in operands)) for row in range(rows)]


def folded(graph: Graph, name: str, rows: list[int], others: Sequence[int] = ()) -> int:
    """The node of a reduction of rows."""
    function = FUNCTIONS[name]
    if name == "count":
        return graph.constant(float(len(rows)))
    if function.place:
        return _in_place(graph, name, rows, others)
    if function.fold:
        return reduce(lambda x, y: graph.apply(function.fold, x, y), rows)
    formula = TEXTBOOK.get(name, function.definition)
    (node,) = bind(formula, function.operands, _Written(graph))([rows, *([other] for other in others)])
    return node


def _scanned(graph: Graph, name: str, rows: list[int]) -> list[int]:
    """The nodes of a scan of rows, one for each row."""
    kind = FUNCTIONS[name].scan
    if kind == "count":
        return [graph.constant(row + 1.0) for row in range(len(rows))]
    step = -1 if kind == "from" else 1
    return [*accumulate(rows[::step], lambda x, y: graph.apply("add", x, y))][::step]


def _in_place(graph: Graph, name: str, rows: list[int], others: Sequence[int]) -> int:
    """The node of a reduction that takes one of the rows in order, which a network of min and max sorts."""
    ordered = list(rows)
    for low, high in _exchanges(len(rows)):
        x, y = ordered[low], ordered[high]
        ordered[low], ordered[high] = graph.apply("min", x, y), graph.apply("max", x, y)
    numbers = [number for other in others if (number := graph.number(other)) is not None]
    if len(numbers) == len(others):
        at = place(name, len(rows), numbers, FLOATS)
        return graph.constant(nan) if isnan(at) else ordered[int(at)]
    (where,) = place(name, len(rows), [[other] for other in others], _Written(graph))
    node = graph.constant(nan)
    for k, row in enumerate(ordered):  # asked half a place before it: nothing jumps where it is
        node = graph.apply("where", graph.apply("gt", where, graph.constant(k - 0.5)), row, node)
    return node


def _exchanges(count: int) -> Iterator[tuple[int, int]]:
    """The places that a sorting network compares, in order: Batcher's odd-even merges (Knuth, TAOCP 3, 5.2.2,
    algorithm M), about count*log2(count)^2/4 pairs."""
    size = 1
    while size < count:
        apart = size
        while apart:
            for start in range(apart % size, count - apart, 2 * apart):
                for low in range(start, start + min(apart, count - start - apart)):
                    if low // (2 * size) == (low + apart) // (2 * size):
                        yield low, low + apart
            apart //= 2
        size *= 2


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
            elif shapes.scans(node):
                found[node] = _scanned(new, operation, operands[0])
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
