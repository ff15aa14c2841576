"""A fit from the formula to the result."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from exprgrad.backends.prepared import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.errors import DataError
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit import messages, outliers
from exprgrad.jobs.fit.inputs import split
from exprgrad.jobs.fit.intervals.least_squares import refined
from exprgrad.jobs.fit.levenberg import Options
from exprgrad.jobs.fit.likelihood.families import chosen
from exprgrad.jobs.fit.problem import Problem, pose
from exprgrad.jobs.fit.reduction import Reducer
from exprgrad.jobs.fit.request import Request, check
from exprgrad.jobs.fit.result import Fit
from exprgrad.jobs.fit.search import Search
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
    parameters, fixed = split(model, values, source.names, request)
    if (choice := chosen(request.likelihood)) is not None:
        from exprgrad.jobs.fit.likelihood.run import maximize

        return maximize(model, parameters, fixed, source, engine, request, choice, observer)
    weighing = {"sigma": request.sigma, "weights": request.weights}
    problem = pose(model, source.names, parameters, fixed, **weighing)
    facts = survey(problem, source, engine)
    if len(parameters) > facts.observed:
        rows = f"{facts.observed} row{'s' * (facts.observed != 1)}"
        raise DataError(f"{len(parameters)} parameters cannot be fitted to {rows}", hint="fix some with --fix NAME")
    observer.begin(problem.names, 0)
    options = Options(request.max_iterations, request.tolerance)

    reducers: list[Reducer] = []

    def prepared(problem: Problem) -> tuple[Reducer, Search]:
        reducer = Reducer(problem, source, engine, facts.rows)
        reducers.append(reducer)
        return reducer, Search(problem, reducer, facts.squares, facts.reach, options, observer)

    with messages.telling(reducers, observer), np.errstate(all="ignore"):
        reducer, search = prepared(problem)
        ending = Ending(*search.run(request.method))
        if ending.descent.stopped == "non-finite":
            raise messages.not_finite(problem, ending.descent, source, engine)
        if request.robust is not None:  # least squares have found the place where the robust loss begins
            problem = pose(model, source.names, parameters, fixed, **weighing, robust=request.robust)
            reducer, search = prepared(problem)
            observer.start(1, 1)
            descent, scale = outliers.descend(
                problem, reducer, search.plain, ending.descent.values, options, request.robust, request.scale
            )
            ending = Ending(descent, "Levenberg-Marquardt, reweighted", scale)
        result = Summary(problem, reducer, facts, ending, request).result()
        if request.intervals != "symmetric":
            result = refined(result, problem, reducer, ending.descent, engine, request, observer)
        return result
