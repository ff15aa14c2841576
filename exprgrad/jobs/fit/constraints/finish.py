"""Fits with constraints and priors: where they end, and what that says of the parameters.

Along the directions Z that the constraints which hold as equations leave free, the covariance is s^2*Z(Z'J'JZ)^-1*Z':
a parameter that they determine has the standard error 0, and one more row counts as known for each of them (Seber and
Wild 2003, Nonlinear Regression, 2.2.3 and 9.3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import nan, sqrt
from typing import Any

import numpy as np

from exprgrad.jobs.fit import statistics
from exprgrad.jobs.fit.constraints.descent import Limited
from exprgrad.jobs.fit.constraints.elsewhere import copies, narrowed
from exprgrad.jobs.fit.constraints.priors import Prior, WithPriors, priors
from exprgrad.jobs.fit.constraints.relations import Relations, as_equations, equations, relations
from exprgrad.jobs.fit.constraints.steps import null_space
from exprgrad.jobs.fit.levenberg import Descent, Options
from exprgrad.jobs.fit.problem import Parameter, Problem
from exprgrad.jobs.fit.reduction import Flags, Floats, Reducer
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Fit
from exprgrad.jobs.fit.search.search import Search
from exprgrad.jobs.fit.summary import Ending, Residuals, Summary
from exprgrad.jobs.fit.survey import Survey
from exprgrad.observer import Observer

_TURNS = 100
"""Between the parameters and the scale of the residuals, at the most."""
_SETTLED = 1e-12
_PLACES = 28
"""Looked at for one where the constraints are met, where none is near the starts."""
_EXACT = 1e-12
"""Of a direction: a parameter that moves less along it does not move."""


class Known:
    """What a request says of the parameters beside the rows."""

    def __init__(self, request: Request, parameters: Sequence[Parameter], fixed: Mapping[str, float]) -> None:
        """Raises UsageError for constraints and priors that make no sense."""
        names = [parameter.name for parameter in parameters]
        self.priors: list[Prior] = priors(request.prior, names)
        self.relations: Relations = relations(request.where, parameters, fixed)
        self.constrained = bool(request.where)

    def begun(self, search: Search, options: Options) -> tuple[Descent, str]:
        """From where the fit under constraints may begin: the starts, or what the search finds without them."""
        if search.known.all():
            return search.plain.descend(search.start, options), "Levenberg-Marquardt"
        return search.run("lm")

    def searched(self, problem: Problem) -> Problem:
        """The problem of the search: inequalities of one parameter are bounds in it."""
        parameters = narrowed(self.relations, problem.parameters)
        same = [
            (each.low, each.high) == (before.low, before.high)
            for each, before in zip(parameters, problem.parameters, strict=True)
        ]
        linear = tuple(one and kept for one, kept in zip(problem.linear, same, strict=True))
        return replace(problem, parameters=tuple(parameters), linear=linear)

    @property
    def count(self) -> int:
        """How many parameters need no row of their own."""
        return len(self.priors) + int(self.relations.equal.sum())

    def started(self, parameters: Sequence[Parameter]) -> list[Parameter]:
        """Parameters without a start begin at the mean of their prior."""
        means = {prior.name: prior.mean for prior in self.priors}
        return [
            each
            if each.start is not None or each.name not in means
            else Parameter(each.name, min(max(means[each.name], each.low), each.high), each.low, each.high)
            for each in parameters
        ]


class Finish:
    """From where the fit of the rows alone ended, to the fit that respects what is known."""

    def __init__(
        self, known: Known, problem: Problem, reducer: Reducer, facts: Survey, request: Request, observer: Observer
    ) -> None:
        self.known, self.problem, self.reducer, self.facts, self.request = known, problem, reducer, facts, request
        self.reduce = WithPriors(reducer.reduce, known.priors, problem.names)
        self.low, self.high = (np.array([getattr(p, end) for p in problem.parameters]) for end in ("low", "high"))
        self.limited = Limited(self.reduce, known.relations, facts.observed, observer)
        self.absolute = request.known_errors
        self.options = Options(request.max_iterations, request.tolerance)

    def result(self, ending: Ending) -> Fit:
        """Raises UsageError where the constraints cannot be met."""
        starts = [ending.descent.values] if np.isfinite(ending.descent.values).all() else []
        given = [each.start for each in self.problem.parameters]
        if None not in given:
            starts.append(np.clip(np.array(given, np.float64), self.low, self.high))
        else:
            starts += copies(self.known.relations, self.reduce, ending.descent.values)
        if not self.absolute and self.known.priors:
            self.reduce.scale = sqrt(ending.descent.reduced.cost / max(self.facts.observed - len(given), 1))
        descent = self._best(starts)
        held = self._held(descent)
        if not self.absolute and self.known.priors:
            for _ in range(_TURNS):
                before, self.reduce.scale = self.reduce.scale, self._scale(descent, held)
                descent = self._best([descent.values])._replace(iterations=descent.iterations)
                held = self._held(descent)
                if not abs(self.reduce.scale - before) > _SETTLED * self.reduce.scale:
                    break
        how = "Gauss-Newton under constraints" if self.known.constrained else "Gauss-Newton with priors"
        return LimitedSummary(self, Ending(descent, how), held).result()

    def _best(self, starts: Sequence[Floats]) -> Descent:
        """The lowest end of descents from these; one that has converged before others."""
        near = [values for start in starts if (values := self.limited.restored(start)) is not None]
        found = [self.limited.descend(values, self.options) for values in near or self._elsewhere()]
        finite = [each for each in found if each.stopped != "non-finite"] or found
        return min(finite, key=lambda each: (not each.converged, each.reduced.cost))

    def _elsewhere(self) -> list[Floats]:
        """A place where the constraints are met, looked for over many magnitudes."""
        for k in range(_PLACES):
            size = 10.0 ** (k % 7 - 3)
            place = size * np.array([(-1) ** ((k // 7) >> j & 1) * (1 + 0.1 * j) for j in range(len(self.low))])
            if (found := self.limited.restored(np.clip(place, self.low, self.high))) is not None:
                return [found]
        raise self.limited.contradiction()

    def _held(self, descent: Descent) -> Floats:
        """The slopes of what holds as an equation [n, p]: constraints, and bounds."""
        held = self.limited.active(descent.values, descent.reduced)
        return self.known.relations.expressions.slopes(descent.values)[held]

    def _scale(self, descent: Descent, held: Floats) -> float:
        """The standard deviation of the residuals, in the next turn."""
        rss = descent.reduced.cost - self.reduce.prior_cost(descent.values)
        free = null_space(held)
        _, s, right = np.linalg.svd(descent.reduced.triangle @ free, full_matrices=False)
        kept = s > 0
        spread = free @ (right[kept].T / s[kept]) * self.reduce.scale
        known = float(np.sum((spread[self.reduce.places] ** 2).sum(axis=1) / self.reduce.errors**2))
        determined = max(free.shape[1] - known, 0.0)
        return sqrt(max(rss, np.finfo(float).tiny) / max(self.facts.observed - determined, 1e-9))


class LimitedSummary(Summary):
    """The statistics of an ending that respects what is known."""

    def __init__(self, finish: Finish, ending: Ending, held: Floats) -> None:
        super().__init__(finish.problem, finish.reducer, finish.facts, ending, finish.request)
        self.finish, self.free = finish, null_space(held)
        self.count = self.free.shape[1]
        self.dof = self.facts.observed + len(finish.known.priors) - self.count

    def result(self) -> Fit:
        """As for a fit that is free, with notes on the inequalities that it ended at."""
        found, finish = super().result(), self.finish
        if finish.known.priors and not self.absolute:
            found = found._replace(residual_std_error=finish.reduce.scale)
        ended = finish.limited.reached(self.values, self.descent.reduced)
        notes = [f"{text} holds as an equation: the standard errors take it as exact" for text in ended]
        said = equations(self.request.where)
        exact = finish.limited.exact(self.values, self.descent.reduced)
        return found._replace(
            notes=(*found.notes, *notes),
            constraints=said,
            ended_at=tuple(text for text in exact if text not in as_equations(said)),
            priors=tuple(self.request.prior),
        )

    def _residuals(self) -> Residuals:
        plain = super()._residuals()
        if not self.finish.known.priors:
            return plain
        scale = self.finish.reduce.scale
        rss = self.descent.reduced.cost - self.finish.reduce.prior_cost(self.values)
        return plain._replace(rss=rss, variance=1.0 if self.absolute else scale * scale)

    def _covariance(self, residuals: Residuals, open_ones: list[str]) -> tuple[Floats, Flags]:
        names = self.problem.names
        inner = residuals.triangle @ self.free
        covariance, undetermined = np.zeros((len(names), len(names))), np.zeros(len(names), bool)
        if inner.shape[1]:
            part = statistics.covariance(inner, residuals.variance)
            lost = statistics.undetermined(inner)
            undetermined = np.asarray((np.abs(self.free[:, lost]) > 1e-8).any(axis=1))
            covariance = self.free @ np.where(np.isnan(part), 0.0, part) @ self.free.T
        exact: Flags = np.abs(self.free).max(axis=1, initial=0.0) < _EXACT
        covariance[exact] = covariance[:, exact] = 0.0
        covariance[undetermined] = covariance[:, undetermined] = nan
        at_bound = ~self.inside
        covariance[at_bound] = covariance[:, at_bound] = nan
        return covariance, undetermined

    def _quality(self, rss: float) -> dict[str, Any]:
        found = super()._quality(rss)
        return found | {"aic": nan, "bic": nan} if self.finish.known.priors else found
