"""Derivatives of expressions over columns, as expressions.

It is the same reverse pass, in two layers. A number depends on rows only through a reduction r. The outer layer
takes r for one function of the numbers z that its rows use. The partial dr/dz is a sum over the rows, of what an
inner reverse pass, through the rows alone, adds to the adjoint of z. So the derivative needs no more passes over the
data than the value, except where the formula of a row uses a result of all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from exprgrad.autodiff.reverse import Slope, active, adjoint_at, adjoints, slopes
from exprgrad.columns.shapes import Shapes
from exprgrad.errors import UsageError
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import reach
from exprgrad.graph.symbols import Symbols
from exprgrad.notation.infix import write

Factor = tuple[str, int]
"""An operation, mul or div, and the node of the number."""

_QUOTED = 60
"""Characters of an expression that an error quotes."""


def column_derivatives(graph: Graph, output: int, wrt: Sequence[int], columns: Container[str]) -> list[int]:
    """The nodes of d output / d node for each node in `wrt`; new ones are appended to the graph.

    Of a number with respect to a number: a number. Of a number with respect to a column: a column, the derivative
    with respect to each row. Of a column with respect to a number or a column: a column, of each row of the one
    with respect to the number or the same row of the other. Raises UsageError where rows of a column depend on
    other rows of a column in `wrt`.
    """
    return _Columns(graph, output, wrt, columns).derivatives()


def totals(graph: Graph, columns: Container[str]) -> Callable[[int, int], int]:
    """What makes the node of a sum over the rows of a column: takes the node that is summed, and the column."""
    return _Columns(graph, 0, (), columns).total


class _Columns:
    def __init__(self, graph: Graph, output: int, wrt: Sequence[int], columns: Container[str]) -> None:
        self.graph = graph
        self.output = output
        self.wrt = wrt
        self.symbols = Symbols(graph)
        self.before = len(graph)
        self.shapes = Shapes(graph, columns)
        self.one = self.symbols.constant(1.0)
        self.rowwise = self.shapes.is_column(output)
        self.reached = active(graph, output, wrt)

    def derivatives(self) -> list[int]:
        found = adjoints(self.graph, self.output, range(self.output + 1), self.symbols, self.wrt, self.edges)
        zero = self.symbols.constant(0.0)
        return self.graph.derived([adjoint_at(found, node, zero) for node in self.wrt], self.before)

    def edges(self, node: int) -> Iterable[tuple[int, Slope[int] | None]] | None:
        """The outer layer: numbers, and in a column-valued expression its rows."""
        if self.shapes.folds(node):
            return self.reduction(node)
        if self.shapes.is_column(node) and not self.rowwise:
            return ()  # a column of `wrt`: all that goes through it has been counted
        return None

    def reduction(self, node: int) -> Iterator[tuple[int, Slope[int] | None]]:
        """A reduction as a function of numbers: the inner layer goes through its rows."""
        operands = self.graph.operands[node]
        scope = (*operands, node)
        first, *others = slopes(self.graph.operations[node], self.symbols)
        yield from zip(operands[1:], others, strict=True)
        if first is None or not self.reached[operands[0]]:
            return
        partial, factors = self.factored(self.one if first.partial is None else first.partial(scope))
        gate = first.gate and first.gate(scope)
        entry = Slope[int](lambda _: partial, None if gate is None else lambda _: gate)

        def rows(inner: int) -> Iterable[tuple[int, Slope[int] | None]] | None:
            if inner == node:
                return [(operands[0], entry)]
            return None if self.shapes.is_column(inner) else ()

        ends = self.ends(operands[0])
        found = adjoints(self.graph, node, range(node + 1), self.symbols, ends, rows)
        for end in ends:
            adjoint = found[end]
            if adjoint is None:
                continue
            if self.rowwise and self.shapes.is_column(end):
                raise self.mixed(node, end)
            if not self.shapes.is_column(end):
                adjoint = self.total(adjoint, operands[0])
            yield end, Slope(_constant(self.scaled(adjoint, factors)), None)

    def ends(self, column: int) -> list[int]:
        """The nodes at which the inner layer ends that starts at a column: numbers, and columns of `wrt`."""
        is_column, stops = self.shapes.is_column, frozenset(self.wrt)

        def rows(node: int) -> list[int]:
            operands = self.graph.operands[node] if is_column(node) else ()
            return [operand for operand in operands if self.reached[operand]]

        return sorted(node for node in reach([column], rows) if not is_column(node) or node in stops)

    def factored(self, node: int) -> tuple[int, list[Factor]]:
        """A node as a column, and the numbers that multiply or divide it: these can stay outside of a sum."""
        factors: list[Factor] = []
        while self.shapes.is_column(node):
            rest, factor = self.peeled(node)
            if factor is None and self.graph.operations[node] == "mul":
                adjoint, partial = self.graph.operands[node]
                partial, factor = self.peeled(partial)
                rest = self.symbols.operation("mul")(adjoint, partial)
            if factor is None:
                return node, factors[::-1]
            factors.append(factor)
            node = rest
        return self.one, [("mul", node), *factors[::-1]]

    def peeled(self, node: int) -> tuple[int, Factor | None]:
        """A column without the last number that it is multiplied with or divided by, and this number."""
        operation, operands = self.graph.operations[node], self.graph.operands[node]
        numbers = [operand for operand in operands if not self.shapes.is_column(operand)]
        if operation == "neg":
            return operands[0], ("mul", self.symbols.constant(-1.0))
        if operation == "mul" and numbers:
            return operands[1 - operands.index(numbers[0])], ("mul", numbers[0])
        if operation == "div" and operands[1:] == tuple(numbers):
            return operands[0], ("div", numbers[0])
        return node, None

    def scaled(self, node: int, factors: list[Factor]) -> int:
        """The factors put back."""
        for operation, number in factors:
            node = self.symbols.operation(operation)(node, number)
        return node

    def total(self, adjoint: int, column: int) -> int:
        """The sum over the rows of a column."""
        rows, factors = self.factored(adjoint)
        self.graph.derived([rows], self.before)
        name = "count" if rows == self.one else "sum"
        return self.scaled(self.graph.apply(name, column if rows == self.one else rows), factors)

    def mixed(self, node: int, column: int) -> UsageError:
        reduction, wrt = (write(self.graph, k, limit=_QUOTED) for k in (node, column))
        return UsageError(
            f"there is no derivative with respect to {wrt} row by row: {reduction} depends on all its rows"
        )


def _constant(node: int) -> Callable[[Sequence[int]], int]:
    return lambda scope: node
