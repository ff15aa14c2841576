"""What is left of each row of a fit by maximum likelihood, as nodes.

In place of the residual stands the root of the row's deviance, and in place of the weighted Jacobian the rows of Fisher
scoring, so that leverages are those of its last step (McCullagh and Nelder 1989, Generalized Linear Models, 12.4). Of
Laplace errors each row counts the same, as in the standard errors.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from exprgrad.functions.rules import bind
from exprgrad.graph.lower import Model
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit.likelihood.families import FAMILIES, Choice
from exprgrad.jobs.fit.likelihood.model import Posed, posed
from exprgrad.jobs.fit.likelihood.result import Likelihood
from exprgrad.jobs.fit.problem import SCALE, Parameter, Problem
from exprgrad.jobs.fit.request import Request

_LETTERS = ("y", "m", "c", "s", "w")


def left(
    model: Model,
    columns: Collection[str],
    parameters: Sequence[Parameter],
    fixed: Mapping[str, float],
    request: Request,
    likelihood: Likelihood,
) -> tuple[Problem, list[int], dict[str, float]]:
    """The problem; the nodes of a row's mean, its residual (of trials, in fractions), its deviance, its Pearson
    residual and its row of the Jacobian; and the value of the scale."""
    choice = Choice(FAMILIES[likelihood.name], likelihood.degrees)
    found = posed(model, columns, parameters, fixed, request._replace(absolute=False), choice)
    symbols = Symbols(found.problem.graph)
    response = found.problem.response
    if choice.family.trials:
        response = symbols.operation("div")(response, found.trials)
    rest = symbols.operation("sub")(response, found.mean)
    nodes = [found.mean, rest, *_rows(found, symbols)]
    return found.problem, nodes, {SCALE: likelihood.scale} if choice.family.scaled else {}


def _rows(found: Posed, symbols: Symbols) -> list[int]:
    problem = found.problem
    if found.choice.family.smooth:
        return [problem.loss, problem.pull, *problem.reweighted]
    values = (problem.response, found.mean, found.sigma, problem.graph.input(SCALE), found.weight)
    deviance, pull, root = (
        bind(formula, _LETTERS, symbols)(values)
        for formula in ("2*w*abs(y - m)/(s*c)", "sqrt(w)*(y - m)/(s*c)", "sqrt(w)/(s*c)")
    )
    return [deviance, pull, *(symbols.operation("mul")(slope, root) for slope in found.slopes)]
