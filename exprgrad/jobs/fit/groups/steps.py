"""Steps of Levenberg-Marquardt for many small triangles at once, as `trust` has them for one."""

from __future__ import annotations

import numpy as np

from exprgrad.jobs.fit.reduction import Flags, Floats

EPS = float(np.finfo(np.float64).eps)


def norms(vectors: Floats) -> Floats:
    """The length of each vector [groups, p]."""
    found: Floats = np.sqrt(np.einsum("gp,gp->g", vectors, vectors))
    return found


def lengths(triangles: Floats) -> Floats:
    """Of the columns of each triangle [groups, p, p]."""
    found: Floats = np.sqrt(np.einsum("gij,gij->gj", triangles, triangles))
    return found


def times(triangles: Floats, vectors: Floats) -> Floats:
    """Each triangle times its vector."""
    found: Floats = np.einsum("gij,gj->gi", triangles, vectors)
    return found


class Steps:
    """Steps of scaled triangles R*D^-1 [groups, p, p]. Where a triangle is well-conditioned, its undamped step is that
    of the triangle; elsewhere, and where steps are damped, it is found by the singular values s and b = U'Q'r."""

    def __init__(self, triangles: Floats, rotated: Floats, least: float) -> None:
        """Directions whose singular value is below `least` times the largest are left alone. What is not finite has a
        step of nan."""
        fine: Flags = np.asarray(np.isfinite(triangles).all(axis=(1, 2)) & np.isfinite(rotated).all(axis=1))
        self.triangles, self.rotated, self.least = np.where(fine[:, None, None], triangles, 0.0), rotated, least
        pivots = np.abs(np.einsum("gii->gi", self.triangles))
        easy = fine & (pivots > _EASY * lengths(self.triangles)).all(axis=1)
        self.whole = np.full_like(rotated, np.nan)
        self.power = np.full(len(rotated), np.nan)
        if easy.any():
            self.whole[easy] = np.linalg.solve(self.triangles[easy], rotated[easy][:, :, None])[:, :, 0]
            self.power[easy] = np.einsum("gp,gp->g", rotated[easy], rotated[easy])
        hard = fine & ~easy
        if hard.any():
            s, right, along = self._turned(hard)
            self.whole[hard] = np.einsum("gij,gi->gj", right, np.where(s > 0, along / np.where(s > 0, s, 1.0), 0.0))
            self.power[hard] = np.einsum("gp,gp->g", along, along)

    def _turned(self, which: Flags) -> tuple[Floats, Floats, Floats]:
        """The singular values of some triangles, the directions that they belong to, and the residual along these;
        0 for what is left alone."""
        left, s, right = np.linalg.svd(self.triangles[which])
        kept = s > self.least * s.max(axis=1, initial=0.0, keepdims=True)
        along = np.einsum("gij,gi->gj", left, self.rotated[which])
        return np.where(kept, s, 0.0), np.asarray(right), np.where(kept, along, 0.0)

    def promise(self) -> Floats:
        """How much lower each cost is after an undamped step, if the model is linear."""
        return self.power

    def reduction(self, steps: Floats) -> Floats:
        """The same of some steps."""
        moved = times(self.triangles, steps)
        found: Floats = np.einsum("gp,gp->g", moved, 2 * self.rotated - moved)
        return found

    def undamped(self) -> Floats:
        """The whole steps [groups, p]."""
        return self.whole

    def within(self, radii: Floats) -> tuple[Floats, Flags]:
        """The best steps of at most these lengths, and which of them are not damped."""
        full: Flags = np.asarray(norms(self.whole) <= radii)
        steps, longer = self.whole.copy(), ~full & np.isfinite(self.power)
        if longer.any():
            s, right, along = self._turned(longer)
            steps[longer] = np.einsum("gij,gi->gj", right, _damped(s, along, radii[longer]))
        return steps, full


def _damped(s: Floats, along: Floats, radii: Floats) -> Floats:
    """Steps of these lengths, to a percent: see `trust.Step.damped`, here for many at a time."""
    pull = s * along
    steepest = norms(pull)
    low, high = np.zeros(len(radii)), steepest / radii
    smallest = np.where(s > 0, s, np.inf).min(axis=1)
    damping = np.maximum(1e-3 * high, smallest**2)
    step = pull
    for _ in range(60):
        outside = ~((low < damping) & (damping < high))
        damping = np.where(outside, np.maximum(1e-3 * high, np.sqrt(low * high)), damping)
        squares = s**2 + damping[:, None]
        step = pull / squares
        length = norms(step)
        excess = length - radii
        near = np.abs(excess) <= 0.01 * radii
        if near.all():
            break
        low, high = np.where(excess > 0, damping, low), np.where(excess > 0, high, damping)
        slope = -np.einsum("gp,gp->g", step**2, 1 / squares) / length
        damping = np.where(near, damping, damping - (length / radii) * (excess / slope))
    return np.where((steepest >= radii / EPS)[:, None], pull * (radii / steepest)[:, None], step)


_EASY = 1e-8
"""Pivots of a triangle with columns of length 1, from which no direction is near to be left alone."""
