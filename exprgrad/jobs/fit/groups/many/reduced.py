"""The rows of groups brought down to triangles, by sums of products over them.

J = Q*R is found by Cholesky's decomposition of J'J, which loses twice the digits that the condition of J costs, unless
the columns are nearly orthogonal. So what is summed is Z'Z with Z = J*W, where W is the inverse of the triangle that
the group had one step before: near the minimum Z has orthonormal columns, and no digit is lost (CholeskyQR2: Yamamoto,
Nakatsukasa, Yanagisawa and Fukaya 2015, Roundoff Error Analysis of the CholeskyQR2 Algorithm). A group whose columns
are not nearly orthogonal yet is summed a second time; what that does not mend goes to the QR of its rows.
"""

from __future__ import annotations

import numpy as np

from exprgrad.data.groups.found import Codes
from exprgrad.jobs.fit.groups.many.kernels import Kernel
from exprgrad.jobs.fit.groups.many.pieces import Piece
from exprgrad.jobs.fit.groups.many.triangles import Triangles, inverses, product, root
from exprgrad.jobs.fit.reduction import Flags, Floats

SOUND = 1e-3
"""Pivots squared of columns that are nearly orthogonal: less than three digits are lost."""
MENDED = 1e-8
"""Those of columns that a second sum makes so."""
LEAST, MOST = 1e-250, 1e250
"""Sums of squares whose products neither underflow nor overflow."""


class Reduction:
    """The triangles of the groups of a piece, at any parameters. It remembers the last of each group."""

    def __init__(self, piece: Piece, kernel: Kernel) -> None:
        """The nodes of the kernel are the Jacobian, and last the residual."""
        self.piece, self.kernel = piece, kernel
        count = len(kernel.problem.names)
        self._pairs = [(i, j) for j in range(count + 1) for i in range(j + 1)]
        """The order of the sums."""
        self._triangle = np.zeros((count, count, len(piece.places)))
        """What Z has been divided by."""
        self._triangle[range(count), range(count)] = 1.0
        self._inverse = self._triangle.copy()

    def __call__(self, which: Codes, values: Floats) -> Triangles:
        """Of some groups, by their place in the piece, at their parameters [p, groups]."""
        if self.kernel.sums is None:
            return self.piece.decomposed(which, self.kernel, values)
        found = Triangles.empty(len(values), len(which))
        left = self._summed(which, values, found, np.arange(len(which)))
        if len(left):
            left = self._summed(which, values, found, left)
        if len(left):
            others = self.piece.decomposed(which[left], self.kernel, values[:, left])
            found.put(left, others)
            self._remember(which[left], others.triangle, np.isfinite(others.cost))
        return found

    def _summed(self, which: Codes, values: Floats, found: Triangles, some: Codes) -> Codes:
        """Fill in those of `some`; those of them that are not sound yet."""
        sums = self.kernel.sums
        assert sums is not None
        groups, count = which[some], len(values)
        shapes = np.stack([self._inverse[i, j][groups] for i, j in self._pairs if j < count])
        squares, flagged = sums.fold(
            self.piece.rows, self.piece.places[groups], values[:, some], shapes, self.kernel.threads
        )
        by = dict(zip(self._pairs, squares, strict=True))
        cost = by[count, count]
        made = root(by, count)
        ordinary = np.isfinite(made.rotated[-1])  # what was lost on the way to it makes it nan
        for i in range(count):
            ordinary &= (by[i, i] > LEAST) & (by[i, i] < MOST)
        sound = ordinary & (made.pivots > SOUND).all(axis=0)
        sound[flagged] = False
        triangle = product(made.triangle, self._triangle[:, :, groups])
        lost = ~np.isfinite(cost)
        found.triangle[:, :, some], found.rotated[:, some] = triangle, made.rotated
        found.cost[some] = np.where(lost, np.inf, cost)
        self._remember(groups, triangle, ordinary & (made.pivots > MENDED).all(axis=0))
        left: Codes = some[~sound & ~lost]
        return left

    def _remember(self, groups: Codes, triangle: Floats, good: Flags) -> None:
        """What the columns of some groups are to be divided by from now on."""
        inverse = inverses(triangle)
        good &= np.isfinite(inverse).all(axis=(0, 1)) & np.isfinite(triangle).all(axis=(0, 1))
        if good.all():
            self._triangle[:, :, groups], self._inverse[:, :, groups] = triangle, inverse
        else:
            self._triangle[:, :, groups[good]] = triangle[:, :, good]
            self._inverse[:, :, groups[good]] = inverse[:, :, good]
