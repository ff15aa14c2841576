"""What is to be known of the data before a fit, and after it: counts and sums over the rows."""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple

import numpy as np

from exprgrad.backends.prepared import Engine, Prepared, Source
from exprgrad.errors import DataError
from exprgrad.evaluation.losses import notes
from exprgrad.fitting.problem import Problem
from exprgrad.fitting.reduction import total
from exprgrad.graph.infix import write
from exprgrad.graph.shapes import Shapes
from exprgrad.graph.symbols import Symbols


class Survey(NamedTuple):
    """Of the response y and the weights w."""

    rows: int
    observed: int
    """Rows with a weight that is not 0."""
    squares: float
    """sum(w*(y - m)^2), m being the weighted mean of y"""
    logarithms: float
    """sum(log(w))"""
    reach: float
    """The largest magnitude in a column that the model uses."""


def survey(problem: Problem, source: Source, engine: Engine) -> Survey:
    """Two passes over the rows. Raises DataError for responses, sigmas and weights that are no proper numbers."""
    symbols, shapes = Symbols(problem.graph), Shapes(problem.graph, problem.columns)
    apply, graph = symbols.operation, problem.graph
    y, w = problem.response, problem.weight
    weighed = shapes.is_column(w)

    def folded(node: int) -> int:
        return total(symbols, shapes, node, y)

    mean = apply("div")(folded(apply("mul")(w, y)), folded(w))
    deviation = apply("sub")(y, mean)
    squares = folded(apply("mul")(w, apply("mul")(deviation, deviation)))
    count = graph.apply("count", y)
    wanted = [count, squares]
    if weighed:
        zero = symbols.constant(0.0)
        wanted += [
            folded(apply("ne")(w, zero)),
            folded(apply("log")(apply("where")(apply("eq")(w, zero), symbols.constant(1.0), w))),
            folded(apply("lt")(w, zero)),
        ]
    columns = [node for name, node in graph.inputs().items() if name in problem.columns]
    reach_at = len(wanted)
    wanted += [folded(apply("mul")(node, node)) for node in columns]
    prepared = Prepared(graph, wanted, source, engine)
    found = prepared.run(source, problem.fixed)
    values = [float(value) for value in found.values]  # type: ignore[arg-type]
    rows = int(values[0])
    if weighed and values[4] > 0:
        raise DataError("a weight is negative")
    if not isfinite(values[1]) or (weighed and not isfinite(values[3])):
        raise DataError(_fault(problem, source, engine))
    reach = max((np.sqrt(value / rows) for value in values[reach_at:] if isfinite(value)), default=0.0)
    observed = int(values[2]) if weighed else rows
    return Survey(rows, observed, values[1], values[3] if weighed else 0.0, float(reach))


def _fault(problem: Problem, source: Source, engine: Engine) -> str:
    """Which row lost its response, or its weight."""
    for node, what in ((problem.response, "response"), (problem.weight, "weight")):
        model = problem.model._replace(graph=problem.graph, output=node)
        found = notes(model, problem.fixed, source, engine)
        if found:
            return f"a {what} is not finite: {found[0]}"
    return f"the sum of squares of {write(problem.graph, problem.response, limit=40)} is not finite"
