"""A fit by maximum likelihood, from the formula to the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.errors import LimitError
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit.levenberg import Options
from exprgrad.jobs.fit.likelihood import messages
from exprgrad.jobs.fit.likelihood.descent import Descender, Found
from exprgrad.jobs.fit.likelihood.families import Choice
from exprgrad.jobs.fit.likelihood.intervals import refined
from exprgrad.jobs.fit.likelihood.model import posed
from exprgrad.jobs.fit.likelihood.newton import Maximum, Newton
from exprgrad.jobs.fit.likelihood.rows import check_quantities, checked_rows
from exprgrad.jobs.fit.likelihood.starts import starts
from exprgrad.jobs.fit.likelihood.summary import Summary
from exprgrad.jobs.fit.messages import telling, too_few
from exprgrad.jobs.fit.problem import Parameter
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Fit
from exprgrad.observer import Observer


def maximize(
    model: Model,
    parameters: Sequence[Parameter],
    fixed: Mapping[str, float],
    source: RowSource,
    engine: Engine,
    request: Request,
    choice: Choice,
    observer: Observer,
) -> Fit:
    """The fit of a formula that says the mean of a distribution. Raises DataError for rows that the distribution cannot
    give, NumbersError where the mean is not in its range at the start."""
    problem = posed(model, source.names, parameters, fixed, request, choice)
    check_quantities(problem, source, engine, request.sigma, request.weights)
    facts = checked_rows(problem, source, engine)
    if len(parameters) > facts.observed:
        raise too_few(len(parameters), facts.observed)
    observer.begin(problem.problem.names, 0)
    options = Options(request.max_iterations, request.tolerance)
    descender = Descender(problem, facts, source, engine, options, observer)
    with telling([descender.reducer], observer), np.errstate(all="ignore"):
        best: tuple[float, Found, str] | None = None
        first = None
        for start, how in starts(problem, model, facts, source, engine, request, observer):
            first = start if first is None else first
            if not descender.finite(start):
                continue
            found = descender.descend(start)
            cost = descender.cost(found)
            if best is None or cost < best[0]:
                best = cost, found, how
            if found.descent.converged:
                break
        if best is None:
            assert first is not None
            raise messages.not_finite(problem, first, source, engine)
        _, found, how = best
        problem.at_degrees(found.degrees)
        maximum: Maximum | None = None
        if choice.family.smooth and found.separated is None:
            try:
                maximum = Newton(problem, source, engine, facts.rows).polished(found.descent.values, found.scale)
            except LimitError:
                maximum = None
        if maximum is not None and maximum.decrement == inf:
            maximum = None
        result = Summary(problem, descender, facts, found, maximum, how, source, engine, request).result()
        if request.intervals != "symmetric":
            result = refined(result, problem, descender, engine, request, observer)
        return result
