"""Evaluation: over columns where some variables are columns, at a point otherwise."""

from __future__ import annotations

from exprgrad.backends.engine import Engine
from exprgrad.binding import Inputs
from exprgrad.graph.lower import Model
from exprgrad.jobs.evaluate.point import at_point
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.result import Evaluation


def evaluate(model: Model, inputs: Inputs, request: Request, engine: Engine) -> Evaluation:
    """The value, the gradient and the named values. Where variables have no value, the answer is in symbols.

    Raises UnboundError for a variable without a value where numbers are asked for or there are columns, DataError for
    rows that cannot be read.
    """
    if request.numbers or request.proves or inputs.rows is not None:
        inputs.check_complete(model)
    if request.proves:
        from exprgrad.jobs.evaluate.certified.run import certified

        return certified(model, inputs, request, engine)
    if inputs.rows is None:
        return at_point(model, inputs.numbers, request)
    from exprgrad.jobs.evaluate.columns import over_columns

    return over_columns(model, inputs.numbers, inputs.rows, request, engine)
