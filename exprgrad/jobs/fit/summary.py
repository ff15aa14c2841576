"""From where a descent ended to the result: the errors of the parameters, and how well the model does."""

from __future__ import annotations

from math import inf, log, nan, sqrt
from typing import Any, NamedTuple

import numpy as np

from exprgrad.jobs.fit import messages, outliers, statistics
from exprgrad.jobs.fit.levenberg import Descent
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import Flags, Floats, Reducer, combined, lengths
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Estimate, Fit
from exprgrad.jobs.fit.search import steps
from exprgrad.jobs.fit.search.data.sample import far
from exprgrad.jobs.fit.survey import Survey, too_small
from exprgrad.jobs.fit.trust import solved

_VANISHED = 1e-9
"""Of the responses: a term that rounding explains."""


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
        self.inside = _inside(problem, self.values) & ~np.array(problem.still)
        """The parameters that stand at no bound and that derivatives tell of: the others have no error."""
        self.count = len(problem.names)
        """How many parameters the rows determine."""
        self.dof = facts.observed - int((_inside(problem, self.values)).sum())

    def result(self) -> Fit:
        """Raises DataError where squares leave the range of numbers."""
        residuals = self._residuals()
        open_ones = self._left_open(residuals)
        covariance, undetermined = self._covariance(residuals, open_ones)
        quality = self._quality(residuals.rss)
        singular = bool(undetermined.any() or open_ones) and self.descent.converged
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
            notes=tuple(self._notes(residuals, covariance, undetermined, open_ones, quality)),
            **quality,
        )

    def _notes(
        self,
        residuals: Residuals,
        covariance: Floats,
        undetermined: Flags,
        open_ones: list[str],
        quality: dict[str, Any],
    ) -> list[str]:
        """What is to be said of the end, what is wrong first."""
        problem, descent = self.problem, self.descent
        errors = np.sqrt(np.diag(covariance))
        if open_ones and descent.converged:
            found = [messages.constant(problem, open_ones, self.facts.mean)]
        else:
            found = messages.ending(
                problem, descent, undetermined, residuals.triangle, errors, self._far, self._blocked
            )
        found += steps.said(problem, self.reducer, self.values) + messages.at_bounds(problem, self.values)
        found += messages.same_sigma(problem, absolute=self.absolute)
        if not open_ones:
            found += self._no_errors(residuals)
            if not (undetermined.any() and descent.converged):
                found += messages.no_better(problem, quality["r2"], quality["adjusted_r2"])
        return found + ([messages.zeros_and_ones(problem)] if self._binary() else [])

    def _far(self) -> dict[str, float]:
        return far(self.problem, self.reducer.source, self.facts.rows)

    def _blocked(self) -> bool:
        """Whether steps from the end lead to where the model is not finite."""
        step = solved(self.descent.reduced.triangle, self.descent.reduced.rotated)
        return any(not self.reducer.reduce(self.values + part * step).finite for part in (1.0, 0.1, 0.01))

    def _no_errors(self, residuals: Residuals) -> list[str]:
        relative = not self.absolute and self.request.robust is None
        count, exact = int(self.inside.sum()), residuals.rss <= statistics.EXACT**2 * self.facts.power
        return messages.no_errors(
            count, self.facts.observed, self.dof, residuals.variance, relative=relative, exact=exact
        )

    def _left_open(self, residuals: Residuals) -> list[str]:
        """The parameters that a response of one number leaves open: those of a term that has vanished."""
        facts, linear = self.facts, np.array(self.problem.linear)
        if linear.all() or not facts.power > 0 or facts.squares > statistics.EXACT**2 * facts.power:
            return []
        gone = lengths(residuals.triangle) * np.abs(self.values) <= _VANISHED * sqrt(facts.power)
        names = [name for name, one in zip(self.problem.names, gone & self.inside, strict=True) if one]
        return names if (gone & linear).any() and facts.observed > 1 else []

    def _binary(self) -> bool:
        """Whether a likelihood of 0 and 1 is likely to be meant: the model is no straight line."""
        plain = self.problem.sigma is None and self.problem.weights is None and self.request.robust is None
        return plain and self.facts.binary and not all(self.problem.linear) and not any(self.problem.jumps)

    def _residuals(self) -> Residuals:
        rss, facts = self.descent.reduced.cost, self.facts
        least = max(rss, statistics.ROUNDING**2 * facts.power)
        if facts.power and least < np.finfo(np.float64).tiny:
            raise too_small(self.problem, sqrt(facts.power / facts.observed))
        if self.request.robust is not None:
            return Residuals(*outliers.spread_of(self.problem, self.reducer, self.values))
        variance = 1.0 if self.absolute else least / self.dof if self.dof else nan
        return Residuals(self.descent.reduced.triangle, variance, rss)

    def _covariance(self, residuals: Residuals, open_ones: list[str]) -> tuple[Floats, Flags]:
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
                known = ~undetermined & np.array([name not in open_ones for name in names])
                messages.check_range(names, covariance, triangle, inside & known)
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
