"""Evaluation: at a point where every variable is a number or a symbol, over columns where some are columns."""

from __future__ import annotations

from exprgrad.backends.prepared import Engine
from exprgrad.binding import Inputs
from exprgrad.graph.lower import Model
from exprgrad.jobs.evaluate.point import report
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.result import Evaluation


def evaluate(model: Model, inputs: Inputs, request: Request, engine: Engine) -> Evaluation:
    """Value, gradient and intermediates; in symbols where variables have no value.

    Raises UnboundError where numbers are asked for, or there are columns, and a variable has no value; DataError for
    rows that cannot be read.
    """
    if request.numbers or inputs.rows is not None:
        inputs.check_complete(model)
    if inputs.rows is None:
        return report(model, inputs.numbers, request)
    from exprgrad.jobs.evaluate.columns import column_report

    return column_report(model, inputs.numbers, inputs.rows, request, engine)
