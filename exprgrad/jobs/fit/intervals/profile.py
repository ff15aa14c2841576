"""Profile intervals: how far a parameter can go, the others following, until the fit is significantly worse.

With S(v) the least cost where the parameter is v, the ends are where S(v) = S + s^2*q^2: q is the quantile of the
symmetric interval, and s^2 the residual variance, or 1 where errors are known and of a likelihood, whose cost is the
deviance (Bates and Watts 1988, Nonlinear Regression Analysis and Its Applications, 6.1; Venzon and Moolgavkar 1988,
Applied Statistics 37; as R's confint). The derivative of S is that of the cost alone, as the others are at their
minimum, so Newton's method finds an end in a few descents.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite, sqrt
from typing import NamedTuple

import numpy as np

from exprgrad.jobs.fit.levenberg import Levenberg, Options
from exprgrad.jobs.fit.reduction import Floats, Reduced, combined

_ENOUGH = 1e-13
"""Of q: how near to it an end is."""
_TRIES = 80
_WIDEN = 4.0
"""By how much a search goes farther, at the most, while it has not crossed."""
_FARTHEST = 1e12
"""In units of the symmetric interval: beyond it there is no crossing."""
_LOWER = 1e-9
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


class End(NamedTuple):
    """Of an interval."""

    value: float
    why: str
    """"crossing", "bound" or "open"."""


class LowerMinimumError(Exception):
    """There is a lower cost than that of the fit."""

    def __init__(self, values: Floats) -> None:
        super().__init__(values)
        self.values = values


class _Point(NamedTuple):
    values: Floats
    cost: float
    slope: float
    """dS/dv"""


def ends(minimum: Minimum, index: int, error: float) -> tuple[End, End]:
    """The interval of a parameter, whose standard error (or another size, where it has none) starts the search. Raises
    LowerMinimumError."""
    profile = _Profile(minimum, index)
    low, high = (profile.end(sign, error) for sign in (-1.0, 1.0))
    return low, high


class _Profile:
    def __init__(self, minimum: Minimum, index: int) -> None:
        self.minimum, self.index = minimum, index
        self.others = np.arange(len(minimum.values)) != index

    def end(self, sign: float, error: float) -> End:
        minimum, k = self.minimum, self.index
        best, q = float(minimum.values[k]), minimum.quantile
        bound = float((minimum.high if sign > 0 else minimum.low)[k])
        near, far = best, None
        here = _Point(minimum.values, minimum.cost, 0.0)
        widest = q * error
        place = best + sign * widest
        for _ in range(_TRIES):
            if sign * (place - bound) >= 0:
                place = bound
            if place in (best, near):
                break
            there = self.at(place, here)
            if there.cost < minimum.cost - _LOWER * minimum.unit:
                raise LowerMinimumError(there.values)
            height = sqrt(max(there.cost - minimum.cost, 0.0) / minimum.unit) if isfinite(there.cost) else inf
            if abs(height - q) <= _ENOUGH * q:
                return End(place, "crossing")
            if height < q:
                if place == bound:
                    return End(bound, "bound")
                near, here = place, there
            else:
                far = place
            following = self.following(there, height, place, near, far, sign)
            if far is not None and abs(following - place) <= 2e-16 * abs(place):
                return End(following, "crossing")
            if abs(following - best) > _FARTHEST * widest:
                break
            place = following
        if far is not None:
            return End(place, "crossing")
        return End(bound, "bound") if near == bound or best == bound else End(sign * inf, "open")

    def following(
        self, there: _Point, height: float, place: float, near: float, far: float | None, sign: float
    ) -> float:
        """Newton's next place; the middle where that leaves what is known to hold the end, or farther out."""
        minimum = self.minimum
        best, newton = float(minimum.values[self.index]), place
        rate = sign * there.slope / (2 * minimum.unit * height) if 0 < height < inf else 0.0
        if rate > 0:
            newton = place - sign * (height - minimum.quantile) / rate
        if far is not None:
            inside = sign * (newton - near) > 0 and sign * (far - newton) > 0
            return newton if inside and rate > 0 else near + (far - near) / 2
        farthest = best + _WIDEN * (place - best)
        return newton if rate > 0 and sign * (farthest - newton) > 0 and sign * (newton - place) > 0 else farthest

    def at(self, place: float, near: _Point) -> _Point:
        """The others at their minimum where the parameter is there, from where they were near it."""
        minimum, keep, k = self.minimum, self.others, self.index

        def whole(others: Floats) -> Floats:
            values = np.empty(len(keep))
            values[keep], values[k] = others, place
            return values

        def reduce(others: Floats) -> Reduced:
            found = minimum.reduce(whole(others))
            rows = np.column_stack([found.triangle[:, keep], found.rotated])
            upper = combined(rows[:0], rows)
            count = len(others)
            return Reduced(upper[:count, :count], upper[:count, count], found.cost)

        others = near.values[keep]
        if len(others):
            solver = Levenberg(reduce, minimum.low[keep], minimum.high[keep], minimum.rows)
            others = solver.descend(others, _DESCENT).values
        values = whole(others)
        found = minimum.reduce(values)
        slope = -2 * float(found.triangle[:, k] @ found.rotated)
        return _Point(values, found.cost, slope)
