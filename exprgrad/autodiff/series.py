"""Higher derivatives: the arithmetic of truncated power series, on numbers and on graph nodes.

Along a direction every node is a function of one number t, held as the list of its derivatives at t = 0 up to some
order (k! times the coefficients of its power series). What the table says of a function, y' = partial*x', is a product,
and Leibniz's rule gives its derivatives: so the partials of the table give those of every order.

A partial may call the function itself (exp), or another whose partial calls the first (sin and cos), or one that calls
a third, and so on (gamma, digamma, polygamma): equal series are one, and the one is asked for less order than
the other. Quotients are divided by their denominator, never by its square. (Griewank and Walther, Evaluating
Derivatives, 2008, chapter 13.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import comb
from typing import Generic, NamedTuple, TypeVar

from exprgrad.autodiff.reverse import Slope, slopes
from exprgrad.errors import LimitError
from exprgrad.functions.arithmetic import Arithmetic
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph

T = TypeVar("T")

MAX_WORK = 20_000_000
"""Products of derivatives that one direction may take."""


class Across(NamedTuple, Generic[T]):
    """What needs more than one row of a column."""

    total: Callable[[T, T], T]
    """The sum over the rows of a column, given what is summed and the column whose rows are meant."""
    scan: Callable[[str, T, T], T]
    """A scan, given its name, what is added and the column."""


Watch = Callable[[int, str, Sequence[T], T], None]
"""Called with a function that changes, its operands and its value. The number says which derivatives depend on its own:
0 for a node of the graph, 1 for what is in a partial and enters from the second derivative on, and so on."""


def series(
    graph: Graph,
    values: Sequence[T],
    arithmetic: Arithmetic[T],
    direction: Mapping[int, T],
    order: int,
    ends: Sequence[int],
    across: Across[T] | None = None,
    watch: Watch[T] | None = None,
) -> list[list[T | None]]:
    """For each node in `ends` its value and its derivatives along a direction up to some order; None for a derivative
    that is 0 as the node does not change so.

    `values` holds the value of each node, `direction` the rates of the inputs that change. `across` folds
    and scans columns.
    """
    powers = SeriesArithmetic(arithmetic, order, across, watch)
    found = powers.nodes(graph, values, direction, max(ends, default=-1))
    powers.solve([found[end] for end in ends])
    still: list[T | None] = [None] * order
    return [[*found[end].terms, *still][: order + 1] for end in ends]


class Series(Generic[T]):
    """A function of t: the operation that gives it, and its derivatives at 0 as far as they are known."""

    __slots__ = ("depth", "flows", "moves", "number", "operands", "operation", "terms")

    def __init__(self, operation: str, operands: Sequence[Series[T]], terms: list[T | None], *, moves: bool) -> None:
        self.operation = operation
        self.operands = operands
        self.terms = terms
        self.moves = moves
        """Whether it changes with t."""
        self.number = 0
        """Its place in the order of computation."""
        self.depth = -1
        """By how much the order it is needed to is below that of the result; -1 where it is not needed."""
        self.flows: list[Flow[T]] = []


class Flow(NamedTuple, Generic[T]):
    """What one operand adds to the first derivative of a function: rate of the operand * partial."""

    operand: Series[T]
    above: Series[T] | None
    """The partial, or its numerator; None means 1."""
    below: Series[T] | None
    """The denominator of the partial, where it is a quotient: the product is divided once, at the end."""
    gate: T | None
    mixes: str
    """The reduction or scan that it is an operand of, where it adds up over the rows of a column."""
    terms: list[T | None]
    """The derivatives of the product, from its value on."""


class _Row(Generic[T]):
    """What is asked of a function at each of its calls."""

    __slots__ = ("compute", "moving", "shortcuts")

    def __init__(self, name: str, inner: Arithmetic[T]) -> None:
        row = FUNCTIONS[name]
        self.compute = inner.operation(name)
        self.moving = [partial != "0" for partial in row.partials]
        """For each operand whether the value moves with it."""
        self.shortcuts = row.shortcuts


class SeriesArithmetic(Generic[T]):
    """Series whose derivatives are values of another arithmetic."""

    def __init__(
        self, inner: Arithmetic[T], order: int, across: Across[T] | None = None, watch: Watch[T] | None = None
    ) -> None:
        self.inner = inner
        self.order = order
        self.across = across
        self.watch = watch
        self.level = 0
        """The number that `watch` is told."""
        self._plus, self._minus, self._times, self._over, self._negative, self._where = (
            inner.operation(name) for name in ("add", "sub", "mul", "div", "neg", "where")
        )
        self._count = 0
        self._interned: dict[tuple[object, ...], Series[T]] = {}
        self._fixed: dict[str, Series[T]] = {}
        self._slopes: dict[str, list[Slope[Series[T]] | None]] = {}
        self._rows: dict[str, _Row[T]] = {}

    def nodes(self, graph: Graph, values: Sequence[T], direction: Mapping[int, T], last: int) -> list[Series[T]]:
        """The series of all nodes up to the last, as far as their values are known."""
        found: list[Series[T]] = []
        for node in range(last + 1):
            operands = [found[operand] for operand in graph.operands[node]]
            if node in direction:
                found.append(self.changing(values[node], direction[node]))
            elif operands:
                found.append(self.apply(graph.operations[node], operands, values[node]))
            else:
                found.append(self.fixed(values[node]))
        return found

    def constant(self, value: float) -> Series[T]:
        return self.fixed(self.inner.constant(value))

    def known(self, value: Series[T]) -> float | None:
        return None if value.moves else self.inner.known(value.terms[0])  # type: ignore[arg-type]

    def operation(self, name: str) -> Callable[..., Series[T]]:
        return lambda *operands: self.apply(name, operands)

    def fixed(self, value: T) -> Series[T]:
        """What does not change with t."""
        key = repr(value)
        found = self._fixed.get(key)
        if found is None:
            found = self._fixed[key] = Series("", (), [value], moves=False)
        return found

    def changing(self, value: T, rate: T) -> Series[T]:
        """What changes with t at this rate: a straight line."""
        terms = [value, rate, *[None] * self.order]
        return self._new((object(),), Series("", (), terms[: self.order + 1], moves=True))

    def apply(self, name: str, operands: Sequence[Series[T]], value: T | None = None) -> Series[T]:
        """A function of the table, on series; `value` may say what its value is."""
        key = (name, *map(id, operands))
        found = self._interned.get(key)
        if found is not None:
            return found
        row = self._rows.get(name)
        if row is None:
            row = self._rows[name] = _Row(name, self.inner)
        moves = any(operand.moves and moving for operand, moving in zip(operands, row.moving, strict=True))
        if moves and row.shortcuts:
            numbers = [self.known(operand) for operand in operands]
            for wanted, shorter in row.shortcuts:
                if all(number is None or number == known for number, known in zip(wanted, numbers, strict=True)):
                    return bind(shorter, FUNCTIONS[name].operands, self)(operands)
        if moves and name == "where":
            condition = self.known(operands[0])
            if condition is not None:
                return operands[1] if condition else operands[2]
        if value is None:
            value = row.compute(*[operand.terms[0] for operand in operands])
        if self.watch is not None and any(operand.moves for operand in operands):
            self.watch(self.level, name, [operand.terms[0] for operand in operands], value)  # type: ignore[misc]
        if not moves:
            return self.fixed(value)
        return self._new(key, Series(name, tuple(operands), [value], moves=True))

    def _new(self, key: tuple[object, ...], series: Series[T]) -> Series[T]:
        series.number = self._count
        self._count += 1
        self._interned[key] = series
        return series

    def solve(self, ends: Iterable[Series[T]]) -> None:
        """Find the derivatives of some series, up to the order."""
        wanted = [end for end in ends if end.moves]
        needed: list[Series[T]] = []
        for depth in range(self.order):
            new = self._need(wanted, depth)
            needed += new
            self.level += 1
            wanted = []
            for series in new:
                if series.operation not in ("", "mul", "div"):
                    series.flows = self._flows(series)
                    wanted += [part for flow in series.flows for part in (flow.above, flow.below) if part is not None]
        needed.sort(key=lambda series: series.number)
        work = sum(int((self.order - series.depth) ** 2) for series in needed)
        if work > MAX_WORK:
            what = f"derivatives of order {self.order} of {len(needed):,} terms take {work:,} steps"
            raise LimitError(f"{what}: the limit is {MAX_WORK:,}")
        for k in range(1, self.order + 1):
            for series in needed:
                if series.operation and series.depth + k <= self.order:
                    series.terms.append(self._derivative(series, k))

    def _need(self, ends: Sequence[Series[T]], depth: int) -> list[Series[T]]:
        """What these are computed from, and these, without what is needed already; from the last to the first."""
        new = [end for end in dict.fromkeys(ends) if end.depth < 0]
        for series in new:
            series.depth = depth
        for series in new:
            for operand in series.operands:
                if operand.moves and operand.depth < 0:
                    operand.depth = depth
                    new.append(operand)
        return [series for series in new if series.moves]

    def _flows(self, series: Series[T]) -> list[Flow[T]]:
        """What the operands add to the first derivative of a function."""
        operation, scope, found = series.operation, (*series.operands, series), []
        if operation not in self._slopes:
            self._slopes[operation] = slopes(operation, self)
        row = FUNCTIONS[operation]
        mixes = operation if self.across is not None and row.mixes else ""
        for index, (operand, slope) in enumerate(zip(series.operands, self._slopes[operation], strict=True)):
            if slope is None or not operand.moves:
                continue
            gate = None if slope.gate is None else slope.gate(scope).terms[0]
            opened = None if gate is None else self.inner.known(gate)
            if opened == 0:
                continue
            above, below = None if slope.partial is None else slope.partial(scope), None
            if above is not None and above.operation == "div" and above.operands[1].moves:
                above, below = above.operands
            gate = gate if opened is None else None
            found.append(Flow(operand, above, below, gate, "" if index else mixes, []))
        return found

    def _derivative(self, series: Series[T], k: int) -> T | None:
        """The derivative of order k, from those of lower orders and those of the operands."""
        if series.operation == "mul":
            left, right = series.operands
            return self._leibniz(left.terms, right.terms, k)
        if series.operation == "div":
            above, below = series.operands
            return self._quotient(above.terms[k] if above.moves else None, series.terms, below.terms, k)
        total: T | None = None
        for flow in series.flows:
            term = self._flow(flow, k - 1)
            if term is not None and flow.gate is not None:
                term = self._where(flow.gate, term, self.inner.constant(0.0))
            if term is not None and flow.mixes and self.across is not None:
                column: T = flow.operand.terms[0]  # type: ignore[assignment]
                scans = FUNCTIONS[flow.mixes].scan
                term = self.across.scan(flow.mixes, term, column) if scans else self.across.total(term, column)
            total = self._sum(total, term)
        return total

    def _flow(self, flow: Flow[T], k: int) -> T | None:
        """The derivative of order k of rate*partial."""
        rates = flow.operand.terms[1:]
        found = rates[k] if flow.above is None else self._leibniz(flow.above.terms, rates, k)
        if flow.below is not None:
            found = self._quotient(found, flow.terms, flow.below.terms, k)
        flow.terms.append(found)
        return found

    def _leibniz(self, left: Sequence[T | None], right: Sequence[T | None], k: int) -> T | None:
        """The derivative of order k of a product, as far as the derivatives of its factors are there."""
        total: T | None = None
        for j in range(max(0, k - len(right) + 1), min(k + 1, len(left))):
            first, second = left[j], right[k - j]
            if first is not None and second is not None:
                term, ways = self._times(first, second), comb(k, j)
                total = self._sum(total, term if ways == 1 else self._times(self._whole(ways), term))
        return total

    def _whole(self, number: int) -> T:
        """A whole number: where it is no float, the sum of two parts, which is exact where the arithmetic is."""
        if float(number) == number:
            return self.inner.constant(float(number))
        high, low = divmod(number, 2**53)
        return self._plus(self._times(self.inner.constant(2.0**53), self._whole(high)), self._whole(low))

    def _quotient(self, above: T | None, known: Sequence[T | None], below: Sequence[T | None], k: int) -> T | None:
        """The derivative of order k of a quotient whose derivatives of lower orders are known: Leibniz's rule for
        quotient*denominator, solved for its last term."""
        rest = self._leibniz(known, below, k)
        if rest is not None:
            above = self._minus(above, rest) if above is not None else self._negative(rest)
        return None if above is None else self._over(above, below[0])

    def _sum(self, total: T | None, term: T | None) -> T | None:
        return term if total is None else total if term is None else self._plus(total, term)
