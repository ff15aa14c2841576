"""What is known of the rows of many groups before any fit: `survey` has the same of one."""

from __future__ import annotations

from math import log
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprgrad.data.groups.labels import Codes
from exprgrad.jobs.fit.groups.many.kernels import Kernel
from exprgrad.jobs.fit.groups.many.pieces import Piece
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.quantities.quantity import node_of
from exprgrad.jobs.fit.reduction import Flags, Floats


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
        columns: list[Any] = [each[which] for each in self]
        return Facts(*columns)


def looked_at(problem: Problem) -> list[int]:
    """The response and the weight, and the sigma where there is one, which may be a number or an expression."""
    sigma = [] if problem.sigma is None else [node_of(problem.graph, problem.sigma, problem.columns)]
    return [problem.response, problem.weight, *sigma]


def facts(problem: Problem, kernel: Kernel, piece: Piece) -> Facts:
    """Of the groups of a piece. The nodes of the kernel are those of `looked_at`."""
    with np.errstate(all="ignore"):
        columns, starts = piece.together
        count, rows = len(starts), int(piece.sizes.sum())

        def total(numbers: Floats) -> Floats:
            found: Floats = np.add.reduceat(numbers, starts)
            return found

        y, w, *sigma = kernel(columns, np.broadcast_to(1.0, (len(problem.names), rows)), 1)
        y = np.broadcast_to(y, rows)
        alike = isinstance(w, float)
        if isinstance(w, float):
            weight, observed = w * piece.sizes, np.where(w != 0, piece.sizes, 0)
            logarithms: Floats = np.multiply(log(w) if w > 0 else 0.0, piece.sizes, dtype=np.float64)
            positive = np.full(count, w >= 0)
        else:
            weight, observed = total(w), np.add.reduceat((w != 0).astype(np.int64), starts)
            logarithms = total(np.log(np.where(w == 0, 1.0, w)))
            positive = np.minimum.reduceat(w, starts) >= 0
        one = alike and w == 1
        mean = total(y if one else w * y) / weight
        moved = y - np.repeat(mean, piece.sizes)
        power, squares = (total(each * each if one else w * each * each) for each in (y, moved))
        sound = np.isfinite(power) & np.isfinite(weight) & (weight > 0) & positive
        for each in sigma:
            sound &= each > 0 if isinstance(each, float) else np.minimum.reduceat(each, starts) > 0
    return Facts(sound, observed, squares, power, logarithms)
