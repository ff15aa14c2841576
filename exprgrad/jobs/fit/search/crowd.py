"""Many descents at once on a sample of the rows: each point of a crowd takes its own steps, in arrays over all of them.

Linear parameters are solved for at each point, and the steps are those of the others with the linear ones projected
out, as in `levenberg`, here by the normal equations of scaled columns: what comes of it is a start, not a result.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from exprgrad.jobs.fit.reduction import Flags, Floats
from exprgrad.jobs.fit.search.data.sample import Sample

_RIDGE = 1e-12
_ROUNDS = ((64, 6), (40, 10), (24, 16), (12, 40))
"""How many of the best points take how many steps."""
_WANDERERS = 24
_WANDERINGS = 150
"""Lengths that are tried for each of these."""


class Crowd:
    """Points of one problem on a sample."""

    def __init__(self, sample: Sample, linear: Flags, low: Floats, high: Floats) -> None:
        self.sample, self.low, self.high = sample, low, high
        self.linear = np.flatnonzero(linear)
        problem = sample.problem
        self.moving = np.flatnonzero(~linear & ~np.array(problem.jumps))
        self.basis_nodes = [problem.jacobian[k] for k in self.linear]
        self.slope_nodes = [problem.jacobian[k] for k in self.moving]
        self.residual = problem.residual

    def settled(self, points: Floats) -> tuple[Floats, Floats]:
        """The points with the linear parameters solved for, and the cost of each."""
        if not len(points):
            return points, np.empty(0)
        parts = [self._settled(piece)[:2] for piece in self.sample.pieces(points)]
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])

    def _settled(self, points: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Points, costs, residuals [points, rows], and the basis of the linear parameters [points, rows, linear] with
        its scaled normal matrix."""
        points = points.copy()
        points[:, self.linear] = 0.0
        residual = self.sample.stacked(points, [self.residual])[:, :, 0]
        basis = self.sample.stacked(points, self.basis_nodes)
        with np.errstate(all="ignore"):
            sizes = np.sqrt((basis**2).sum(axis=1))
            fine = np.isfinite(sizes).all(axis=1) & np.isfinite(residual).all(axis=1)
            basis[~fine], residual[~fine] = 0.0, 0.0
            sizes = np.where(fine[:, None] & (sizes > 0), sizes, 1.0)
            basis /= sizes[:, None, :]
            normal = basis.transpose(0, 2, 1) @ basis + _RIDGE * np.eye(len(self.linear))
            for _ in range(2):  # once more for what the normal equations lose
                if len(self.linear):
                    found = np.linalg.solve(normal, np.einsum("krl,kr->kl", basis, residual)[:, :, None])[:, :, 0]
                    points[:, self.linear] += found / sizes
                    residual = residual - np.einsum("krl,kl->kr", basis, found)
            held = np.clip(points, self.low, self.high)
            outside = (held != points).any(axis=1)
            if outside.any():
                points = held
                residual[outside] = self.sample.stacked(points[outside], [self.residual])[:, :, 0]
            cost = (residual**2).sum(axis=1)
        cost = np.where(fine & np.isfinite(cost) & np.isfinite(points).all(axis=1), cost, np.inf)
        return points, cost, residual, basis, normal

    def descended(self, points: Floats, kinds: Sequence[int] = ()) -> tuple[Floats, Floats]:
        """Where the best of the points lead in some steps, the lowest first, and the costs. Of points of several kinds
        the best of each have a try."""
        points, costs = self.settled(points)
        if len(kinds):
            chosen = _best_of_each(costs, np.asarray(kinds), _ROUNDS[0][0])
            points, costs = points[chosen], costs[chosen]
        damping = np.full(len(points), 1e-2)
        scale = np.zeros((len(points), len(self.moving)))
        for count, steps in _ROUNDS:
            order = np.argsort(costs, kind="stable")[:count]
            order = order[np.isfinite(costs[order])]
            points, costs, damping, scale = points[order], costs[order], damping[order], scale[order]
            if not len(points) or not len(self.moving):
                break
            for _ in range(steps):
                before = costs.copy()
                points, costs, damping, scale = self._stepped(points, damping, scale)
                if (damping > 1e8).all() or ((before - costs <= 1e-12 * before).all() and (damping > 1).all()):
                    break
        order = np.argsort(costs, kind="stable")
        return points[order], costs[order]

    def wandered(
        self, points: Floats, costs: Floats, which: Flags, random: np.random.Generator
    ) -> tuple[Floats, Floats]:
        """The lowest points with the parameters that move jumps elsewhere, one at a time, by lengths of all magnitudes,
        taken where that leads lower: no derivative says where to go."""
        order = np.argsort(costs, kind="stable")[:_WANDERERS]
        points, costs = points[order], costs[order]
        reach = np.abs(points).max(axis=0)
        for _ in range(_WANDERINGS):
            trial, k = points.copy(), random.choice(np.flatnonzero(which), len(points))
            row = np.arange(len(points))
            lengths = np.where(random.random(len(points)) < 0.5, np.abs(points[row, k]), reach[k])
            lengths *= 10 ** random.uniform(-4.5, 0, len(points)) * random.choice([-1.0, 1.0], len(points))
            trial[row, k] = np.clip(points[row, k] + lengths, self.low[k], self.high[k])
            there, lower = self.settled(trial)
            better = lower < costs
            points, costs = np.where(better[:, None], there, points), np.where(better, lower, costs)
        return points, costs

    def _stepped(self, points: Floats, damping: Floats, scale: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """One step of each point, taken where it leads lower."""
        parts = []
        size = len(self.sample.pieces(points)[0])
        for start in range(0, len(points), size):
            piece = slice(start, start + size)
            parts.append(self._step(points[piece], damping[piece], scale[piece]))
        first, second, third, fourth = (np.concatenate(part) for part in zip(*parts, strict=True))
        return first, second, third, fourth

    def _step(self, points: Floats, damping: Floats, scale: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        points, cost, residual, basis, normal = self._settled(points)
        slopes = self.sample.stacked(points, self.slope_nodes)
        with np.errstate(all="ignore"):
            slopes[np.isnan(slopes)] = 0.0  # as `reduction` has it
            slopes[~np.isfinite(slopes).all(axis=(1, 2))] = 0.0
            if len(self.linear):
                along = np.linalg.solve(normal, basis.transpose(0, 2, 1) @ slopes)
                slopes -= basis @ along
            pull = np.einsum("krq,kr->kq", slopes, residual)
            out = (points[:, self.moving] <= self.low[self.moving]) & (pull < 0)
            out |= (points[:, self.moving] >= self.high[self.moving]) & (pull > 0)
            slopes *= ~out[:, None, :]
            pull = np.where(out, 0.0, pull)
            square = slopes.transpose(0, 2, 1) @ slopes
            diagonal = np.einsum("kqq->kq", square)
            scale = np.maximum(scale, diagonal)
            unit = np.sqrt(np.where(scale > 0, scale, 1.0))
            square = square / unit[:, :, None] / unit[:, None, :]
            square = np.where(np.isfinite(square), square, 0.0)
            square += (damping[:, None] + _RIDGE)[:, :, None] * np.eye(len(self.moving))
            pull = np.where(np.isfinite(pull), pull, 0.0) / unit
            step = np.linalg.solve(square, pull[:, :, None])[:, :, 0] / unit
        trial = points.copy()
        trial[:, self.moving] = np.clip(
            points[:, self.moving] + np.where(np.isfinite(step), step, 0.0),
            self.low[self.moving], self.high[self.moving],
        )  # fmt: skip
        there, lower, *_ = self._settled(trial)
        better = lower < cost
        return (
            np.where(better[:, None], there, points),
            np.where(better, lower, cost),
            np.where(better, damping / 6, np.minimum(damping * 5, 1e12)),
            scale,
        )


def _best_of_each(costs: Floats, kinds: Any, count: int) -> Any:
    """The numbers of so many points: the lowest of each kind, then the second of each, and so on."""
    order = np.argsort(costs, kind="stable")
    rank = np.empty(len(costs), dtype=np.int64)
    for kind in np.unique(kinds):
        own = order[kinds[order] == kind]
        rank[own] = np.arange(len(own))
    return order[np.argsort(rank[order], kind="stable")][:count]
