"""The least-squares step under linear constraints.

min |z - R*d| where E*d = e and G*d <= h: the equations leave the null space of E, in which the problem is brought to
one of least distance, and that to one of nonnegative least squares (Lawson and Hanson 1974, Solving Least Squares
Problems, chapters 20 and 23).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exprgrad.jobs.fit.reduction import Flags, Floats

_RANK = 1e-12


class Step(NamedTuple):
    """A step, and which of the inequalities it meets as equations."""

    step: Floats
    active: Flags


def null_space(rows: Floats) -> Floats:
    """Orthonormal directions [p, p - rank] along which the rows [n, p] do not change."""
    if not len(rows):
        return np.eye(rows.shape[1])
    sizes = np.linalg.norm(rows, axis=1, keepdims=True)
    _, s, right = np.linalg.svd(rows / np.where(sizes > 0, sizes, 1.0))
    rank = int((s > _RANK * s.max(initial=0.0)).sum())
    return right[rank:].T


def limited(
    triangle: Floats, rotated: Floats, equations: tuple[Floats, Floats], limits: tuple[Floats, Floats]
) -> Step | None:
    """The step d [p] that minimizes |rotated - triangle*d| where equations[0]*d = equations[1] and limits[0]*d <=
    limits[1]; None where no step meets them. The triangle may have more rows than columns."""
    from scipy.optimize import nnls

    (rows, wanted), (slopes, room) = equations, limits
    first = np.linalg.lstsq(rows, wanted, rcond=_RANK)[0] if len(rows) else np.zeros(triangle.shape[1])
    if len(rows) and np.linalg.norm(rows @ first - wanted) > 1e-9 * (1 + np.linalg.norm(wanted)):
        return None
    free = null_space(rows)
    active = np.zeros(len(slopes), bool)
    inner, left = triangle @ free, rotated - triangle @ first
    left_side, s, right = np.linalg.svd(inner, full_matrices=False)
    kept = s > 1e-14 * s.max(initial=0.0)
    if not kept.all():  # the shortest of many
        left_side, s, right = left_side[:, kept], s[kept], right[kept]
    target = left_side.T @ left
    back = free @ (right.T / s)  # d = first + back*(w + target)
    whole = first + back @ target
    if not len(slopes) or (slopes @ whole <= room + 1e-12 * (1 + np.abs(room))).all():
        return Step(whole, active)
    sizes = np.maximum(np.linalg.norm(slopes, axis=1), 1e-300)
    least, need = -(slopes / sizes[:, None]) @ back, ((slopes @ whole) - room) / sizes  # least*w >= need
    unit = max(float(np.abs(need).max()), 1e-300)
    matrix = np.vstack([least.T, need[None] / unit])
    goal = np.zeros(len(matrix))
    goal[-1] = 1.0
    try:
        factors, _ = nnls(matrix, goal, maxiter=100 * matrix.shape[1])
    except RuntimeError:
        return None
    rest = matrix @ factors - goal
    if not -rest[-1] > 1e-12:
        return None
    moved = -rest[:-1] / rest[-1] * unit
    return Step(whole + back @ moved, factors > 1e-12 * factors.max(initial=0.0))
