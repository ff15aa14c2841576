"""A fit from the formula to the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.errors import UsageError
from exprgrad.functions.table import SCANS
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit import messages, outliers
from exprgrad.jobs.fit.after.explain import explained
from exprgrad.jobs.fit.after.finished import finished
from exprgrad.jobs.fit.constraints.finish import Finish, Known
from exprgrad.jobs.fit.constraints.ties import fit_tied
from exprgrad.jobs.fit.correlated import run as correlated
from exprgrad.jobs.fit.correlated.errors import Whitening
from exprgrad.jobs.fit.correlated.reducer import Whitened
from exprgrad.jobs.fit.inputs import split
from exprgrad.jobs.fit.intervals.least_squares import refined
from exprgrad.jobs.fit.levenberg import Options
from exprgrad.jobs.fit.likelihood.families import chosen
from exprgrad.jobs.fit.orthogonal import run as orthogonal
from exprgrad.jobs.fit.orthogonal.reducer import Orthogonal
from exprgrad.jobs.fit.problem import Parameter, Problem, pose
from exprgrad.jobs.fit.reduction import Reducer
from exprgrad.jobs.fit.request import Request, check
from exprgrad.jobs.fit.result import Fit
from exprgrad.jobs.fit.search import redundant
from exprgrad.jobs.fit.search.reduced import widened
from exprgrad.jobs.fit.search.search import Search
from exprgrad.jobs.fit.summary import Ending, Summary
from exprgrad.jobs.fit.survey import survey
from exprgrad.observer import SILENT, Observer


def fit(
    model: Model,
    values: Mapping[str, float],
    source: RowSource,
    engine: Engine,
    request: Request,
    observer: Observer = SILENT,
) -> Fit:
    """Fit a formula. `values` are starts of parameters and values of what is fixed.

    Raises UsageError for what cannot be asked for, DataError for rows that do not fit, NumbersError where the model is
    not finite at the start. What ends the fit from outside is told to the observer.
    """
    check(request)
    if request.intervals == "bootstrap" and not SCANS.isdisjoint(model.graph.operations):
        what = "a running sum takes the rows in their order, and the bootstrap draws rows"
        raise UsageError(what, hint="take --intervals profile")
    if request.tie:

        def again(model: Model, values: Mapping[str, float], request: Request) -> Fit:
            return fit(model, values, source, engine, request, observer)

        return fit_tied(model, values, source.names, request, again)
    return _fit(model, values, source, engine, request, observer, begun=False)


def _fit(
    model: Model,
    values: Mapping[str, float],
    source: RowSource,
    engine: Engine,
    request: Request,
    observer: Observer,
    *,
    begun: bool,
) -> Fit:
    """The same of a request that was checked. `begun` says that the observer knows of the parameters: then some were
    held."""
    parameters, fixed = split(model, values, source.names, request)
    known = Known(request, parameters, fixed) if request.where or request.prior else None
    parameters = known.started(parameters) if known else parameters
    if (choice := chosen(request.likelihood)) is not None:
        from exprgrad.jobs.fit.likelihood.run import maximize

        best = maximize(model, parameters, fixed, source, engine, request, choice, observer)
        return best._replace(explanation=explained(parameters, [False] * len(parameters), best))
    steps = _Steps(model, parameters, fixed, source, engine, request, observer, known)
    if not begun:
        observer.begin(steps.problem.names, 0)
    with messages.telling(steps.reducers, observer), np.errstate(all="ignore"):
        steps.search()
        if known and request.covariance is None:
            return steps.under_constraints(known)
        if not begun and (found := steps.redundant()):
            held = {name: value for group in found for name, value in group.held.items()}
            fix = request._replace(fix=[*request.fix, *held])
            rest = _fit(model, {**values, **held}, source, engine, fix, observer, begun=True)
            return widened(rest, found, steps.problem.names, model, fixed)
        if request.covariance is not None:
            steps.with_correlated_errors()
            if known:
                return steps.under_constraints(known)
        if request.robust is not None:
            steps.against_outliers(request.robust)
        if request.sigma_x:
            steps.with_errors_in_x()
        return steps.result()


class _Steps:
    """The steps of one fit: each goes on from the ending of the one before."""

    def __init__(
        self,
        model: Model,
        parameters: Sequence[Parameter],
        fixed: Mapping[str, float],
        source: RowSource,
        engine: Engine,
        request: Request,
        observer: Observer,
        known: Known | None,
    ) -> None:
        """Raises DataError for rows that do not fit, or that are too few, UsageError for a bootstrap of jumps."""
        self.model, self.parameters, self.fixed = model, parameters, fixed
        self.own, self.engine, self.request, self.observer, self.known = source, engine, request, observer, known
        self.source = source
        self.weighing = {"sigma": request.sigma, "weights": request.weights}
        if request.covariance is not None:  # the search weighs rows by their own errors alone
            self.engine, self.weighing["sigma"] = engine._replace(cluster=None), correlated.SIGMA
            self.source = correlated.WithSigmas(source, request.covariance)
        self.problem = pose(model, self.source.names, parameters, fixed, **self.weighing)
        self._no_jumps_drawn()
        self.facts = survey(self.problem, self.source, self.engine)
        covariance = request.covariance
        self.whiten = None if covariance is None else Whitening(covariance, self.facts.rows)
        self._enough_rows()
        self.options = Options(request.max_iterations, request.tolerance)
        self.reducers: list[Reducer | Orthogonal] = []
        """What was minimized, the last one last."""
        self.errors: Orthogonal | None = None
        if request.sigma_x:
            self.errors = orthogonal.prepare(self.problem, self.source, self.engine, request, self.facts.rows)
        self.prepare(known.searched(self.problem) if known else self.problem)

    def _no_jumps_drawn(self) -> None:
        moved = [name for name, one in zip(self.problem.names, self.problem.still, strict=True) if one]
        if moved and self.request.intervals == "bootstrap":
            what = f"{moved[0]} only moves where the model jumps, and the fits of a bootstrap go by derivatives"
            raise UsageError(what, hint=f"leave out --intervals, or --fix {moved[0]}")

    def _enough_rows(self) -> None:
        count, observed = len(self.parameters), self.facts.observed
        if count > observed + (self.known.count if self.known else 0):
            raise messages.too_few(count, observed)

    def prepare(self, problem: Problem) -> None:
        """Make ready to minimize a problem."""
        self.reducer = Reducer(problem, self.source, self.engine, self.facts.rows)
        self.reducers.append(self.reducer)
        facts = self.facts
        self.looks = Search(problem, self.reducer, facts.squares, facts.reach, self.options, self.observer)

    def search(self) -> None:
        """Find the least squares. Raises NumbersError where the model is not finite at the start."""
        known, looks = self.known, self.looks
        self.ending = Ending(*(known.begun(looks, self.options) if known else looks.run(self.request.method)))
        if self.ending.descent.stopped == "non-finite":
            raise messages.not_finite(self.problem, self.ending.descent, self.source, self.engine)

    def under_constraints(self, known: Known) -> Fit:
        """Go on to what respects the constraints and priors."""
        finish = Finish(known, self.problem, self.reducer, self.facts, self.request, self.observer)
        found = finish.result(self.ending)
        return found._replace(explanation=explained(self.problem.parameters, self.problem.linear, found))

    def redundant(self) -> list[redundant.Group]:
        """The parameters that no data can tell apart, where the ending looks like it."""
        return redundant.groups(self.problem, self.reducer) if redundant.doubtful(self.ending.descent) else []

    def with_correlated_errors(self) -> None:
        """Go on from the place that the search has found, where the descent with correlations begins."""
        assert self.whiten is not None
        self.problem = pose(self.model, self.own.names, self.parameters, self.fixed)
        self.reducer = Whitened(self.problem, self.own, self.engine, self.facts.rows, self.whiten)
        self.reducers.append(self.reducer)
        self.facts = correlated.surveyed(self.reducer, self.facts)
        if not self.known:
            descent = correlated.descend(self.reducer, self.ending.descent, self.options, self.observer)
            self.ending = Ending(descent, correlated.METHOD)

    def against_outliers(self, loss: str) -> None:
        """Go on from the least squares, where the robust loss begins."""
        self.problem = pose(self.model, self.source.names, self.parameters, self.fixed, **self.weighing, robust=loss)
        self.prepare(self.problem)
        self.observer.start(1, 1)
        values, scale = self.ending.descent.values, self.request.scale
        descent, scale = outliers.descend(
            self.problem, self.reducer, self.looks.plain, values, self.options, loss, scale
        )
        self.ending = Ending(descent, "Levenberg-Marquardt, reweighted", scale)

    def with_errors_in_x(self) -> None:
        """Go on from the least squares, where the true places are first looked for."""
        assert self.errors is not None
        self.reducers.append(self.errors)
        descent = orthogonal.run(self.errors, self.ending.descent, self.options, self.observer)
        self.ending = Ending(descent, orthogonal.METHOD)

    def result(self) -> Fit:
        """What the ending says of the parameters, with intervals and what else was asked for."""
        problem, descent, request = self.problem, self.ending.descent, self.request
        result = Summary(problem, self.reducer, self.facts, self.ending, request).result()
        if result.converged:
            result = result._replace(notes=(*result.notes, *self.looks.notes))
        if request.intervals != "symmetric":
            result = refined(result, problem, self.reducer, descent, self.engine, request, self.observer)
        return finished(problem, self.errors or self.reducer, descent, result, request)
