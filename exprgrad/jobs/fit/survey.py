"""What is to be known of the data before a fit, and after it: counts and sums over the rows."""

from __future__ import annotations

from math import isfinite, sqrt
from typing import NamedTuple

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.rows import RowSource
from exprgrad.columns.shapes import Shapes
from exprgrad.diagnosis.lost import lost_notes
from exprgrad.errors import DataError
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.quantities.sound import check_positive
from exprgrad.jobs.fit.reduction import total
from exprgrad.notation.infix import write
from exprgrad.text.numbers import format_number

SHIFT = "#shift"
"""The variable that is taken from each response: no name of the language looks like this."""
_FAR = 100.0
"""The square of a mean in units of the variance, from which sums of squares are worth a second pass around it."""

_LEAST = 1e-300
"""A sum of squares, below which those of residuals are lost."""


class Survey(NamedTuple):
    """Of the response y and the weights w."""

    rows: int
    observed: int
    """Rows with a weight that is not 0."""
    squares: float
    """sum(w*(y - m)^2), m being the weighted mean of y"""
    power: float
    """sum(w*y^2)"""
    logarithms: float
    """sum(log(w))"""
    reach: float
    """The largest root mean square of a column that the formula uses."""
    mean: float
    """m"""
    binary: bool
    """Whether y is 0 in some rows and 1 in all others."""


def survey(problem: Problem, source: RowSource, engine: Engine) -> Survey:
    """A pass over the rows, two where the mean is far from 0. Raises DataError for responses, sigmas and weights that
    are no proper numbers."""
    check_weights(problem, source, engine)
    symbols, shapes = Symbols(problem.graph), Shapes(problem.graph, problem.columns)
    apply, graph = symbols.operation, problem.graph
    y, w = problem.response, problem.weight
    zero, shift = symbols.constant(0.0), graph.input(SHIFT)
    moved = apply("sub")(y, shift)
    weighed = apply("mul")(w, moved)
    nodes = [symbols.constant(1.0), w, weighed, apply("mul")(weighed, moved)]
    nodes += [apply("ne")(w, zero), apply("abs")(weighed)]
    nodes += [apply("log")(apply("where")(apply("eq")(w, zero), symbols.constant(1.0), w))]
    nodes += [apply("ne")(apply("mul")(y, apply("sub")(y, symbols.constant(1.0))), zero)]
    columns = [node for name, node in graph.inputs().items() if name in problem.columns]
    nodes += [apply("mul")(node, node) for node in columns]
    prepared = Prepared(graph, [total(symbols, shapes, node, y) for node in nodes], source, engine)

    def run(shift: float) -> list[float]:
        found = prepared.run(source, {**problem.fixed, SHIFT: shift}).values
        return [float(value) for value in found]  # type: ignore[arg-type]

    values = run(0.0)
    rows, weight, moment, squares, observed, magnitude, logarithms, others, *sizes = values
    power = squares
    if not (isfinite(squares) and isfinite(weight)):
        raise _fault(problem, source, engine)
    if magnitude > 0 and squares < _LEAST:
        raise too_small(problem, sqrt(squares / observed) or magnitude / observed)
    if weight > 0 and moment * (moment / weight) > _FAR * (squares - moment * (moment / weight)):
        _, weight, moment, squares, *_ = run(moment / weight)
    centred = squares - moment * (moment / weight) if weight > 0 else 0.0
    reach = max((sqrt(size / rows) for size in sizes if isfinite(size)), default=0.0)
    mean = values[2] / values[1] if values[1] > 0 else 0.0
    return Survey(
        int(rows), int(observed), max(centred, 0.0), power, logarithms, reach, mean, others == 0 and centred > 0
    )


def too_small(problem: Problem, size: float) -> DataError:
    """Responses, about as large as this, whose residuals have squares that are no normal numbers."""
    text, number = write(problem.graph, problem.response, limit=40), format_number(float(f"{size:.0e}"))
    what = f"the squares of {text}, of about {number}, are too small for numbers in double precision"
    return DataError(what, hint=f"fit it in another unit: ({text})/{number} ~ ...")


def _fault(problem: Problem, source: RowSource, engine: Engine) -> DataError:
    """Which row lost its response."""
    model = problem.model
    text = write(model.graph, problem.response, limit=40)
    bindings = {**problem.fixed, **dict.fromkeys(problem.names, 1.0)}
    found = lost_notes(model._replace(output=problem.response), bindings, source, engine)
    if found:
        return DataError(f"the response {text} is not finite: {found[0]}")
    return DataError(
        f"the sum of squares of {text} is not finite", hint=f"fit it in another unit: ({text})/1e150 ~ ..."
    )


def check_weights(problem: Problem, source: RowSource, engine: Engine) -> None:
    """Raises DataError, with the row, for a sigma that is not above 0 or a weight below it."""
    for option, text in (("sigma", problem.sigma), ("weights", problem.weights)):
        if text is not None:
            check_positive(problem.graph, problem.columns, option, text, source, engine)
