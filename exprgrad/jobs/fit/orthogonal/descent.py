"""The least sum of squares of both errors, of the response and of x, and from where it is looked for."""

from __future__ import annotations

import numpy as np

from exprgrad.jobs.fit.levenberg import Descent, Levenberg, Options
from exprgrad.jobs.fit.orthogonal.reducer import Orthogonal
from exprgrad.jobs.fit.reduction import Floats
from exprgrad.observer import Observer

_POLISH = 30
"""Newton steps at the end, at the most."""
_SETTLED = 1e-9
"""Length of a last Newton step, in units of the standard errors, up to which a fit has converged."""


def descend(reducer: Orthogonal, starts: list[Floats], options: Options, observer: Observer) -> Descent:
    """The lowest end of descents from some starts: steps of Levenberg and Marquardt, then Newton's with the exact
    second derivatives, as those of Gauss and Newton converge slowly where errors in x are large."""
    parameters = reducer.problem.parameters
    low, high = (np.array([getattr(each, end) for each in parameters]) for end in ("low", "high"))
    solver = Levenberg(reducer.reduce, low, high, reducer.rows, observer=observer)
    best: Descent | None = None
    for k, start in enumerate(starts):
        observer.start(k + 1, len(starts))
        found = _polished(reducer, solver.descend(np.clip(start, low, high), options), low, high)
        if best is None or _rank(found) < _rank(best):
            best = found
    assert best is not None
    return best


def _rank(descent: Descent) -> tuple[bool, float]:
    return not np.isfinite(descent.reduced.cost), descent.reduced.cost


def _polished(reducer: Orthogonal, descent: Descent, low: Floats, high: Floats) -> Descent:
    """Newton steps for as long as they get shorter and lead no higher."""
    if descent.stopped == "non-finite":
        return descent
    values, reduced, steps, shortest = descent.values, descent.reduced, 0, np.inf
    settled = False
    for _ in range(_POLISH):
        curved = reducer.curvature(values)
        if curved is None:
            break
        gradient, hessian = curved
        free = ~(((values <= low) & (gradient > 0)) | ((values >= high) & (gradient < 0)))
        unit = np.sqrt(np.abs(np.diag(hessian)))
        free &= unit > 0
        if not free.any():
            break
        scaled = hessian[np.ix_(free, free)] / np.outer(unit[free], unit[free])
        sizes, directions = np.linalg.eigh(scaled)
        if not sizes[0] > 1e-14 * sizes[-1]:
            break
        step = -(directions @ ((directions.T @ (gradient[free] / unit[free])) / sizes))
        length = float(np.sqrt(step @ scaled @ step))
        spread = np.sqrt(reduced.cost / max(reducer.rows - len(values), 1))
        settled = length <= _SETTLED * spread or length <= 1e-13 * float(np.abs(values[free] * unit[free]).max())
        if not length < shortest:
            break
        trial = values.copy()
        trial[free] = np.clip(values[free] + step / unit[free], low[free], high[free])
        if (trial == values).all():
            break
        there = reducer.reduce(trial)
        if not there.cost <= reduced.cost * (1 + 1e-12):
            break
        values, reduced, shortest, steps = trial, there, length, steps + 1
    stopped = "converged" if settled else descent.stopped
    return Descent(values, reduced, descent.iterations + steps, stopped)
