"""Profile intervals: how far a parameter can go, the others following, until the fit is significantly worse.

With S(v) the least cost where the parameter is v, the ends are where S(v) = S + s^2*q^2: q is the quantile of the
symmetric interval, and s^2 the residual variance, or 1 where errors are known and of a likelihood, whose cost is the
deviance (Bates and Watts 1988, Nonlinear Regression Analysis and Its Applications, 6.1; Venzon and Moolgavkar 1988,
Applied Statistics 37; as R's confint). The derivative of S is that of the cost alone, as the others are at their
minimum, so Newton's method finds an end in a few descents.
"""

from __future__ import annotations

from math import inf, isfinite, sqrt
from typing import NamedTuple

import numpy as np

from exprgrad.jobs.fit.intervals.held import Minimum, Point, held

_ENOUGH = 1e-13
"""Of q: how near to it an end is."""
_TRIES = 80
_WIDEN = 4.0
"""By how much a search goes farther, at the most, while it has not crossed."""
_FARTHEST = 1e12
"""In units of the symmetric interval: beyond it there is no crossing."""


class End(NamedTuple):
    """Of an interval."""

    value: float
    why: str
    """"crossing", "bound" or "open"."""


def ends(minimum: Minimum, index: int, error: float) -> tuple[End, End]:
    """The interval of a parameter, whose standard error (or another size, where it has none) starts the search. Raises
    LowerMinimumError."""
    profile = _Profile(minimum, index)
    low, high = (profile.end(sign, error) for sign in (-1.0, 1.0))
    return low, high


class _Profile:
    def __init__(self, minimum: Minimum, index: int) -> None:
        self.minimum, self.index = minimum, index

    def end(self, sign: float, error: float) -> End:
        minimum, k = self.minimum, self.index
        best, q = float(minimum.values[k]), minimum.quantile
        bound = float((minimum.high if sign > 0 else minimum.low)[k])
        near, far = best, None
        here = Point(minimum.values, minimum.cost, np.zeros(1))
        widest = q * error
        place = best + sign * widest
        for _ in range(_TRIES):
            if sign * (place - bound) >= 0:
                place = bound
            if place in (best, near):
                break
            there = held(minimum, [k], np.array([place]), here.values)
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
        self, there: Point, height: float, place: float, near: float, far: float | None, sign: float
    ) -> float:
        """Newton's next place; the middle where that leaves what is known to hold the end, or farther out."""
        minimum = self.minimum
        best, newton = float(minimum.values[self.index]), place
        rate = sign * float(there.slope[0]) / (2 * minimum.unit * height) if 0 < height < inf else 0.0
        if rate > 0:
            newton = place - sign * (height - minimum.quantile) / rate
        if far is not None:
            inside = sign * (newton - near) > 0 and sign * (far - newton) > 0
            return newton if inside and rate > 0 else near + (far - near) / 2
        farthest = best + _WIDEN * (place - best)
        return newton if rate > 0 and sign * (farthest - newton) > 0 and sign * (newton - place) > 0 else farthest
