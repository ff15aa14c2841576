"""Which rows a sweep has: each number with all of the others, or points that a design spreads over the axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from exprgrad.data.frames.given import MOST, Maker, Product, SideBySide
from exprgrad.errors import LimitError, UsageError
from exprgrad.jobs.sweep.axes import Axis
from exprgrad.jobs.sweep.request import GRID, LATIN, Design
from exprgrad.trials.latin import Latin
from exprgrad.trials.quantiles import Floats, quantiles
from exprgrad.trials.sobol.points import Points

_FEW = 1_000
"""Up to so many rows each quantile is computed by itself; of more, from a table, which is off by less than 1e-8
standard deviations."""


def rows_of(axes: Mapping[str, Axis], design: Design) -> Maker:
    """What makes the rows. Raises UsageError for what a grid cannot have, LimitError for too many rows."""
    design.check()
    if design.kind == GRID:
        return Product({name: axis.levels() for name, axis in axes.items()})
    if design.rows > MOST:
        raise LimitError(f"a design of {design.rows:,} rows; the limit is {MOST:,}")
    return _Points(axes, design)


def one_row(axes: Mapping[str, Axis], design: Design) -> Maker:
    """A row in the place of a design, where each axis is moved alone. Raises UsageError for a design."""
    design.check()
    if design.kind != GRID:
        raise UsageError(f"a tornado moves each variable alone: --design {design.kind} says nothing about it")
    return SideBySide({name: np.zeros(1) for name in axes})


class _Points:
    """The points of a cube, brought to the axes: see `data.frames.given.Maker`."""

    def __init__(self, axes: Mapping[str, Axis], design: Design) -> None:
        self.header, self.rows = tuple(axes), design.rows
        sides = len(axes)
        latin = design.kind == LATIN
        self._cube = Latin(sides, design.rows, design.seed) if latin else Points(sides, design.seed)
        self._places = [_placed(axis, exact=design.rows <= _FEW) for axis in axes.values()]

    def columns(self, start: int, stop: int) -> list[Floats]:
        columns = self._cube.columns(start, stop)
        return [place(column) for place, column in zip(self._places, columns, strict=True)]


def _placed(axis: Axis, *, exact: bool) -> Callable[[Floats], Floats]:
    """What brings numbers between 0 and 1 to an axis: evenly to a range or the numbers of a list, by the quantile
    function to a distribution."""
    if axis.uncertain is not None:
        distribution = axis.uncertain.distribution
        assert distribution is not None
        if not exact:
            return quantiles(distribution)
        return lambda column: np.array([distribution.quantile(p) for p in column.tolist()])
    if axis.ends is not None:
        first, last = axis.ends
        return lambda column: (1 - column) * first + column * last
    numbers = np.asarray(axis.numbers, np.float64)
    return lambda column: numbers[(column * len(numbers)).astype(np.int64)]
