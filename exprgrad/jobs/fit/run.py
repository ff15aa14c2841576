"""A fit from the formula to the result."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.errors import DataError, UsageError
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
from exprgrad.jobs.fit.problem import Problem, pose
from exprgrad.jobs.fit.reduction import Reducer
from exprgrad.jobs.fit.request import Request, check
from exprgrad.jobs.fit.result import Fit
from exprgrad.jobs.fit.search import redundant
from exprgrad.jobs.fit.search.reduced import widened
from exprgrad.jobs.fit.search.search import Search
from exprgrad.jobs.fit.summary import Ending, Summary
from exprgrad.jobs.fit.survey import Survey, survey
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

        found = maximize(model, parameters, fixed, source, engine, request, choice, observer)
        return found._replace(explanation=explained(parameters, [False] * len(parameters), found))
    weighing = {"sigma": request.sigma, "weights": request.weights}
    own = source
    if request.covariance is not None:  # the search weighs rows by their own errors alone
        engine, weighing["sigma"] = engine._replace(cluster=None), correlated.SIGMA
        source = correlated.WithSigmas(own, request.covariance)
    problem = pose(model, source.names, parameters, fixed, **weighing)
    facts = survey(problem, source, engine)
    whiten = None if request.covariance is None else Whitening(request.covariance, facts.rows)
    if len(parameters) > facts.observed + (known.count if known else 0):
        rows = f"{facts.observed} row{'s' * (facts.observed != 1)}"
        raise DataError(f"{len(parameters)} parameters cannot be fitted to {rows}", hint="fix some with --fix NAME")
    if not begun:
        observer.begin(problem.names, 0)
    options = Options(request.max_iterations, request.tolerance)

    reducers: list[Reducer | Orthogonal] = []
    errors = orthogonal.prepare(problem, source, engine, request, facts.rows) if request.sigma_x else None

    def prepared(problem: Problem) -> tuple[Reducer, Search]:
        reducer = Reducer(problem, source, engine, facts.rows)
        reducers.append(reducer)
        return reducer, Search(problem, reducer, facts.squares, facts.reach, options, observer)

    with messages.telling(reducers, observer), np.errstate(all="ignore"):
        reducer, search = prepared(problem)
        ending = Ending(*(known.begun(search, options) if known else search.run(request.method)))
        if ending.descent.stopped == "non-finite":
            raise messages.not_finite(problem, ending.descent, source, engine)
        if whiten is None and known:
            return _limited(known, problem, reducer, facts, request, observer, ending)
        if not begun and redundant.doubtful(ending.descent) and (groups := redundant.groups(problem, reducer)):
            held = {name: value for group in groups for name, value in group.held.items()}
            fix = request._replace(fix=[*request.fix, *held])
            found = _fit(model, {**values, **held}, own, engine, fix, observer, begun=True)
            return widened(found, groups, problem.names, model, fixed)
        if whiten is not None:  # the search has found the place where the descent with correlations begins
            problem = pose(model, own.names, parameters, fixed)
            reducer = Whitened(problem, own, engine, facts.rows, whiten)
            reducers.append(reducer)
            facts = correlated.surveyed(reducer, facts)
            if known:
                return _limited(known, problem, reducer, facts, request, observer, ending)
            ending = Ending(correlated.descend(reducer, ending.descent, options, observer), correlated.METHOD)
        if request.robust is not None:  # least squares have found the place where the robust loss begins
            problem = pose(model, source.names, parameters, fixed, **weighing, robust=request.robust)
            reducer, search = prepared(problem)
            observer.start(1, 1)
            descent, scale = outliers.descend(
                problem, reducer, search.plain, ending.descent.values, options, request.robust, request.scale
            )
            ending = Ending(descent, "Levenberg-Marquardt, reweighted", scale)
        if errors is not None:  # they have found the place where the true places are first looked for
            reducers.append(errors)
            ending = Ending(orthogonal.run(errors, ending.descent, options, observer), orthogonal.METHOD)
        result = Summary(problem, reducer, facts, ending, request).result()
        if result.converged:
            result = result._replace(notes=(*result.notes, *search.notes))
        if request.intervals != "symmetric":
            result = refined(result, problem, reducer, ending.descent, engine, request, observer)
        return finished(problem, errors or reducer, ending.descent, result, request)


def _limited(
    known: Known,
    problem: Problem,
    reducer: Reducer,
    facts: Survey,
    request: Request,
    observer: Observer,
    ending: Ending,
) -> Fit:
    """From where the fit of the rows alone ended, to the fit that respects what is known."""
    found = Finish(known, problem, reducer, facts, request, observer).result(ending)
    return found._replace(explanation=explained(problem.parameters, problem.linear, found))
