"""From where a fit by maximum likelihood begins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.errors import ExprgradError
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import cone
from exprgrad.jobs.fit.levenberg import Options
from exprgrad.jobs.fit.likelihood.links import CONCAVE, link_of
from exprgrad.jobs.fit.likelihood.model import Posed, fraction
from exprgrad.jobs.fit.likelihood.rows import Facts
from exprgrad.jobs.fit.problem import pose
from exprgrad.jobs.fit.reduction import Floats, Reducer
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.search.search import Search
from exprgrad.jobs.fit.survey import survey
from exprgrad.observer import Observer
from exprgrad.simplify.simplify import simplify

_LARGE = 20_000
"""Nodes beyond which derivatives are not simplified to see that no parameter is in them."""


def concave(posed: Posed) -> bool:
    """Whether it is known that there is one maximum at the most, as in a logistic regression."""
    problem = posed.problem
    graph = problem.graph
    link = link_of(graph, posed.mean)
    if link.kind not in CONCAVE.get(posed.choice.family.name, ()):
        return False
    inputs = graph.inputs()
    slopes = column_derivatives(graph, link.inner, [inputs[name] for name in problem.names], problem.columns)
    if len(graph) <= _LARGE:
        graph, slopes = simplify(graph, list(slopes), {})
    used = {graph.name(node) for node in cone(graph, slopes)}
    return used.isdisjoint(problem.names)


def starts(
    posed: Posed,
    model: Model,
    facts: Facts,
    source: RowSource,
    engine: Engine,
    request: Request,
    observer: Observer,
) -> Iterator[tuple[Floats, str]]:
    """Places to begin at, the likeliest first, and how each was found: the given one alone, if there is one."""
    parameters = posed.problem.parameters
    low = np.array([parameter.low for parameter in parameters])
    high = np.array([parameter.high for parameter in parameters])

    def filled(value: float) -> Floats:
        found = [value if parameter.start is None else parameter.start for parameter in parameters]
        clipped: Floats = np.clip(np.array(found), low, high)
        return clipped

    if all(parameter.start is not None for parameter in parameters):
        yield filled(0.0), ""
        return
    if concave(posed):
        yield filled(0.0), ""
        yield filled(1.0), ""
        return
    try:
        found = _least_squares(posed, model, source, engine, request, observer)
        yield found, ", from the least-squares fit"
    except ExprgradError:  # of which the likelihood may know better
        pass
    yield filled(0.0), ""
    yield filled(1.0), ""


def _least_squares(
    posed: Posed, model: Model, source: RowSource, engine: Engine, request: Request, observer: Observer
) -> Floats:
    """The least-squares fit of the same formula; of successes, that of their fraction."""
    problem = posed.problem
    model = fraction(model, request, problem.columns)
    plain = pose(model, problem.columns, problem.parameters, problem.fixed)
    facts = survey(plain, source, engine)
    reducer = Reducer(plain, source, engine, facts.rows)
    options = Options(request.max_iterations)
    descent, _ = Search(plain, reducer, facts.squares, facts.reach, options, observer).run("lm")
    return descent.values
