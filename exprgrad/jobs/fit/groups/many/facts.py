"""What is known of the rows of many groups before any fit: `survey` has the same of one."""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprgrad.backends.engine import Engine
from exprgrad.data.groups.found import Codes
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit.groups.many.kernels import Kernel
from exprgrad.jobs.fit.groups.many.pieces import Piece
from exprgrad.jobs.fit.problem import Parameter, Problem
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


_MEAN = "#mean"
"""The variable that holds the mean response of a group: no name of the language looks like this."""


class Looks:
    """What finds these facts."""

    def __init__(self, wide: Problem, engine: Engine, rows: int) -> None:
        """`wide` is the problem whose parameters are columns; there are so many rows."""
        graph = wide.graph
        sigma = [] if wide.sigma is None else [node_of(graph, wide.sigma, wide.columns)]
        self._all = Kernel(wide, [wide.response, wide.weight, *sigma], engine, rows)
        """The response and the weight, and the sigma where there is one, which may be a number or an expression."""
        self._deviations: Kernel | None = None
        if not sigma and graph.number(wide.weight) == 1:
            symbols = Symbols(graph)
            nodes = [symbols.constant(1.0), symbols.operation("sub")(wide.response, graph.input(_MEAN))]
            of_mean = replace(wide, columns={*wide.columns, _MEAN}, parameters=(Parameter(_MEAN, None),))
            deviations = Kernel(of_mean, nodes, engine, rows)
            self._deviations = deviations if deviations.sums is not None else None

    def __call__(self, piece: Piece) -> Facts:
        """Those of the groups of a piece."""
        with np.errstate(all="ignore"):
            return self._computed(piece) if self._deviations is None else self._summed(self._deviations, piece)

    def _summed(self, deviations: Kernel, piece: Piece) -> Facts:
        """Where all rows weigh the same: two passes of machine code."""
        assert deviations.sums is not None
        sums, count = deviations.sums, len(piece.places)

        def around(mean: Floats) -> tuple[Floats, Floats]:
            totals, _ = sums.fold(piece.rows, piece.places, mean[None], np.ones((1, count)), deviations.threads)
            return totals[1], totals[2]

        total, power = around(np.zeros(count))
        _, squares = around(total / piece.sizes)
        return Facts(np.isfinite(power), piece.sizes, squares, power, np.zeros(count))

    def _computed(self, piece: Piece) -> Facts:
        columns, starts = piece.together
        count, rows = len(starts), int(piece.sizes.sum())

        def total(numbers: Floats) -> Floats:
            found: Floats = np.add.reduceat(numbers, starts)
            return found

        y, w, *sigma = self._all(columns, np.broadcast_to(1.0, (len(self._all.problem.names), rows)), 1)
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
