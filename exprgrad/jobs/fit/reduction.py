"""All rows brought down to what a Gauss-Newton step needs: p*(p + 1) numbers, whatever the number of rows.

Two ways lead there, and both stream.

- Sums: the kernels fold J'J, J'r and the cost, in one pass that gives out no column. Squaring squares the
  condition number too, so this way is for many rows and well-conditioned Jacobians.
- Triangle: the kernels give out J and r, and blocks of rows are brought into the R of a QR decomposition one
  after the other (sequential TSQR: Demmel, Grigori, Hoemmen and Langou 2012, SIAM J. Sci. Comput. 34). This keeps
  the condition number of J, and memory at one block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.rows import Batch, RowSource
from exprgrad.columns.shapes import Shapes
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit.problem import SCALE, Problem

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BLOCK = 16384
"""Rows that are decomposed at once."""
SMALL = 1_000_000
"""Numbers in J up to which the triangle is made at once: it takes no more time than is worth saving."""
CONDITION = 1e4
"""Of J with columns of length 1, beyond which sums of its squares leave too few digits: of the 16, what they lose
is twice the logarithm, so that steps keep 8."""
_LEAST = 1e-140
"""A length whose square has all digits still; that of its inverse too."""


class Reduced(NamedTuple):
    """R of J = Q*R, and Q'r: min |r - J*d| is where R*d = Q'r."""

    triangle: Floats
    rotated: Floats
    cost: float
    """The sum of the losses: of squares, |r|^2. Infinite where any number was lost."""

    @property
    def finite(self) -> bool:
        return bool(np.isfinite(self.cost))


class Reducer:
    """Reduces the rows of a source at any values of the parameters."""

    def __init__(self, problem: Problem, source: RowSource, engine: Engine, rows: int) -> None:
        self.problem = problem
        self.source = source
        self.rows = rows
        self.scale = 1.0
        """Of a robust loss."""
        self.passes = 0
        self.best: Floats | None = None
        """The parameters of the least cost so far."""
        self.least = np.inf
        """That cost."""
        self.forget()
        self.engine = engine
        self._sums: _Sums | None = None
        self._triangle = Rows(problem, [*problem.reweighted, problem.pull, problem.loss], source, engine, rows)

    def forget(self) -> None:
        """Begin as for the first pass: whether sums are accurate enough is to be found out again."""
        self.by_sums = self.rows * len(self.problem.parameters) > SMALL

    def bindings(self, values: Floats) -> dict[str, float]:
        """All numbers that the formula uses."""
        return {
            **self.problem.fixed,
            **dict(zip(self.problem.names, map(float, values), strict=True)),
            SCALE: self.scale,
        }

    def reduce(self, values: Floats) -> Reduced:
        """At the values of the parameters. Where anything overflows, the cost is infinite."""
        found = self._reduced(values)
        if found.cost < self.least:
            self.best, self.least = values.copy(), found.cost
        return found

    def _reduced(self, values: Floats) -> Reduced:
        with np.errstate(all="ignore"):
            if self.by_sums:
                found = self._by_sums(values)
                if found is not None:
                    return found
            return self.triangle(values)

    def triangle(self, values: Floats) -> Reduced:
        """The same without squaring."""
        self.passes += 1
        count = len(self.problem.parameters)
        upper = np.zeros((count + 1, count + 1))
        cost = 0.0
        with np.errstate(all="ignore"):
            for block in self._triangle.blocks(self.bindings(values)):
                if not np.isfinite(block).all() and not mended(block):
                    return lost(count)
                cost += float(np.sum(block[:, -1]))
                upper = combined(upper, block[:, :-1])
            if not (np.isfinite(cost) and np.isfinite(lengths(upper)).all()):
                return lost(count)
        return Reduced(upper[:count, :count], upper[:count, count], cost)

    def _by_sums(self, values: Floats) -> Reduced | None:
        """None where the sums would be too inaccurate, now and from now on."""
        self.passes += 1
        if self._sums is None:
            self._sums = _Sums(self.problem, self.source, self.engine, self.rows)
        normal, rotated, cost = self._sums.run(self.source, self.bindings(values))
        count = len(rotated)
        if not np.isfinite(cost):
            return lost(count)
        if not np.isfinite(rotated).all():
            self.by_sums = False
            return None
        sizes = np.sqrt(np.diag(normal))
        if ((sizes > _LEAST) & (sizes < 1 / _LEAST)).all():
            scaled = normal / np.outer(sizes, sizes)
            if np.linalg.cond(scaled) < CONDITION**2:
                lower = np.linalg.cholesky(scaled)
                return Reduced(lower.T * sizes, np.linalg.solve(lower, rotated / sizes).astype(np.float64), cost)
        self.by_sums = False
        return None


def combined(upper: Floats, block: Floats) -> Floats:
    """The R of the rows that `upper` is the R of and the rows of a block."""
    rows = np.concatenate([upper, block])
    powers = powers_of(rows)
    found: Floats = powers * np.asarray(np.linalg.qr(rows / powers, mode="r"))
    return found


def powers_of(matrix: Floats) -> Floats:
    """For each column a power of two near its largest number. Divided by these, no square leaves the range of numbers,
    and no digit is lost."""
    _, exponents = np.frexp(np.abs(matrix).max(axis=0, initial=0.0))
    found: Floats = np.ldexp(0.5, exponents)
    return found


def lengths(matrix: Floats) -> Floats:
    """Of the columns: without squares that overflow or vanish."""
    powers = powers_of(matrix)
    found: Floats = powers * np.linalg.norm(matrix / powers, axis=0)
    return found


def norm(vector: Floats) -> float:
    """The length of a vector, likewise: as MINPACK's enorm."""
    _, exponent = np.frexp(np.abs(vector).max(initial=0.0))
    power = np.ldexp(0.5, exponent)
    return float(power * np.linalg.norm(vector / power))


def mended(block: Floats) -> bool:
    """Whether the only numbers that are lost are slopes of 0*inf, which are then 0: in a row whose residual is known,
    as that of x = 0 where the model is (x/t)^k and k is below 1."""
    slopes, known = block[:, :-2], np.isfinite(block[:, -2]) & np.isfinite(block[:, -1])
    slopes[np.isnan(slopes) & known[:, None]] = 0.0
    return bool(np.isfinite(block).all())


def lost(count: int) -> Reduced:
    return Reduced(np.zeros((count, count)), np.zeros(count), np.inf)


class _Sums:
    """The kernel that folds the upper triangle of J'J, J'r and the cost."""

    def __init__(self, problem: Problem, source: RowSource, engine: Engine, rows: int) -> None:
        graph = problem.graph
        symbols, shapes = Symbols(graph), Shapes(graph, problem.columns)
        self.size = len(problem.reweighted)
        jacobian, pull = problem.reweighted, problem.pull
        wanted = [total(symbols, shapes, problem.loss, pull)]
        for i, left in enumerate(jacobian):
            products = [symbols.operation("mul")(left, right) for right in (*jacobian[i:], pull)]
            wanted += [total(symbols, shapes, product, pull) for product in products]
        self.prepared = Prepared(graph, wanted, source, engine, rows)

    def run(self, source: RowSource, bindings: Mapping[str, float]) -> tuple[Floats, Floats, float]:
        found = [float(value) for value in self.prepared.run(source, bindings).values]  # type: ignore[arg-type]
        cost, sums = found[0], iter(found[1:])
        normal, rotated = np.empty((self.size, self.size)), np.empty(self.size)
        for i in range(self.size):
            for j in range(i, self.size):
                normal[i, j] = normal[j, i] = next(sums)
            rotated[i] = next(sums)
        return normal, rotated, cost


def symmetric(size: int, numbers: Iterable[float]) -> Floats:
    """The matrix [size, size] whose upper triangle these numbers are, row by row."""
    found, left = np.empty((size, size)), iter(numbers)
    for i in range(size):
        for j in range(i, size):
            found[i, j] = found[j, i] = next(left)
    return found


def total(symbols: Symbols, shapes: Shapes, node: int, rows: int) -> int:
    """The sum over the rows, also of a number that is the same in each."""
    if shapes.is_column(node):
        return symbols.graph.apply("sum", node)
    return symbols.operation("mul")(node, symbols.graph.apply("count", rows))


class Rows:
    """Nodes of a graph given out as blocks [rows, nodes]."""

    def __init__(self, problem: Problem, nodes: Sequence[int], source: RowSource, engine: Engine, rows: int) -> None:
        self.source = source
        self.prepared = Prepared(problem.graph, nodes, source, engine, rows * _PASSES)

    def blocks(self, bindings: Mapping[str, float]) -> Iterator[Floats]:
        """Blocks of BLOCK rows, the last one shorter, wherever batches end."""
        plan, folded = self.prepared.plan, self.prepared.fold(self.source, bindings)
        block, filled = np.empty((BLOCK, len(plan.wanted))), 0
        for found in map(self.prepared.stream(folded), _batches(self.source.read(plan.inputs))):
            size = len(found[plan.columns[0]])
            start = 0
            while start < size:
                taken = min(size - start, BLOCK - filled)
                for k, node in enumerate(plan.wanted):
                    part: Any = found[node][start : start + taken] if node in found else folded.numbers[node]
                    block[filled : filled + taken, k] = part
                start += taken
                filled += taken
                if filled == BLOCK:
                    yield block
                    filled = 0
        if filled:
            yield block[:filled]


_PASSES = 30
"""As many as a fit may take."""


def _batches(batches: Any) -> Iterator[Batch]:
    """Batches of at most BLOCK rows."""
    for batch in batches:
        size = len(next(iter(batch.values())))
        for start in range(0, size, BLOCK):
            yield {name: column[start : start + BLOCK] for name, column in batch.items()}
