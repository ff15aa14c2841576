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
    """Steps of scaled triangles R*D^-1 [groups, p, p], by their singular values s and b = U'Q'r."""

    def __init__(self, triangles: Floats, rotated: Floats, least: float) -> None:
        """Directions whose singular value is below `least` times the largest are left alone. What is not finite has a
        step of nan."""
        fine: Flags = np.asarray(np.isfinite(triangles).all(axis=(1, 2)) & np.isfinite(rotated).all(axis=1))
        self.triangles, self.rotated = triangles, rotated
        left, self.s, self.right = np.linalg.svd(np.where(fine[:, None, None], triangles, 0.0))
        self.b = np.where(fine[:, None], np.einsum("gij,gi->gj", left, rotated), np.nan)
        self.kept = self.s > least * self.s.max(axis=1, initial=0.0, keepdims=True)
        self.along = np.where(self.kept, self.b, 0.0)
        self.whole = np.where(self.kept, self.along / np.where(self.kept, self.s, 1.0), 0.0)

    def promise(self) -> Floats:
        """How much lower each cost is after an undamped step, if the model is linear."""
        found: Floats = np.einsum("gp,gp->g", self.along, self.along)
        return found

    def reduction(self, steps: Floats) -> Floats:
        """The same of some steps."""
        moved = times(self.triangles, steps)
        found: Floats = np.einsum("gp,gp->g", moved, 2 * self.rotated - moved)
        return found

    def undamped(self) -> Floats:
        """The whole steps [groups, p]."""
        return self._back(self.whole)

    def within(self, radii: Floats) -> tuple[Floats, Flags]:
        """The best steps of at most these lengths, and which of them are not damped."""
        full = norms(self.whole) <= radii
        along = self.whole.copy()
        if not full.all():
            along[~full] = self._damped(~full, radii[~full])
        return self._back(along), full

    def _back(self, along: Floats) -> Floats:
        found: Floats = np.einsum("gij,gi->gj", self.right, along)
        return found

    def _damped(self, which: Flags, radii: Floats) -> Floats:
        """Steps of these lengths, to a percent: see `trust.Step.damped`, here for many at a time."""
        s, pull = self.s[which], self.s[which] * self.along[which]
        steepest = norms(pull)
        low, high = np.zeros(len(radii)), steepest / radii
        smallest = np.where(self.kept[which], s, np.inf).min(axis=1)
        damping = np.maximum(1e-3 * high, smallest**2)
        step = pull
        for _ in range(60):
            outside = ~((low < damping) & (damping < high))
            damping = np.where(outside, np.maximum(1e-3 * high, np.sqrt(low * high)), damping)
            squares = s**2 + damping[:, None]
            step = pull / squares
            length = norms(step)
            excess = length - radii
            if (np.abs(excess) <= 0.01 * radii).all():
                break
            low, high = np.where(excess > 0, damping, low), np.where(excess > 0, high, damping)
            slope = -np.einsum("gp,gp->g", step**2, 1 / squares) / length
            damping = np.where(np.abs(excess) <= 0.01 * radii, damping, damping - (length / radii) * (excess / slope))
        return np.where((steepest >= radii / EPS)[:, None], pull * (radii / steepest)[:, None], step)
