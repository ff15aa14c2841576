"""The methods by name."""

from __future__ import annotations

from exprgrad.errors import LimitError, UsageError
from exprgrad.jobs.sensitivity.request import DGSM, MORRIS, POINTS, SHAPLEY, Request
from exprgrad.jobs.sensitivity.sampling.method import Method
from exprgrad.jobs.sensitivity.sampling.space import Problem
from exprgrad.trials.sobol.directions import DIMENSIONS


def method_of(problem: Problem, request: Request) -> Method:
    """The method that is asked for. Raises UsageError where inputs are correlated and the method takes independent
    ones, LimitError for more inputs than there are points for."""
    if problem.correlations and request.method != SHAPLEY:
        names = ",".join(next(iter(problem.correlations)))
        raise UsageError(
            f"--method {request.method} is for independent inputs, and {names} are correlated",
            hint=f"the shares of correlated inputs are those of --method {SHAPLEY}",
        )
    if len(problem.inputs) > DIMENSIONS // 2:
        raise LimitError(f"{len(problem.inputs)} uncertain inputs: the limit is {DIMENSIONS // 2}")
    n = request.points or POINTS
    if request.method == SHAPLEY:
        from exprgrad.jobs.sensitivity.methods.shapley import EXACT, AllSets, Orders

        if len(problem.inputs) <= EXACT:
            return AllSets(problem, request.seed, n)
        return Orders(problem, request.seed, n)
    if request.method == DGSM:
        from exprgrad.jobs.sensitivity.methods.dgsm import Dgsm

        return Dgsm(problem, request.seed, n)
    if request.method == MORRIS:
        from exprgrad.jobs.sensitivity.methods.morris import Morris

        return Morris(problem, request.seed, n)
    from exprgrad.jobs.sensitivity.methods.sobol import Sobol

    return Sobol(problem, request.seed, n, pairs=request.second_order)
