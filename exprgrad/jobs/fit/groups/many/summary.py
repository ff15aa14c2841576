"""The statistics of many groups at once; `statistics` has the formulas.

A group of which anything but the ordinary is to be said is left to the fit of one: it has the words for it.
"""

from __future__ import annotations

from math import log, pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprgrad.columns.shapes import Shapes
from exprgrad.data.groups.found import Codes
from exprgrad.jobs.fit import messages, statistics
from exprgrad.jobs.fit.groups.many.descent import CONVERGED, Descents
from exprgrad.jobs.fit.groups.many.facts import Facts
from exprgrad.jobs.fit.groups.many.table import QUALITY, Table
from exprgrad.jobs.fit.groups.many.triangles import dot, inverses, lengths
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.rank import RANK
from exprgrad.jobs.fit.reduction import Flags, Floats
from exprgrad.jobs.fit.request import Request

_TINY = float(np.finfo(np.float64).tiny)
_LEAST, _MOST = _TINY**0.5, float(np.finfo(np.float64).max) ** 0.5
"""Lengths whose squares are proper numbers."""
_ILL = 1e6
_NOTHING = 1e-9
"""Both are those of `messages`."""


class Spread(NamedTuple):
    """The errors of the parameters of many groups."""

    covariance: Floats
    """[p, p, groups]; nan for a parameter at a bound"""
    fine: Flags
    """Whether the data determine all parameters, within the range of numbers."""


def spread(triangles: Floats, inside: Flags, variance: Floats) -> Spread:
    """The covariance of triangles [p, p, groups] at this variance [groups] of a residual. `inside` [p, groups] are the
    parameters that are not at a bound."""
    sizes, count = lengths(triangles), len(triangles)
    inverse = inverses(triangles / np.where(sizes > 0, sizes, 1.0))
    condition = np.sqrt(count * np.add.reduce([dot(row[i:], row[i:]) for i, row in enumerate(inverse)]))
    fine = (condition < _ILL) & inside.all(axis=0)  # the condition is at most this
    inverse *= (np.sqrt(variance) / sizes)[:, None]
    covariance = np.empty_like(inverse)
    for i in range(count):
        for j in range(i, count):
            covariance[i, j] = covariance[j, i] = dot(inverse[i, j:], inverse[j, j:])
        fine &= (covariance[i, i] >= _TINY) & (covariance[i, i] < np.inf)
        fine &= (sizes[i] >= _LEAST) & (sizes[i] < _MOST)
    if not fine.all():
        left = np.flatnonzero(~fine)
        covariance[:, :, left], fine[left] = _singular(triangles[:, :, left], inside[:, left], variance[left])
    return Spread(covariance, fine)


def _singular(triangles: Floats, inside: Flags, variance: Floats) -> Spread:
    """The same by singular values."""
    triangles = np.where(inside, triangles, 0.0)
    sizes = lengths(triangles)
    unit = np.where(sizes > 0, sizes, 1.0)
    scaled = (triangles / unit).transpose(2, 0, 1)
    finite: Flags = np.asarray(np.isfinite(scaled).all(axis=(1, 2)))
    _, s, right = np.linalg.svd(np.where(finite[:, None, None], scaled, 0.0))
    kept = s > RANK * s.max(axis=1, initial=0.0, keepdims=True)
    inverse = np.where(kept[:, :, None], right, 0.0) / np.where(kept, s, 1.0)[:, :, None]
    roots = inverse * (np.sqrt(variance) / unit).T[:, None, :]
    covariance = np.where(inside[:, None] & inside[None], np.einsum("gki,gkj->ijg", roots, roots), np.nan)
    variances = np.einsum("iig->ig", covariance)
    proper = (variances >= _TINY) & (variances < np.inf) & (sizes**2 >= _TINY) & (sizes**2 < np.inf)
    fine = finite & (kept.sum(axis=1) == inside.sum(axis=0)) & (proper | ~inside).all(axis=0)
    ill = s[:, 0] > _ILL * np.where(kept, s, np.inf).min(axis=1, initial=np.inf)
    return Spread(covariance, fine & ~ill)


def summed(problem: Problem, request: Request, codes: Codes, known: Facts, descents: Descents) -> Table:
    """The fits of those groups, of these codes, that ended as they should. `problem` is that of one group."""
    values, cost = descents.values, descents.reduced.cost
    absolute = request.absolute and request.sigma is not None
    low, high = (
        np.array([getattr(parameter, end) for parameter in problem.parameters])[:, None] for end in ("low", "high")
    )
    with np.errstate(all="ignore"):
        inside = (values > low) & (values < high)
        dof = known.observed - inside.sum(axis=0)
        least = np.maximum(cost, statistics.ROUNDING**2 * known.power)
        errors = spread(descents.reduced.triangle, inside, np.ones(len(cost)) if absolute else least / dof)
        fine = known.sound & errors.fine & (descents.ends == CONVERGED) & (dof > 0) & ~(least < _TINY)
        if Shapes(problem.graph, problem.columns).is_column(problem.model.output):
            fine &= ~(1 - cost / known.squares <= _NOTHING)
        exact = cost <= statistics.EXACT**2 * known.power
        if not all(problem.linear):  # nothing is known but a constant
            fine &= known.squares > statistics.EXACT**2 * known.power
        quality = _quality(known, cost, dof, len(values), absolute=absolute)
    r2, adjusted = (quality[QUALITY.index(name)] for name in ("r2", "adjusted_r2"))
    told = fine & (~inside.all(axis=0) | (r2 <= _NOTHING) | (adjusted <= 0) | exact)
    notes = {}
    for at in np.flatnonzero(told).tolist():
        bounds = () if inside[:, at].all() else messages.at_bounds(problem, values[:, at])
        exactly = messages.no_errors(
            int(inside[:, at].sum()), int(known.observed[at]), int(dof[at]), float(least[at]),
            relative=not absolute, exact=bool(exact[at]),
        )  # fmt: skip
        better = messages.no_better(problem, float(r2[at]), float(adjusted[at]))
        if found := (*bounds, *exactly, *better):
            notes[int(codes[at])] = found
    table = Table(codes, values, errors.covariance, quality, dof, known.observed, descents.iterations, notes)
    return table if fine.all() else table.take(fine)


def _quality(known: Facts, cost: Floats, dof: NDArray[np.int64], parameters: int, *, absolute: bool) -> Floats:
    """The numbers of QUALITY [6, groups], as `summary.Summary` has them."""
    n = known.observed
    r2 = np.where(known.squares > 0, 1 - cost / known.squares, np.nan)
    if absolute:
        likelihood = (known.logarithms - cost - n * log(2 * pi)) / 2
    else:
        likelihood = (known.logarithms - n * (np.log(2 * pi / n) + np.log(cost) + 1)) / 2
    count = parameters + (not absolute)
    adjusted = 1 - (1 - r2) * (n - 1) / dof
    criteria = 2 * count - 2 * likelihood, count * np.log(n) - 2 * likelihood
    return np.stack([cost, np.sqrt(cost / dof), r2, adjusted, *criteria])
