"""Steps of Levenberg-Marquardt for many small triangles at once, as `trust` has them for one."""

from __future__ import annotations

import numpy as np

from exprgrad.data.groups.found import Codes
from exprgrad.jobs.fit.groups.many.triangles import dot, lengths, norms, solved, times
from exprgrad.jobs.fit.reduction import Flags, Floats

EPS = float(np.finfo(np.float64).eps)


class Steps:
    """Steps of scaled triangles R*D^-1 [p, p, groups]. Where a triangle is well-conditioned, its undamped step is that
    of the triangle; elsewhere, and where steps are damped, it is found by the singular values s and b = U'Q'r."""

    def __init__(self, triangles: Floats, rotated: Floats, least: float) -> None:
        """Directions whose singular value is below `least` times the largest are left alone. What is not finite has a
        step of nan."""
        self.triangles, self.rotated, self.least = triangles, rotated, least
        pivots = np.abs(np.stack([triangles[i, i] for i in range(len(triangles))]))
        easy: Flags = np.asarray((pivots > EASY * lengths(triangles)).all(axis=0))
        self.whole, self.power = solved(triangles, rotated), dot(rotated, rotated)
        """The undamped steps [p, groups], and how much lower each cost is after it, if the model is linear."""
        easy &= np.isfinite(dot(self.whole, self.whole)) & np.isfinite(self.power)
        if not easy.all():
            self._hard(np.flatnonzero(~easy))

    def _hard(self, which: Codes) -> None:
        fine = np.isfinite(self.triangles[:, :, which]).all(axis=(0, 1))
        fine &= np.isfinite(self.rotated[:, which]).all(axis=0)
        self.whole[:, which], self.power[which] = np.nan, np.nan
        self.triangles = self.triangles.copy()
        self.triangles[:, :, which[~fine]] = 0.0
        which = which[fine]
        if len(which):
            s, right, along = self._turned(which)
            steps = np.einsum("gij,gi->jg", right, np.where(s > 0, along / np.where(s > 0, s, 1.0), 0.0))
            self.whole[:, which], self.power[which] = steps, np.einsum("gp,gp->g", along, along)

    def _turned(self, which: Codes) -> tuple[Floats, Floats, Floats]:
        """The singular values of some triangles, the directions that they belong to, and the residual along these,
        group by group; 0 for what is left alone."""
        left, s, right = np.linalg.svd(self.triangles[:, :, which].transpose(2, 0, 1))
        kept = s > self.least * s.max(axis=1, initial=0.0, keepdims=True)
        along = np.einsum("gij,ig->gj", left, self.rotated[:, which])
        return np.where(kept, s, 0.0), np.asarray(right), np.where(kept, along, 0.0)

    def reduction(self, steps: Floats) -> Floats:
        """How much lower each cost is after some step, if the model is linear."""
        moved = times(self.triangles, steps)
        return dot(moved, 2 * self.rotated - moved)

    def within(self, radii: Floats) -> tuple[Floats, Flags]:
        """The best steps of at most these lengths, and which of them are not damped."""
        full: Flags = np.asarray(norms(self.whole) <= radii)
        if full.all():
            return self.whole, full
        steps, longer = self.whole.copy(), np.flatnonzero(~full & np.isfinite(self.power))
        if len(longer):
            s, right, along = self._turned(longer)
            steps[:, longer] = np.einsum("gij,gi->jg", right, _damped(s, along, radii[longer]))
        return steps, full


def _lengths(vectors: Floats) -> Floats:
    """Of vectors [groups, p]."""
    found: Floats = np.sqrt(np.einsum("gp,gp->g", vectors, vectors))
    return found


def _damped(s: Floats, along: Floats, radii: Floats) -> Floats:
    """Steps of these lengths [groups, p], to a percent: see `trust.Step.damped`, here for many at a time."""
    pull = s * along
    steepest = _lengths(pull)
    low, high = np.zeros(len(radii)), steepest / radii
    smallest = np.where(s > 0, s, np.inf).min(axis=1)
    damping = np.maximum(1e-3 * high, smallest**2)
    step, near = pull, np.zeros(len(radii), bool)  # near ones have found their damping, and keep it
    for _ in range(60):
        outside = ~((low < damping) & (damping < high)) & ~near
        damping = np.where(outside, np.maximum(1e-3 * high, np.sqrt(low * high)), damping)
        squares = s**2 + damping[:, None]
        step = pull / squares
        length = _lengths(step)
        excess = length - radii
        near = np.abs(excess) <= 0.01 * radii
        if near.all():
            break
        low, high = np.where((excess > 0) & ~near, damping, low), np.where((excess > 0) | near, high, damping)
        slope = -np.einsum("gp,gp->g", step**2, 1 / squares) / length
        damping = np.where(near, damping, damping - (length / radii) * (excess / slope))
    return np.where((steepest >= radii / EPS)[:, None], pull * (radii / steepest)[:, None], step)


EASY = 1e-8
"""Pivots of a triangle with columns of length 1, from which no direction is near to be left alone."""
