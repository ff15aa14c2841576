"""Fits with a robust loss: the scale that tells outliers, and the covariance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf, nan

import numpy as np

from exprgrad.errors import UsageError
from exprgrad.jobs.fit.levenberg import Descent, Levenberg, Options
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import Floats, Reducer, Rows, combined
from exprgrad.jobs.fit.robust import LOSSES, MAD
from exprgrad.text.numbers import format_number

_ROUND = 10
"""Iterations between estimates of the scale, at the most, as long as it still changes: it moves the minimum anyway."""
_SETTLED = 1e-10
_KEPT = 1 << 20
"""Numbers that a median keeps in memory."""
_BINS = 4096


def descend(
    problem: Problem,
    reducer: Reducer,
    solver: Levenberg,
    start: Floats,
    options: Options,
    loss: str,
    scale: float | None,
) -> tuple[Descent, float]:
    """The minimum of a robust loss, and the scale of the residuals: `scale`, or by turns with the parameters the
    median of their magnitudes, in units of a normal distribution's standard deviation. The iterations of all turns
    count."""
    rows = Rows(problem, [problem.residual], reducer.source, reducer.engine, reducer.rows)

    def spread(values: Floats) -> float:
        if scale is not None:
            return scale
        bindings = reducer.bindings(values)
        return MAD * median(lambda: (np.abs(block[:, 0]) for block in rows.blocks(bindings)), reducer.rows)

    size, iterations, settled = spread(start), 0, scale is not None
    while True:
        if size == 0:
            what = "the scale for --robust is 0: at least half of the residuals are"
            raise UsageError(what, hint="leave out --robust, or give --scale")
        reducer.scale = LOSSES[loss].tuning * size
        left = options.iterations - iterations
        descent = solver.descend(start, options._replace(iterations=left if settled else min(_ROUND, left)))
        if descent.stopped == "non-finite":
            what = f"the loss {loss} is not finite with the scale {format_number(size)}: squares of the scale, or of "
            raise UsageError(
                f"{what}residuals in units of it, are too large or too small for numbers in double precision",
                hint="leave out --robust, or give another --scale",
            )
        iterations += max(descent.iterations, 1)
        start, before, size = descent.values, size, spread(descent.values)
        settled = abs(size - before) <= _SETTLED * size
        ended = settled and descent.stopped != "iterations"
        if ended or iterations >= options.iterations:
            stopped = descent.stopped if ended else "iterations"
            return descent._replace(iterations=iterations, stopped=stopped), before


def median(numbers: Callable[[], Iterator[Floats]], count: int) -> float:
    """The median of `count` numbers from 0 up, which are read again and again where they are more than memory should
    hold: counts in bins narrow down where it lies. (Of an even count, then, the lower one of the middle two.)"""
    if count <= _KEPT:
        return float(np.median(np.concatenate([block.copy() for block in numbers()])))
    low, high = -inf, inf
    below, rank = 0, (count - 1) // 2
    inside = count
    while inside > _KEPT:
        edges = np.linspace(
            max(low, 0.0), high if high < inf else max(float(block.max()) for block in numbers()), _BINS
        )
        counts = np.zeros(_BINS, dtype=np.int64)
        for block in numbers():
            counts += np.searchsorted(np.sort(block), edges, side="right")
        at = int(np.searchsorted(counts, rank, side="right"))
        below = int(counts[at - 1]) if at else 0
        if at and edges[at] <= np.nextafter(edges[at - 1], inf):
            return float(edges[at])
        low, high = (float(edges[at - 1]) if at else -inf), float(edges[at])
        inside = int(counts[at]) - below
    found = np.sort(np.concatenate([block[(block > low) & (block <= high)] for block in numbers()]))
    return float(found[rank - below])


def spread_of(problem: Problem, reducer: Reducer, values: Floats) -> tuple[Floats, float, float]:
    """R of the Jacobian, the factor of (J'J)^-1 in the covariance, and the sum of the residuals' squares."""
    count = len(problem.parameters)
    nodes = [*problem.jacobian, problem.residual, problem.psi, problem.bend]
    upper, squares, bends, bends2, rss = np.zeros((count, count)), 0.0, 0.0, 0.0, 0.0
    for block in Rows(problem, nodes, reducer.source, reducer.engine, reducer.rows).blocks(reducer.bindings(values)):
        slopes = block[:, :count]
        slopes[np.isnan(slopes)] = 0.0  # of 0*inf, as `reduction` has it
        upper = combined(upper, slopes)
        residual, psi, bend = block[:, count:].T
        rss += float(np.sum(residual**2))
        squares += float(np.sum(psi**2))
        bends += float(np.sum(bend))
        bends2 += float(np.sum(bend**2))
    n = reducer.rows
    mean = bends / n
    if mean == 0:  # each row is an outlier, as where --scale is far below the residuals
        return upper, nan, rss
    correction = 1 + count / n * (bends2 / n / mean / mean - 1)
    root = correction / mean
    return upper, squares / max(n - count, 1) * root * root, rss
