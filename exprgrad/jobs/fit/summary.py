"""From where a descent ended to the result: the errors of the parameters, and how well the model does."""

from __future__ import annotations

from math import inf, log, nan, sqrt
from typing import Any, NamedTuple

import numpy as np

from exprgrad.jobs.fit import messages, outliers, statistics
from exprgrad.jobs.fit.levenberg import Descent
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import Flags, Floats, Reducer, combined
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Estimate, Fit
from exprgrad.jobs.fit.search.sample import far
from exprgrad.jobs.fit.survey import Survey, too_small
from exprgrad.jobs.fit.trust import solved

_MET = 16.0
"""In units of rounding: residuals up to here say nothing of noise."""


class Ending(NamedTuple):
    """Where a fit ended, and by which way."""

    descent: Descent
    method: str
    scale: float = nan
    """The residuals' standard deviation that a robust loss goes by."""


class Residuals(NamedTuple):
    """What is left at the end."""

    triangle: Floats
    """R of the Jacobian [p, p]."""
    variance: float
    """The factor of (J'J)^-1 in the covariance."""
    rss: float


class Summary:
    """The statistics of one ending; `statistics` has their formulas."""

    def __init__(self, problem: Problem, reducer: Reducer, facts: Survey, ending: Ending, request: Request) -> None:
        self.problem, self.reducer, self.facts = problem, reducer, facts
        self.ending, self.request = ending, request
        self.descent, self.values = ending.descent, ending.descent.values
        self.absolute = request.known_errors
        self.inside = _inside(problem, self.values)
        """The parameters that stand at no bound: the others have no error."""
        self.count = len(problem.names)
        """How many parameters the rows determine."""
        self.dof = facts.observed - int(self.inside.sum())

    def result(self) -> Fit:
        """Raises DataError where squares leave the range of numbers."""
        residuals = self._residuals()
        covariance, undetermined = self._covariance(residuals)
        quality = self._quality(residuals.rss)
        singular = bool(undetermined.any()) and self.descent.converged
        return Fit(
            expression=messages.formula(self.problem.model),
            parameters=self._estimates(covariance),
            fixed=dict(self.problem.fixed),
            residual_std_error=sqrt(residuals.rss / self.dof) if self.dof else nan,
            dof=self.dof,
            n=self.facts.observed,
            iterations=self.descent.iterations,
            stopped="singular" if singular else self.descent.stopped,
            method=self.ending.method,
            errors="robust" if self.request.robust is not None else "absolute" if self.absolute else "relative",
            confidence=self.request.confidence,
            covariance=tuple(tuple(map(float, row)) for row in covariance),
            robust=self.request.robust or "",
            scale=self.ending.scale,
            sigma=self.request.sigma or "",
            weights=self.request.weights or "",
            correlated_errors=self.request.covariance.name if self.request.covariance is not None else "",
            sigma_x=dict(self.request.sigma_x),
            sigma_xy=dict(self.request.sigma_xy),
            notes=tuple(
                messages.ending(
                    self.problem,
                    self.descent,
                    undetermined,
                    residuals.triangle,
                    np.sqrt(np.diag(covariance)),
                    lambda: far(self.problem, self.reducer.source, self.facts.rows),
                    self._blocked,
                )
                + messages.at_bounds(self.problem, self.values)
                + messages.same_sigma(self.problem, absolute=self.absolute)
                + self._no_errors(residuals.variance)
                + ([] if singular else messages.no_better(self.problem, quality["r2"]))
            ),
            **quality,
        )

    def _blocked(self) -> bool:
        """Whether steps from the end lead to where the model is not finite."""
        step = solved(self.descent.reduced.triangle, self.descent.reduced.rotated)
        return any(not self.reducer.reduce(self.values + part * step).finite for part in (1.0, 0.1, 0.01))

    def _no_errors(self, variance: float) -> list[str]:
        relative = not self.absolute and self.request.robust is None
        count = int(self.inside.sum())
        said = messages.no_errors(count, self.facts.observed, self.dof, variance, relative=relative)
        rounding = (_MET * statistics.ROUNDING) ** 2 * self.facts.power
        met = relative and self.dof > 0 and self.descent.converged and self.descent.reduced.cost <= rounding
        return said or (messages.met() if met and count else [])

    def _residuals(self) -> Residuals:
        rss, facts = self.descent.reduced.cost, self.facts
        least = max(rss, statistics.ROUNDING**2 * facts.power)
        if facts.power and least < np.finfo(np.float64).tiny:
            raise too_small(self.problem, sqrt(facts.power / facts.observed))
        if self.request.robust is not None:
            return Residuals(*outliers.spread_of(self.problem, self.reducer, self.values))
        variance = 1.0 if self.absolute else least / self.dof if self.dof else nan
        return Residuals(self.descent.reduced.triangle, variance, rss)

    def _covariance(self, residuals: Residuals) -> tuple[Floats, Flags]:
        """Of the parameters [p, p], nan where there is none; and which of them the data leave open."""
        names, inside = self.problem.names, self.inside
        covariance = np.full((len(names), len(names)), nan)
        undetermined = np.zeros(len(names), dtype=bool)
        if inside.any():
            triangle = residuals.triangle
            part = combined(triangle[:0, inside], triangle[:, inside])
            covariance[np.ix_(inside, inside)] = statistics.covariance(part, residuals.variance)
            undetermined[inside] = statistics.undetermined(part)
            if self.descent.converged and residuals.variance > 0:
                messages.check_range(names, covariance, triangle, inside & ~undetermined)
        return covariance, undetermined

    def _estimates(self, covariance: Floats) -> dict[str, Estimate]:
        normal = self.absolute or self.request.robust is not None
        dof = inf if normal else self.dof
        return {
            name: statistics.estimate(float(value), float(variance), dof, self.request.confidence)
            for name, value, variance in zip(self.problem.names, self.values, np.diag(covariance), strict=True)
        }

    def _quality(self, rss: float) -> dict[str, Any]:
        """How well the model does. Of a robust loss, and of errors in x, only the sum of squares is defined."""
        n, squares = self.facts.observed, self.facts.squares
        plain = self.request.robust is None and not self.request.sigma_x
        r2 = 1 - rss / squares if squares > 0 and plain else nan
        likelihood = nan
        if plain:
            likelihood = statistics.log_likelihood(rss, n, self.facts.logarithms, absolute=self.absolute)
        count = self.count + (not self.absolute)
        return {
            "rss": rss,
            "r2": r2,
            "adjusted_r2": 1 - (1 - r2) * (n - 1) / self.dof if self.dof else nan,
            "aic": 2 * count - 2 * likelihood,
            "bic": count * log(n) - 2 * likelihood,
        }


def _inside(problem: Problem, values: Floats) -> Flags:
    """Which parameters lie between their bounds."""
    low = np.array([parameter.low for parameter in problem.parameters])
    high = np.array([parameter.high for parameter in problem.parameters])
    found: Flags = (values > low) & (values < high)
    return found
