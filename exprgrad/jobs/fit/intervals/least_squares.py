"""Profile and bootstrap intervals of a least-squares fit, perhaps with a robust loss."""

from __future__ import annotations

from math import inf

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.errors import UsageError
from exprgrad.jobs.fit import outliers, statistics
from exprgrad.jobs.fit.intervals.bootstrap import Resampled
from exprgrad.jobs.fit.intervals.held import Minimum
from exprgrad.jobs.fit.intervals.refine import bootstrapped, profiled
from exprgrad.jobs.fit.levenberg import Descent, Levenberg, Options
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import Floats, Reducer
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Fit
from exprgrad.observer import Observer

_DESCENT = Options(iterations=200, factor=1.0)


def refined(
    result: Fit,
    problem: Problem,
    reducer: Reducer,
    descent: Descent,
    engine: Engine,
    request: Request,
    observer: Observer,
) -> Fit:
    """The result with the intervals that are asked for. `descent` ended at its minimum."""
    low, high = (np.array([getattr(each, end) for each in problem.parameters]) for end in ("low", "high"))
    if request.intervals == "profile":
        absolute = result.errors == "absolute"
        unit = 1.0 if absolute else result.residual_std_error**2
        quantile = statistics.quantile(request.confidence, inf if absolute else result.dof)
        values, cost = descent.values, descent.reduced.cost
        minimum = Minimum(reducer.reduce, values, low, high, cost, unit, quantile, reducer.rows)
        return profiled(result, minimum, contours=request.contours)
    resampled = Resampled(reducer.source, reducer.rows)
    again = Reducer(problem, resampled, engine._replace(cluster=None), reducer.rows)
    solver = Levenberg(again.reduce, low, high, reducer.rows)

    def refit() -> Floats | None:
        if request.robust is None:
            found = solver.descend(descent.values, _DESCENT)
        else:
            try:
                found, _ = outliers.descend(
                    problem, again, solver, descent.values, _DESCENT, request.robust, request.scale
                )
            except UsageError:  # at least half of the rows are met exactly
                return None
        return found.values if determined(found, low, high) else None

    return bootstrapped(result, resampled, refit, request, observer)


def determined(found: Descent, low: Floats, high: Floats) -> bool:
    """Whether a descent ended at a minimum that determines all parameters between their bounds."""
    inside = (found.values > low) & (found.values < high)
    triangle = found.reduced.triangle[:, inside]
    return found.converged and not (inside.any() and statistics.undetermined(triangle).any())
