"""A fit with errors in x, from where least squares without them ended."""

from __future__ import annotations

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.jobs.fit.levenberg import Descent, Options
from exprgrad.jobs.fit.orthogonal.descent import descend
from exprgrad.jobs.fit.orthogonal.latent import latent
from exprgrad.jobs.fit.orthogonal.reducer import Orthogonal
from exprgrad.jobs.fit.orthogonal.rows import check_errors
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import SMALL
from exprgrad.jobs.fit.request import Request
from exprgrad.observer import Observer

METHOD = "orthogonal distance regression"


def prepare(problem: Problem, source: RowSource, engine: Engine, request: Request, rows: int) -> Orthogonal:
    """The rows of a problem with errors in x. Raises UsageError and DataError for errors that make no sense."""
    check_errors(request, source, engine)
    model, columns, parameters = problem.model, problem.columns, problem.parameters
    return Orthogonal(latent(model, columns, parameters, problem.fixed, request), source, engine, rows)


def run(reducer: Orthogonal, plain: Descent, options: Options, observer: Observer) -> Descent:
    """The descent from the end of `plain`, and from the starts that were given, where there are not very many rows."""
    parameters = reducer.problem.parameters
    given = [parameter.start for parameter in parameters if parameter.start is not None]
    starts = [plain.values]
    if len(given) == len(parameters) and reducer.rows * len(parameters) <= SMALL:
        starts.append(np.array(given))
    return descend(reducer, starts, options, observer)
