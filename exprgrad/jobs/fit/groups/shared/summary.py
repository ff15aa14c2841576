"""The statistics of groups that share parameters: the covariance is that of the whole arrow."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, nan
from typing import NamedTuple

import numpy as np

from exprgrad.data.groups.found import Codes, Label
from exprgrad.jobs.fit import statistics
from exprgrad.jobs.fit.groups.many.table import QUALITY, Context, Fitted, Table, estimates
from exprgrad.jobs.fit.groups.result import Group
from exprgrad.jobs.fit.groups.shared.arrow import Vector
from exprgrad.jobs.fit.groups.shared.descent import Ended
from exprgrad.jobs.fit.reduction import Flags, Floats
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Estimate


class Shared(NamedTuple):
    """What was found of all groups."""

    groups: Fitted
    """By their codes."""
    shared: dict[str, Estimate]
    covariance: tuple[tuple[float, ...], ...]
    ended: Ended
    rss: float
    dof: int
    n: int
    stopped: str
    notes: list[str]


class Taking(NamedTuple):
    """The groups that take part."""

    codes: Codes
    observed: Codes
    """Their rows, and of these the squares around the mean and the squares [groups]."""
    squares: Floats
    power: Floats


class _Errors(NamedTuple):
    """The covariance."""

    own: Floats
    """[groups, l, l]"""
    shared: Floats
    """[s, s]"""
    at_bounds: tuple[Flags, Flags]
    """Which parameters are, [groups, l] and [s]: these have no errors."""
    lost: Flags
    """Which of its own parameters the rows of a group do not determine [groups, l]."""
    dof: int


def summed(
    ended: Ended,
    limits: Sequence[Vector],
    taking: Taking,
    failed: dict[int, Group],
    names: Sequence[str],
    labels: Sequence[tuple[Label, ...]],
    request: Request,
) -> Shared:
    """The result. `limits` are the bounds; `failed` are the groups that do not take part, by code; `names` are those
    of the groups' own parameters, then of the shared ones."""
    absolute, count = request.absolute and request.sigma is not None, ended.values.own.shape[1]
    errors = _errors(ended, limits, taking, absolute=absolute)
    idle = np.isnan(np.diag(errors.shared)) & ~errors.at_bounds[1]
    stopped = "singular" if idle.any() and ended.stopped == "converged" else ended.stopped
    freedom = inf if absolute or not errors.dof else float(errors.dof)
    context = Context(request.by, names[:count], request.confidence, freedom, stopped)
    together = estimates(
        ended.values.shared[:, None], np.diag(errors.shared)[:, None], np.array([freedom]), request.confidence
    )[0]
    groups = _groups(ended, errors, taking, failed, labels, context)
    notes = _notes(ended, errors, names, [name for name, one in zip(names[count:], idle, strict=True) if one])
    if stopped == "converged" and (failed or errors.lost.any()):
        stopped = "singular" if errors.lost.any() else "failed"
    return Shared(
        groups,
        dict(zip(names[count:], map(Estimate._make, together), strict=True)),
        tuple(map(tuple, errors.shared.tolist())),
        ended, ended.arrow.cost, errors.dof, int(taking.observed.sum()), stopped, notes,
    )  # fmt: skip


def _errors(ended: Ended, limits: Sequence[Vector], taking: Taking, *, absolute: bool) -> _Errors:
    values, (low, high) = ended.values, limits
    own_bound, shared_bound = (~((v > a) & (v < b)) for v, a, b in zip(values, low, high, strict=True))
    arrow = ended.arrow.held(own_bound, shared_bound)
    with np.errstate(all="ignore"):
        own, shared = arrow.eliminated(0.0, arrow.sizes()).covariance()
    _blank(own, arrow.still.own)
    _blank(shared[None], arrow.still.shared[None])
    lost = np.isnan(np.einsum("gii->gi", own)) & ~own_bound
    rss = ended.arrow.cost
    free = int((~own_bound).sum() + (~shared_bound).sum() - lost.sum())
    dof = int(taking.observed.sum()) - free
    least = max(rss, statistics.ROUNDING**2 * float(taking.power.sum()))
    variance = 1.0 if absolute else least / dof if dof else nan
    return _Errors(own * variance, shared * variance, (own_bound, shared_bound), lost, dof)


def _blank(covariances: Floats, which: Flags) -> None:
    """Take out parameters that have none [groups, p, p]."""
    covariances[which[:, :, None] | which[:, None, :]] = np.nan


def _groups(
    ended: Ended,
    errors: _Errors,
    taking: Taking,
    failed: dict[int, Group],
    labels: Sequence[tuple[Label, ...]],
    context: Context,
) -> Fitted:
    """All groups; those whose rows do not determine all of their own parameters say so."""
    costs, left = ended.arrow.costs, taking.observed - len(context.names)
    quality = np.full((len(QUALITY), len(costs)), nan)
    with np.errstate(all="ignore"):
        quality[QUALITY.index("rss")] = costs
        quality[QUALITY.index("residual_std_error")] = np.where(left > 0, np.sqrt(costs / left), nan)
        quality[QUALITY.index("r2")] = np.where(taking.squares > 0, 1 - costs / taking.squares, nan)
    iterations = np.full(len(costs), ended.iterations)
    table = Table(
        taking.codes, ended.values.own.T, errors.own.transpose(1, 2, 0), quality, left, taking.observed, iterations, {}
    )
    found = Fitted(np.arange(len(labels)), labels, table, failed, context)
    others = dict(failed)
    for k in np.flatnonzero(errors.lost.any(axis=1)).tolist():
        code = int(taking.codes[k])
        open_ones = [name for name, lost in zip(context.names, errors.lost[k], strict=True) if lost]
        notes = tuple(f"{name} is not determined by the rows of the group" for name in open_ones)
        how = "singular" if context.stopped == "converged" else context.stopped
        others[code] = found[code]._replace(stopped=how, notes=notes)
    return found.beside_these(others)


def _notes(ended: Ended, errors: _Errors, names: Sequence[str], idle: Sequence[str]) -> list[str]:
    """What is to be said of all groups together. `idle` are shared parameters that the data do not determine."""
    notes = [f"{' and '.join(idle)}: not determined by the data"] if idle else []
    own, shared = errors.at_bounds
    for name, held in zip(names, np.append(own.any(axis=0), shared).tolist(), strict=True):
        notes += [f"{name} is at its bound: it has no standard error there"] if held else []
    if ended.stopped in ("iterations", "stuck"):
        stuck = "not converged: no step leads lower; try other starts"
        cut = f"not converged in {ended.iterations} iterations: see --max-iterations, or try other starts"
        notes.append(stuck if ended.stopped == "stuck" else cut)
    return notes
