"""What a result gets once its statistics are there."""

from __future__ import annotations

from exprgrad.jobs.fit.after.diagnostics import FEWEST, diagnose, worth_a_pass
from exprgrad.jobs.fit.after.explain import explained
from exprgrad.jobs.fit.levenberg import Descent
from exprgrad.jobs.fit.orthogonal.reducer import Orthogonal
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import Reducer
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Fit


def finished(problem: Problem, reducer: Reducer | Orthogonal, descent: Descent, fit: Fit, request: Request) -> Fit:
    """The result with its diagnostics, unless they take a pass over very many rows that nobody asks for, and with what
    is said of how it was found."""
    wanted = request.diagnostics or worth_a_pass(reducer)
    found = diagnose(reducer, descent.values, descent.reduced.triangle, fit) if wanted else None
    if request.diagnostics and fit.n < FEWEST:
        fit = fit._replace(notes=(*fit.notes, f"the test of normality needs {FEWEST} rows, and there are {fit.n}"))
    return fit._replace(diagnostics=found, explanation=explained(problem.parameters, problem.linear, fit))
