"""Along which directions the rows of a fit could move its parameters, and what was known of these before.

With Z the directions that constraints, ties and bounds leave free, and P the squares of the rows that stand for priors,
the matrix that makes fitted values of responses is JZ(Z'(J'J + P)Z)^-1 Z'J' for the weighted Jacobian J. Its trace is
the number of parameters that the rows determine: without priors, that of the directions (MacKay 1992, Neural
Computation 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from exprgrad.jobs.fit import statistics
from exprgrad.jobs.fit.constraints.expressions import Expressions, parsed
from exprgrad.jobs.fit.constraints.priors import priors
from exprgrad.jobs.fit.constraints.relations import equations, relations
from exprgrad.jobs.fit.constraints.steps import null_space
from exprgrad.jobs.fit.problem import Parameter
from exprgrad.jobs.fit.reduction import Floats, combined
from exprgrad.jobs.fit.result import Fit


class Freedom(NamedTuple):
    """What a fit left open."""

    directions: Floats
    """Orthonormal, of the parameters of the formula [p, k]."""
    known: Floats
    """The rows that stand for priors, along the directions [m, k]."""
    pull: Floats
    """Their squares' part of the gradient along the directions [k]."""

    def inverse(self, upper: Floats) -> tuple[Floats, float]:
        """(Z'(J'J + P)Z)^-1 from the triangle R of the rows along the directions, R'R = Z'J'JZ [k, k]; and how many
        parameters the rows determine, at least 1 where there are none."""
        if not len(self.known):
            return statistics.covariance(upper, 1.0), max(upper.shape[1], 1)
        found = statistics.covariance(combined(upper, self.known), 1.0)
        return found, float(np.einsum("ij,jk,ik->", upper, found, upper))


def freedom_of(fit: Fit, names: Sequence[str], size: float) -> Freedom:
    """What a fit left open of the parameters of its formula, `names`; `size` is the standard deviation of the weighted
    residuals."""
    parameters = [Parameter(name, estimate.value) for name, estimate in fit.parameters.items()]
    every = list(fit.parameters)
    bound = _slopes(fit, parameters)
    inside = np.array([row[k] == row[k] for k, row in enumerate(fit.covariance)], dtype=bool)
    if fit.stopped != "singular" and fit.n - fit.dof == len(every):
        inside[:] = True  # standard errors are nan for want of rows
    directions = np.zeros((len(every), 0))
    if inside.any():
        free = null_space(bound[:, inside])
        directions = np.zeros((len(every), free.shape[1]))
        directions[inside] = free
    before = priors(fit.priors, every)
    rows, pull = np.zeros((len(before), len(every))), np.zeros(len(every))
    for row, prior in zip(rows, before, strict=True):
        k = every.index(prior.name)
        row[k] = size / prior.error
        pull[k] = row[k] * size / prior.error * (prior.mean - fit.parameters[prior.name].value)
    of_formula = [every.index(name) for name in names]
    return Freedom(directions[of_formula], rows @ directions, pull @ directions)


def _slopes(fit: Fit, parameters: Sequence[Parameter]) -> Floats:
    """The derivatives of all that holds as an equation, at the end [n, parameters]."""
    names = [parameter.name for parameter in parameters]
    at = np.array([parameter.start for parameter in parameters], np.float64)
    said = list(equations([*fit.constraints, *fit.ended_at]))
    slopes = [relations(said, parameters, fit.fixed).expressions.slopes(at)]
    for text in fit.constraints:
        if text not in said:  # a tie to an expression that compares
            name, _, right = (part.strip() for part in text.partition("="))
            row = -Expressions([parsed(right, "a tie", [*names, *fit.fixed])], names, fit.fixed).slopes(at)
            row[0, names.index(name)] += 1.0
            slopes.append(row)
    return np.concatenate(slopes)
