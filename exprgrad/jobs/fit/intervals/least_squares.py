"""Profile and bootstrap intervals of a least-squares fit, perhaps with a robust loss."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import NamedTuple

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.errors import UsageError
from exprgrad.jobs.fit import outliers, statistics
from exprgrad.jobs.fit.intervals.bootstrap import Resampled, on_one
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
    refit = Refit(problem, descent.values, reducer.rows, on_one(engine), request.robust, request.scale)
    return bootstrapped(result, refit, reducer.source, engine, request, observer)


class Refit(NamedTuple):
    """See `bootstrap.Refit`."""

    problem: Problem
    values: Floats
    """Where the fits begin."""
    rows: int
    engine: Engine
    robust: str | None
    scale: float | None

    @property
    def columns(self) -> list[str]:
        """Those that the formula uses."""
        return [name for name in self.problem.graph.inputs() if name in self.problem.columns]

    def of(self, resampled: Resampled) -> Callable[[], Floats | None]:
        """Descents over the rows that are drawn."""
        low, high = (np.array([getattr(each, end) for each in self.problem.parameters]) for end in ("low", "high"))
        again = Reducer(self.problem, resampled, self.engine, self.rows)
        solver = Levenberg(again.reduce, low, high, self.rows)

        def refit() -> Floats | None:
            again.forget()
            if self.robust is None:
                found = solver.descend(self.values, _DESCENT)
            else:
                try:
                    found, _ = outliers.descend(
                        self.problem, again, solver, self.values, _DESCENT, self.robust, self.scale
                    )
                except UsageError:  # at least half of the rows are met exactly
                    return None
            return found.values if determined(found, low, high) else None

        return refit


def determined(found: Descent, low: Floats, high: Floats) -> bool:
    """Whether a descent ended at a minimum that determines all parameters between their bounds."""
    inside = (found.values > low) & (found.values < high)
    triangle = found.reduced.triangle[:, inside]
    return found.converged and not (inside.any() and statistics.undetermined(triangle).any())
