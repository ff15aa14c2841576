"""Laplace errors: the sum of magnitudes of the residuals, which has kinks where its minimum is.

Descents round the kinks off, ever less. Near the end the minimum is a corner: it meets as many rows exactly as there
are parameters. The corner is found by Newton's steps on these rows, and is the minimum where the pull of all other rows
can be balanced by pulls of these that are no larger than their weights (Barrodale and Roberts 1973, SIAM J. Numer.
Anal. 10; Charalambous and Conn 1978, SIAM J. Numer. Anal. 15). The standard errors are those of the expected
information, (J'J)/s^2.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exprgrad.errors import DataError
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit.levenberg import Descent, Levenberg, Options
from exprgrad.jobs.fit.likelihood.model import Posed, Sums, numbers
from exprgrad.jobs.fit.likelihood.rows import Facts
from exprgrad.jobs.fit.reduction import Floats, Reduced, Reducer, Rows, combined

_SHARPEST = 1e-10
"""Of the scale: the last rounding of the kinks."""
_STAGE = 40
"""Iterations with one rounding, at the most, but for the last one."""
_STEP = 0.1
"""By how much each is sharper than the one before."""
_SPARE = 4
"""Rows looked at for each one that the corner meets: some of them say the same."""
_CORNER_STEPS = 12
_BALANCED = 1e-8


class Corner(NamedTuple):
    """Parameters at which as many rows are met as there are parameters."""

    values: Floats
    optimal: bool


class Laplace:
    """The end of one fit."""

    def __init__(self, posed: Posed, facts: Facts, reducer: Reducer, solver: Levenberg, options: Options) -> None:
        self.posed, self.facts, self.reducer, self.solver, self.options = posed, facts, reducer, solver, options
        problem = posed.problem
        symbols = Symbols(problem.graph)
        divide, subtract = symbols.operation("div"), symbols.operation("sub")
        residual = divide(subtract(problem.response, self.posed.mean), self.posed.sigma)
        slopes = [divide(slope, self.posed.sigma) for slope in self.posed.slopes]
        size = symbols.operation("mul")(self.posed.weight, symbols.operation("abs")(residual))
        self.rows = Rows(problem, [*slopes, residual, self.posed.weight], reducer.source, reducer.engine, facts.rows)
        self.sizes = Sums(problem, [size], reducer.source, reducer.engine, facts.rows)

    def size(self, values: Floats) -> float:
        """The weighted mean of the residuals' magnitudes: the likeliest scale."""
        (found,) = self.sizes.at(numbers(self.posed, values, 1.0))
        return found / self.facts.weight

    def descend(self, start: Floats) -> tuple[Descent, float]:
        """The minimum, and the scale. Raises DataError where the model meets every response."""
        reach = self.facts.reach or 1.0
        rounding, scale, iterations = reach, reach, 0
        while True:
            self.reducer.scale = rounding
            left = max(self.options.iterations - iterations, 1)
            last = rounding <= _SHARPEST * scale
            options = self.options._replace(iterations=left if last else min(left, _STAGE))
            descent = self.solver.descend(start, options)
            if descent.stopped == "non-finite":
                return descent, 1.0
            iterations += max(descent.iterations, 1)
            start, scale = descent.values, self.size(descent.values)
            if not scale > 1e-14 * reach:
                what = "the scale of the errors is 0: the model meets the responses exactly"
                raise DataError(what, hint="leave out --likelihood")
            corner = self.corner(start) if rounding <= scale else None
            optimal = corner is not None and corner.optimal and self.size(corner.values) <= scale * (1 + 1e-12)
            if optimal or last or iterations >= self.options.iterations:
                break
            rounding = min(rounding * _STEP, scale)
        stopped = descent.stopped
        if optimal and corner is not None:
            start, scale, stopped = corner.values, self.size(corner.values), "converged"
        reduced = Reduced(self.triangle(start), descent.reduced.rotated, descent.reduced.cost)
        return Descent(start, reduced, iterations, stopped), scale

    def triangle(self, values: Floats) -> Floats:
        """R of the Jacobian, the rows in units of their sigmas, times the root of their weights."""
        count = len(values)
        upper = np.zeros((count, count))
        for block in self.rows.blocks(numbers(self.posed, values, 1.0)):
            upper = combined(upper, block[:, :count] * np.sqrt(block[:, -1:]))
        return upper

    def corner(self, values: Floats) -> Corner | None:
        """The corner near some values; None where there is none."""
        count = len(values)
        parameters = self.posed.problem.parameters
        last = np.inf
        for _ in range(_CORNER_STEPS):
            near, pull = self._nearest(values, _SPARE * count)
            chosen = _independent(near[:, :count])
            if len(chosen) < count:
                return None
            slopes, residual, weight = near[chosen, :count], near[chosen, count], near[chosen, -1]
            step = np.linalg.solve(slopes, residual)
            length = float(np.abs(step / np.maximum(np.abs(values), 1e-300)).max())
            if length <= 4e-16 or not length < last:
                break
            last, values = length, values + step
        else:
            return None
        if any(not each.low < value < each.high for each, value in zip(parameters, values, strict=True)):
            return None
        others = pull - np.sum(slopes * (np.sign(residual) * weight)[:, None], axis=0)
        balance = np.linalg.solve(slopes.T, others)
        return Corner(values, bool((np.abs(balance) <= weight * (1 + _BALANCED)).all()))

    def _nearest(self, values: Floats, wanted: int) -> tuple[Floats, Floats]:
        """The rows with the smallest residuals, these first, and the pull sum(w*sign(r)*slopes) of all rows."""
        count = len(values)
        kept, pull = np.empty((0, count + 2)), np.zeros(count)
        for block in self.rows.blocks(numbers(self.posed, values, 1.0)):
            pull += np.sum(block[:, :count] * (np.sign(block[:, count]) * block[:, -1])[:, None], axis=0)
            kept = np.concatenate([kept, block[block[:, -1] > 0]])
            kept = kept[np.argsort(np.abs(kept[:, count]), kind="stable")[:wanted]]
        return kept, pull


def _independent(rows: Floats) -> list[int]:
    """The first rows of a matrix that are independent, as many as it has columns."""
    sizes = np.abs(rows).max(axis=0, initial=0.0)
    rows = rows / np.where(sizes > 0, sizes, 1.0)
    found: list[int] = []
    basis: list[Floats] = []
    for k, row in enumerate(rows):
        rest = row.copy()
        for _ in range(2):
            for each in basis:
                rest = rest - (each @ rest) * each
        size = float(np.linalg.norm(rest))
        if size > 1e-9 * float(np.linalg.norm(row)):
            found.append(k)
            basis.append(rest / size)
        if len(found) == rows.shape[1]:
            break
    return found
