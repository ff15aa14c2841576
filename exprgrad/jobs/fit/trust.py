"""One step of Levenberg-Marquardt: the damping that makes it as long as the radius of the trust region.

It is found from the triangle R of a QR (Moré 1978, Lecture Notes in Mathematics 630).
"""

from __future__ import annotations

from math import inf

import numpy as np

from exprgrad.jobs.fit.reduction import Floats, lengths, norm

EPS = float(np.finfo(np.float64).eps)


def scaled_columns(matrix: Floats) -> tuple[Floats, Floats]:
    """A matrix with columns of length 1, and the lengths they had; a column of zeros is left as it is."""
    sizes = lengths(matrix)
    unit = np.where(sizes > 0, sizes, 1.0)
    return matrix / unit, unit


def solved(triangle: Floats, rotated: Floats) -> Floats:
    """The least-squares solution; the shortest where there are many."""
    columns, unit = scaled_columns(triangle)
    basis, upper = np.linalg.qr(columns)
    sizes = np.abs(np.diag(upper))
    if len(sizes) and sizes.min() > 1e-12 * sizes.max():
        found = np.linalg.solve(upper, basis.T @ rotated)
    else:
        found = np.linalg.lstsq(columns, rotated, rcond=1e-14)[0]
    result: Floats = found / unit
    return result


class Step:
    """Steps of one scaled triangle by their damping.

    The triangle is R*D^-1, its singular values are s and b = U'Q'r is the residual along them. All is computed with s
    in units of its largest and b in units of its norm, so that no square leaves the range of numbers.
    """

    def __init__(self, triangle: Floats, rotated: Floats) -> None:
        self.triangle, self.rotated = triangle, rotated
        left, sizes, right = np.linalg.svd(triangle, full_matrices=False)
        largest = float(sizes.max(initial=0.0))
        kept = sizes > 1e-15 * largest
        self.right = right[kept]
        self.along = left.T[kept] @ rotated
        size = norm(self.along)
        self.s = sizes[kept] / largest
        self.b = self.along / size
        self.unit = size / largest if size and largest else 0.0
        """Of the lengths of steps."""
        self.full = False
        """Whether the last step was not damped."""

    def promise(self) -> float:
        """How much lower the cost is after an undamped step, if the model is linear."""
        return float(np.sum(self.along**2))

    def reduction(self, step: Floats) -> float:
        """The same of some step."""
        moved = self.triangle @ step
        return float(moved @ (2 * self.rotated - moved))

    def within(self, radius: float) -> Floats:
        """The best step of at most this length; none where it would not be of numbers."""
        self.full = False
        if not 0 < self.unit < inf:
            return np.zeros(self.right.shape[1])
        whole = self.b / self.s
        limit = radius / self.unit
        self.full = norm(whole) <= limit
        found: Floats = self.right.T @ (whole if self.full else self.damped(limit)) * self.unit
        return found

    def damped(self, radius: float) -> Floats:
        """The step of this length, to a percent: s*b/(s^2 + a), where a is the damping.

        Moré 1978, section 5, in his letters: the radius is delta, phi(a) = |step| - delta, and Newton's method for
        1/|step| (Hebden 1973), which is nearly linear in a, is kept between the bounds l and u.
        """
        pull = self.s * self.b
        steepest = norm(pull)
        if steepest >= radius / EPS:  # then a is so large that s^2 is lost beside it
            return pull * (radius / steepest)
        low, high = 0.0, steepest / radius  # l and u
        damping = max(1e-3 * high, float(self.s.min()) ** 2)  # a
        for _ in range(60):
            if not low < damping < high:
                damping = max(1e-3 * high, (low * high) ** 0.5)
            squares = self.s**2 + damping
            step = pull / squares
            length = norm(step)
            excess = length - radius  # phi(a)
            if abs(excess) <= 0.01 * radius:
                break
            low, high = (damping, high) if excess > 0 else (low, damping)
            slope = -float(np.sum(step**2 / squares)) / length  # phi'(a)
            damping -= (length / radius) * (excess / slope)
        return step
