"""The least cost where some parameters are held, the others following."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from exprgrad.jobs.fit.levenberg import Levenberg, Options
from exprgrad.jobs.fit.reduction import Floats, Reduced, combined

LOWER = 1e-9
"""Of s^2: a cost that is lower by so much is another minimum."""
_DESCENT = Options(iterations=200, factor=1.0)


class Minimum(NamedTuple):
    """What is profiled."""

    reduce: Callable[[Floats], Reduced]
    values: Floats
    """At the minimum; there may be more of them behind the parameters, such as a scale."""
    low: Floats
    high: Floats
    cost: float
    unit: float
    """s^2"""
    quantile: float
    """q"""
    rows: int


class LowerMinimumError(Exception):
    """There is a lower cost than that of the fit."""

    def __init__(self, values: Floats) -> None:
        super().__init__(values)
        self.values = values


class Point(NamedTuple):
    """Where some parameters are held."""

    values: Floats
    """Of all parameters."""
    cost: float
    slope: Floats
    """The derivatives of the least cost with respect to those that are held: those of the cost alone, as the others are
    at their minimum."""


def held(minimum: Minimum, which: list[int], place: Floats, near: Floats) -> Point:
    """The others at their minimum where the parameters `which` are at `place`, from where they were near it. Raises
    LowerMinimumError."""
    keep = np.ones(len(minimum.values), dtype=bool)
    keep[which] = False

    def whole(others: Floats) -> Floats:
        values = np.empty(len(keep))
        values[keep], values[which] = others, place
        return values

    def reduce(others: Floats) -> Reduced:
        found = minimum.reduce(whole(others))
        rows = np.column_stack([found.triangle[:, keep], found.rotated])
        upper = combined(rows[:0], rows)
        count = len(others)
        return Reduced(upper[:count, :count], upper[:count, count], found.cost)

    others = near[keep]
    if len(others):
        solver = Levenberg(reduce, minimum.low[keep], minimum.high[keep], minimum.rows)
        others = solver.descend(others, _DESCENT).values
    values = whole(others)
    found = minimum.reduce(values)
    if found.cost < minimum.cost - LOWER * minimum.unit:
        raise LowerMinimumError(values)
    return Point(values, found.cost, -2 * (found.triangle[:, which].T @ found.rotated))
