"""A fit from the formula to the record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import inf, isfinite, log, nan, sqrt

import numpy as np

from exprgrad.backends.prepared import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.errors import DataError, UsageError
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit import messages, outliers, statistics
from exprgrad.jobs.fit.levenberg import Descent, Options
from exprgrad.jobs.fit.problem import Parameter, Problem, pose
from exprgrad.jobs.fit.reduction import Reducer, combined
from exprgrad.jobs.fit.request import Request, check
from exprgrad.jobs.fit.result import Fit
from exprgrad.jobs.fit.search import Search
from exprgrad.jobs.fit.survey import Survey, survey, too_small
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
    not finite at the start.
    """
    check(request)
    parameters, fixed = _split(model, values, source.names, request)
    problem = pose(model, source.names, parameters, fixed, sigma=request.sigma, weights=request.weights)
    facts = survey(problem, source, engine)
    if len(parameters) > facts.observed:
        rows = f"{facts.observed} row{'s' * (facts.observed != 1)}"
        raise DataError(f"{len(parameters)} parameters cannot be fitted to {rows}", hint="fix some with --fix NAME")
    options = Options(request.iterations, request.tolerance)
    reducer = Reducer(problem, source, engine, facts.rows)
    search = Search(problem, reducer, facts.squares, facts.reach, options, observer)
    with np.errstate(all="ignore"):
        descent, found = search.run(request.method)
    if descent.stopped == "non-finite":
        raise messages.not_finite(problem, descent, source, engine)
    scale = nan
    if request.robust is not None:
        problem = pose(
            model, source.names, parameters, fixed, sigma=request.sigma, weights=request.weights, robust=request.robust
        )
        reducer = Reducer(problem, source, engine, facts.rows)
        search = Search(problem, reducer, facts.squares, facts.reach, options, observer)
        descent, scale = outliers.descend(
            problem, reducer, search.plain, descent.values, options, request.robust, request.scale
        )
        found = "Levenberg-Marquardt, reweighted"
    with np.errstate(all="ignore"):
        return _record(problem, reducer, facts, descent, found, scale, request)


def _split(
    model: Model, values: Mapping[str, float], columns: Collection[str], request: Request
) -> tuple[list[Parameter], dict[str, float]]:
    """The parameters, and what keeps its value: `input` lines, what is asked to be fixed, and what only the
    response uses."""
    declared = {parameter.name: parameter for parameter in model.parameters}
    names = [name for name in model.graph.inputs() if name not in columns]
    kept = {name for name in model.defaults if name not in declared}
    for name in (*request.fix, *request.bounds):
        if name not in names:
            raise UsageError(f"the model has no parameter {name}", hint=f"its parameters: {', '.join(names) or 'none'}")
    missing = [name for name in request.fix if name not in values]
    if missing:
        raise UsageError(f"there is no value to fix {missing[0]} at", hint=f"give --{missing[0]} VALUE")
    kept.update(request.fix)
    fitted = []
    for name in names:
        if name in kept:
            continue
        low, high = declared[name][2:] if name in declared else (-inf, inf)
        low, high = request.bounds.get(name, (low, high))
        start = values.get(name)
        if start is not None and not isfinite(start):
            raise UsageError(f"the start of {name} is {start}", hint="a start is a finite number")
        if start is not None and not low <= start <= high:
            raise UsageError(f"{name} starts at {start:g}, outside its bounds {low:g} to {high:g}")
        fitted.append(Parameter(name, start, low, high))
    if not fitted:
        raise UsageError("there is nothing to fit: the model has no parameters", hint='for example "y ~ a*x + b"')
    return fitted, {name: values[name] for name in names if name in kept}


def _record(
    problem: Problem, reducer: Reducer, facts: Survey, descent: Descent, found: str, scale: float, request: Request
) -> Fit:
    names, values, n = problem.names, descent.values, facts.observed
    low = np.array([parameter.low for parameter in problem.parameters])
    high = np.array([parameter.high for parameter in problem.parameters])
    inside = (values > low) & (values < high)
    dof = n - int(inside.sum())
    rss, triangle = descent.reduced.cost, descent.reduced.triangle
    absolute = request.absolute and request.sigma is not None
    least = max(rss, statistics.ROUNDING**2 * facts.power)
    if facts.power and least < np.finfo(np.float64).tiny:
        raise too_small(problem, sqrt(facts.power / n))
    variance = 1.0 if absolute else least / dof if dof else nan
    if request.robust is not None:
        triangle, variance, rss = outliers.spread_of(problem, reducer, values)
    spread = np.full((len(names), len(names)), nan)
    open_ones = np.zeros(len(names), dtype=bool)
    if inside.any():
        part = combined(triangle[:0, inside], triangle[:, inside])
        spread[np.ix_(inside, inside)] = statistics.covariance(part, variance)
        open_ones[inside] = statistics.undetermined(part)
        if descent.converged and variance > 0:
            messages.check_range(names, spread, triangle, inside & ~open_ones)
    squares = request.robust is None
    r2 = 1 - rss / facts.squares if facts.squares > 0 and squares else nan
    likelihood = statistics.log_likelihood(rss, n, facts.logarithms, absolute=absolute) if squares else nan
    count = len(names) + (not absolute)
    stopped = "singular" if open_ones.any() and descent.converged else descent.stopped
    return Fit(
        expression=messages.formula(problem.model),
        parameters={
            name: statistics.estimate(
                float(value), float(spread[k, k]), inf if absolute or request.robust else dof, request.confidence
            )
            for k, (name, value) in enumerate(zip(names, values, strict=True))
        },
        fixed=dict(problem.fixed),
        rss=rss,
        residual_std_error=sqrt(rss / dof) if dof else nan,
        r2=r2,
        adjusted_r2=1 - (1 - r2) * (n - 1) / dof if dof else nan,
        aic=2 * count - 2 * likelihood,
        bic=count * log(n) - 2 * likelihood,
        dof=dof,
        n=n,
        iterations=descent.iterations,
        stopped=stopped,
        method=found,
        errors="robust" if request.robust is not None else "absolute" if absolute else "relative",
        confidence=request.confidence,
        covariance=tuple(tuple(map(float, row)) for row in spread),
        robust=request.robust or "",
        scale=scale,
        notes=tuple(messages.ending(problem, descent, open_ones, triangle) + messages.at_bounds(problem, values)),
    )
