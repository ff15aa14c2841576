"""The common way of a descent: many groups at once, in machine code."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from exprgrad.backends.llvm.sections.stage import RoundStage
from exprgrad.backends.llvm.sections.sums import pairs
from exprgrad.jobs.fit.groups.many.compiled.rounds import Limits, descending
from exprgrad.jobs.fit.groups.many.descent import CONVERGED, STUCK, Descents
from exprgrad.jobs.fit.groups.many.facts import Facts
from exprgrad.jobs.fit.groups.many.kernels import Kernel
from exprgrad.jobs.fit.groups.many.pieces import Piece
from exprgrad.jobs.fit.groups.many.triangles import Triangles
from exprgrad.jobs.fit.levenberg import Options
from exprgrad.jobs.fit.reduction import Floats


class Common:
    """The common way for groups with parameters between these limits [p]."""

    def __init__(self, kernel: Kernel, limits: tuple[Floats, Floats], options: Options) -> None:
        """The kernel has sums."""
        assert kernel.sums is not None
        self._sums, self._threads, self._count = kernel.sums, kernel.threads, len(limits[0])
        self._stage = _compiled(tuple(limits[0].tolist()), tuple(limits[1].tolist()), options)

    def __call__(self, piece: Piece, start: Floats, known: Facts) -> Descents:
        """Where the groups of a piece end from their starts [p, groups]. One that is in no minimum is STUCK. The
        rotated residuals, which nobody needs any more, are nan."""
        first = np.concatenate([start, known.observed[None]])
        kept = self._stage.run(self._sums, piece.rows, piece.places, first, self._threads)
        values, (cost, steps, converged) = kept[: self._count], kept[-3:]
        triangle = np.zeros((self._count, self._count, len(cost)))
        for row, (i, j) in zip(kept[self._count : -3], pairs(self._count), strict=True):
            triangle[i, j] = row
        ends = np.where(converged != 0, CONVERGED, STUCK)
        return Descents(values, Triangles(triangle, np.full_like(values, np.nan), cost), steps.astype(np.int64), ends)


@lru_cache(maxsize=8)
def _compiled(low: Limits, high: Limits, options: Options) -> RoundStage:
    return RoundStage(descending(low, high, options))
