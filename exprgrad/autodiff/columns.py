"""Derivatives of expressions over columns, as expressions.

It is the same reverse pass, in two layers. A number depends on rows only through a reduction r. The outer layer
takes r for one function of the numbers z that its rows use. The partial dr/dz is a sum over the rows, of what an
inner reverse pass, through the rows alone, adds to the adjoint of z. So the derivative needs no more passes over the
data than the value, except where the formula of a row uses a result of all rows.

A scan, as cumsum(x), is a column of which each row depends on other rows. With respect to a number z its derivative is
the scan of that of its operand. Back from it goes the scan of its adjoint from the other end: the outer layer takes
the scan for a function of all that the rows of its operand use.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import partial

from exprgrad.autodiff.reverse import Slope, active, adjoint_at, adjoints, slopes
from exprgrad.autodiff.series import Across
from exprgrad.columns.shapes import Shapes
from exprgrad.errors import UsageError
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import reach
from exprgrad.graph.symbols import Symbols
from exprgrad.notation.infix import write

Factor = tuple[str, int]
"""An operation, mul or div, and the node of the number."""

_OTHER_END = {"up to": "cumsum_back", "from": "cumsum"}
"""By what a scan takes, the scan of its adjoint."""
_AHEAD = 8
"""Numbers with respect to which a scan is derived one by one: that needs no rows in memory."""
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


def across(graph: Graph, columns: Container[str]) -> Across[int]:
    """What makes the nodes of sums over the rows of a column, and of scans of them."""
    rows = _Columns(graph, 0, (), columns)
    return Across(rows.total, rows.scan)


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
        self.is_ahead_of: dict[int, bool] = {}
        """See `is_ahead`."""
        self.aheads: dict[int, list[tuple[int, Slope[int] | None]]] = {}
        """See `ahead`."""

    def derivatives(self) -> list[int]:
        found = adjoints(self.graph, self.output, range(self.output + 1), self.symbols, self.wrt, self.edges)
        zero = self.symbols.constant(0.0)
        return self.graph.derived([adjoint_at(found, node, zero) for node in self.wrt], self.before)

    def edges(self, node: int) -> Iterable[tuple[int, Slope[int] | None]] | None:
        """The outer layer: numbers, and in a column-valued expression its rows."""
        if self.shapes.folds(node):
            return self.reduction(node)
        if self.shapes.scans(node):
            return self.ahead(node) if self.rowwise else self.back(node)
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
        rate, factors = self.factored(self.one if first.partial is None else first.partial(scope))
        gate = first.gate and first.gate(scope)
        entry = Slope[int](lambda _: rate, None if gate is None else lambda _: gate)
        for end, adjoint in self.through_rows(node, operands[0], entry):
            if self.rowwise and self.shapes.is_column(end):
                raise self.mixed(node, end)
            if not self.shapes.is_column(end):
                adjoint = self.total(adjoint, operands[0])
            yield end, Slope(_constant(self.scaled(adjoint, factors)), None)

    def through_rows(self, node: int, column: int, entry: Slope[int]) -> Iterator[tuple[int, int]]:
        """The inner layer from a node through the rows of its operand, a column: where it ends, with the adjoints."""

        def rows(inner: int) -> Iterable[tuple[int, Slope[int] | None]] | None:
            if inner == node:
                return [(column, entry)]
            if self.shapes.scans(inner):
                return self.ahead(inner) if self.is_ahead(inner) else ()
            return None if self.shapes.is_column(inner) else ()

        ends = self.ends(column)
        found = adjoints(self.graph, node, range(node + 1), self.symbols, ends, rows)
        for end in ends:
            adjoint = found[end]
            if adjoint is not None:
                yield end, adjoint

    def is_ahead(self, node: int) -> bool:
        """Whether a scan is derived with respect to each number that its rows use: always where the result is a column,
        else where these are few and it is all."""
        for scan in self.scans_in(node):
            ends = () if self.rowwise else self.ends(self.graph.operands[scan][0])
            self.is_ahead_of[scan] = len(ends) <= _AHEAD and not any(map(self.shapes.is_column, ends))
        return self.is_ahead_of[node]

    def scans_in(self, node: int) -> list[int]:
        """A scan and those that it is made of, in order, as far as nothing is known of them: no pass recurses."""
        known, operands = self.is_ahead_of, self.graph.operands
        if node in known:
            return []
        found = reach([node], lambda each: () if each in known else operands[each])
        return sorted(each for each in found if each not in known and self.shapes.scans(each))

    def ahead(self, node: int) -> list[tuple[int, Slope[int] | None]]:
        """A scan as a function of numbers: its derivative is the scan of that of its operand."""
        for scan in sorted(reach([node], lambda each: () if each in self.aheads else self.graph.operands[each])):
            if self.shapes.scans(scan) and scan not in self.aheads and self.is_ahead(scan):
                self.aheads[scan] = [*self._ahead(scan)]
        return self.aheads[node]

    def _ahead(self, node: int) -> Iterator[tuple[int, Slope[int] | None]]:
        (column,), operation = self.graph.operands[node], self.graph.operations[node]
        if FUNCTIONS[operation].scan == "count" or not self.reached[column]:
            return
        for end, adjoint in self.through_rows(node, column, Slope(None, None)):
            if self.shapes.is_column(end):
                raise self.mixed(node, end)
            yield end, Slope(_constant(self.scan(operation, adjoint, column)), None)

    def back(self, node: int) -> Iterator[tuple[int, Slope[int] | None]]:
        """A scan as a function of what its rows use, from its adjoint back: the scan from the other end goes on."""
        (column,), kind = self.graph.operands[node], FUNCTIONS[self.graph.operations[node]].scan
        if kind == "count" or not self.reached[column]:
            return
        found: dict[int, int] = {}

        def through(incoming: int, end: int) -> int:
            if not found:
                entry = self.scan(_OTHER_END[kind], incoming, column)
                found.update(self.through_rows(node, column, Slope(lambda _: entry, None)))
            adjoint = found.get(end, self.symbols.constant(0.0))
            return adjoint if self.shapes.is_column(end) else self.total(adjoint, column)

        for end in self.ends(column):
            yield end, Slope(None, None, partial(through, end=end))

    def scan(self, operation: str, rows: int, column: int) -> int:
        """The scan of what has the rows of a column, though it may be the same number in all of them."""
        if self.shapes.is_column(rows):
            self.graph.derived([rows], self.before)
            return self.symbols.operation(operation)(rows)
        number = self.symbols.operation("row_number")(column)
        if FUNCTIONS[operation].scan == "from":
            after = self.symbols.operation("sub")(self.symbols.operation("count")(column), number)
            number = self.symbols.operation("add")(after, self.one)
        return self.symbols.operation("mul")(rows, number)

    def ends(self, column: int) -> list[int]:
        """The nodes at which the inner layer ends that starts at a column: numbers, columns of `wrt`, and scans that
        take their adjoint further back."""
        is_column, stops = self.shapes.is_column, frozenset(self.wrt)
        found: list[int] = []

        def rows(node: int) -> list[int]:
            ends = not is_column(node) or (self.shapes.scans(node) and not self.is_ahead(node))
            if ends or node in stops:
                found.append(node)
            return [] if ends else [operand for operand in self.graph.operands[node] if self.reached[operand]]

        reach([column], rows)
        return sorted(found)

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
