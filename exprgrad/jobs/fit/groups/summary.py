"""The statistics of many groups at once; `statistics` has the formulas.

A group of which anything but the ordinary is to be said is left to the fit of one: it has the words for it.
"""

from __future__ import annotations

from math import log, pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprgrad.columns.shapes import Shapes
from exprgrad.data.groups.labels import Codes
from exprgrad.jobs.fit import messages, statistics
from exprgrad.jobs.fit.groups.chunk import Chunk
from exprgrad.jobs.fit.groups.descent import CONVERGED, Descents
from exprgrad.jobs.fit.groups.kernels import Kernel
from exprgrad.jobs.fit.groups.result import Group, Label
from exprgrad.jobs.fit.groups.steps import lengths
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.quantities.quantity import node_of
from exprgrad.jobs.fit.rank import RANK
from exprgrad.jobs.fit.reduction import Flags, Floats
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Estimate

_TINY = float(np.finfo(np.float64).tiny)
_ILL = 1e6
_NOTHING = 1e-9
"""Both are those of `messages`."""


class Facts(NamedTuple):
    """What `survey` finds of each group [groups]."""

    sound: Flags
    """Whether all responses and weights are proper numbers."""
    observed: NDArray[np.int64]
    squares: Floats
    power: Floats
    logarithms: Floats

    def take(self, which: Codes) -> Facts:
        """Of some groups."""
        return Facts(
            self.sound[which], self.observed[which], self.squares[which], self.power[which], self.logarithms[which]
        )


def looked_at(problem: Problem) -> list[int]:
    """The response and the weight, and the sigma where there is one, which may be a number or an expression."""
    sigma = [] if problem.sigma is None else [node_of(problem.graph, problem.sigma, problem.columns)]
    return [problem.response, problem.weight, *sigma]


def facts(problem: Problem, kernel: Kernel, chunk: Chunk) -> Facts:
    """Of the groups of a chunk. The nodes of the kernel are those of `looked_at`."""
    with np.errstate(all="ignore"):
        rows = chunk.rows(kernel, np.ones((len(chunk.groups), len(problem.names))))
        y, w = rows[:, :, 0], rows[:, :, 1]
        weight = w.sum(axis=1)
        mean = np.einsum("gm,gm->g", w, y) / weight
        moved = y - mean[:, None]
        power = np.einsum("gm,gm,gm->g", w, y, y)
        squares = np.einsum("gm,gm,gm->g", w, moved, moved)
        logarithms = np.log(np.where(w == 0, 1.0, w)).sum(axis=1)
        sound = np.isfinite(power) & np.isfinite(weight) & (weight > 0) & (w >= 0).all(axis=1)
        if problem.sigma is not None:
            sound &= ((rows[:, :, 2] > 0) | (np.arange(chunk.length) >= chunk.sizes[:, None])).all(axis=1)
    return Facts(sound, (w != 0).sum(axis=1), squares, power, logarithms)


class Spread(NamedTuple):
    """The errors of the parameters of many groups."""

    covariance: Floats
    """[groups, p, p]; nan for a parameter at a bound"""
    fine: Flags
    """Whether the data determine all parameters, within the range of numbers."""


def spread(triangles: Floats, inside: Flags, variance: Floats) -> Spread:
    """The covariance of triangles [groups, p, p] at this variance [groups] of a residual."""
    triangles = np.where(inside[:, None, :], triangles, 0.0)
    sizes = lengths(triangles)
    unit = np.where(sizes > 0, sizes, 1.0)
    scaled = triangles / unit[:, None, :]
    finite: Flags = np.asarray(np.isfinite(scaled).all(axis=(1, 2)))
    _, s, right = np.linalg.svd(np.where(finite[:, None, None], scaled, 0.0))
    kept = s > RANK * s.max(axis=1, initial=0.0, keepdims=True)
    inverse = np.where(kept[:, :, None], right, 0.0) / np.where(kept, s, 1.0)[:, :, None]
    roots = inverse * (np.sqrt(variance)[:, None] / unit)[:, None, :]
    covariance = np.where((inside[:, :, None] & inside[:, None, :]), np.einsum("gki,gkj->gij", roots, roots), np.nan)
    variances = np.einsum("gii->gi", covariance)
    proper = (variances >= _TINY) & (variances < np.inf) & (sizes**2 >= _TINY) & (sizes**2 < np.inf)
    fine = finite & (kept.sum(axis=1) == inside.sum(axis=1)) & (proper | ~inside).all(axis=1)
    ill = s[:, 0] > _ILL * np.where(kept, s, np.inf).min(axis=1, initial=np.inf)
    return Spread(covariance, fine & ~ill)


def estimates(values: Floats, variances: Floats, dof: Floats, confidence: float) -> list[list[Estimate]]:
    """Those of each group: `statistics.estimate` for all [groups, p]; `dof` [groups] is infinite for the normal
    distribution."""
    from scipy.special import ndtr, stdtr

    with np.errstate(all="ignore"):
        errors = np.sqrt(variances)
        t = values / errors
        normal = np.isinf(dof)[:, None]
        p = 2 * np.where(normal, ndtr(-np.abs(t)), stdtr(np.where(normal, 1.0, dof[:, None]), -np.abs(t)))
        known, which = np.unique(dof, return_inverse=True)
        half = np.array([statistics.quantile(confidence, float(each)) for each in known])[which][:, None] * errors
        columns = np.stack([values, errors, t, p, values - half, values + half], axis=2).tolist()
    return [list(map(Estimate._make, rows)) for rows in columns]


def summed(
    problem: Problem,
    request: Request,
    chunk: Chunk,
    known: Facts,
    descents: Descents,
    labels: list[dict[str, Label]],
) -> dict[int, Group]:
    """The fits of those groups of a chunk, by their code, that ended as they should. `problem` is that of one group,
    `labels` says what makes each."""
    values, cost = descents.values, descents.reduced.cost
    names, absolute = problem.names, request.absolute and request.sigma is not None
    low, high = (np.array([getattr(parameter, end) for parameter in problem.parameters]) for end in ("low", "high"))
    with np.errstate(all="ignore"):
        inside = (values > low) & (values < high)
        dof = known.observed - inside.sum(axis=1)
        least = np.maximum(cost, statistics.ROUNDING**2 * known.power)
        errors = spread(descents.reduced.triangle, inside, np.ones(len(values)) if absolute else least / dof)
        fine = known.sound & errors.fine & (descents.ends == CONVERGED) & (dof > 0) & ~(least < _TINY)
        if Shapes(problem.graph, problem.columns).is_column(problem.model.output):
            fine &= ~(1 - cost / known.squares <= _NOTHING)
        freedom = np.where(fine & ~np.full(len(values), absolute), dof, np.inf)
        found = estimates(values, np.einsum("gii->gi", errors.covariance), freedom, request.confidence)
        numbers = _quality(known, cost, dof, len(names), absolute=absolute).tolist()
    covariance = errors.covariance.tolist()
    made = {}
    for k in np.flatnonzero(fine).tolist():
        made[int(chunk.groups[k])] = Group(
            labels[int(chunk.groups[k])],
            dict(zip(names, found[k], strict=True)),
            **dict(zip(_QUALITY, numbers[k], strict=True)),
            dof=int(dof[k]),
            n=int(known.observed[k]),
            iterations=int(descents.iterations[k]),
            stopped="converged",
            covariance=tuple(map(tuple, covariance[k])),
            notes=(
                *(() if inside[k].all() else messages.at_bounds(problem, values[k])),
                *messages.no_better(problem, numbers[k][_QUALITY.index("r2")]),
            ),
        )
    return made


_QUALITY = ("rss", "residual_std_error", "r2", "adjusted_r2", "aic", "bic")


def _quality(known: Facts, cost: Floats, dof: NDArray[np.int64], parameters: int, *, absolute: bool) -> Floats:
    """The numbers of _QUALITY [groups, 6], as `summary.Summary` has them."""
    n = known.observed
    r2 = np.where(known.squares > 0, 1 - cost / known.squares, np.nan)
    if absolute:
        likelihood = (known.logarithms - cost - n * log(2 * pi)) / 2
    else:
        likelihood = (known.logarithms - n * (np.log(2 * pi / n) + np.log(cost) + 1)) / 2
    count = parameters + (not absolute)
    adjusted = 1 - (1 - r2) * (n - 1) / dof
    criteria = 2 * count - 2 * likelihood, count * np.log(n) - 2 * likelihood
    return np.stack([cost, np.sqrt(cost / dof), r2, adjusted, *criteria], axis=1)
