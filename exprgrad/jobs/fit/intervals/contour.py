"""The joint region of two parameters: where the fit, the others following, is not significantly worse.

The region holds the pairs v with S(v) <= S + s^2*h^2, S(v) being the least cost where the two are v. h^2 is 2*F, the
quantile of Fisher's distribution with 2 and n - p degrees of freedom, or that of chi-squared with 2 where errors are
known, and of a likelihood (Bates and Watts 1988, Nonlinear Regression Analysis and Its Applications, 6.1). Both have
closed forms at 2 degrees of freedom. The law of linear models gives the ellipse (v - best)'*C^-1*(v - best) = h^2
beside it, C being the covariance of the two.

In coordinates in which that ellipse is the unit circle, the boundary is followed step by step: along the tangent, and
back to the boundary by Newton's method, as the gradient of S(v) is that of the cost. Where that does not come round, as
the region is open or ends at a bound, it is looked for along rays from the estimate.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations
from math import expm1, inf, isfinite, log, nan, pi, sqrt

import numpy as np

from exprgrad.jobs.fit.intervals.held import Minimum, held
from exprgrad.jobs.fit.intervals.result import Contour
from exprgrad.jobs.fit.reduction import Floats

MOST = 3
"""Pairs: of more, those that correlate most."""
_RAYS = 72
_ELLIPSE = 240
"""Points of an ellipse."""
_STEP, _LEAST, _LARGEST = 0.12, 0.004, 0.2
"""The first step along the boundary, and the smallest and the largest one, in units of the ellipse."""
_TURN = 0.35
"""Radians by which the boundary may turn in one step."""
_STEPS = 400
_ENOUGH = 1e-7
"""Of h: how near to the boundary a point is."""
_CORRECTIONS = 8
_FARTHEST = 30.0
"""In units of the ellipse, from where a region is open."""


def squared_radius(confidence: float, dof: float) -> float:
    """h^2"""
    if dof == inf:
        return -2 * log(1 - confidence)
    return dof * expm1(-2 / dof * log(1 - confidence))


def contours(
    minimum: Minimum, names: list[str], covariance: Floats, confidence: float, dof: float, endless: Collection[str]
) -> tuple[tuple[Contour, ...], int]:
    """Of the pairs that correlate most, and how many pairs there are. Parameters without an error, as they are at a
    bound, have none. `endless` are those whose own intervals, which are narrower, have no end. Raises
    LowerMinimumError."""
    sizes = np.sqrt(np.diag(covariance))
    able = [k for k in range(len(names)) if sizes[k] > 0 and isfinite(sizes[k])]
    pairs = [(i, j) for i, j in combinations(able, 2) if abs(covariance[i, j]) < sizes[i] * sizes[j] * (1 - 1e-12)]
    pairs.sort(key=lambda pair: -abs(covariance[pair] / sizes[pair[0]] / sizes[pair[1]]))
    radius = sqrt(squared_radius(confidence, dof))
    found = []
    for i, j in sorted(pairs[:MOST]):
        region = _Region(minimum, [i, j], covariance[np.ix_([i, j], [i, j])], radius)
        contour = region.contour((names[i], names[j]), confidence)
        found.append(contour._replace(open=contour.open or names[i] in endless or names[j] in endless))
    return tuple(found), len(pairs)


class _Region:
    def __init__(self, minimum: Minimum, which: list[int], covariance: Floats, radius: float) -> None:
        self.minimum, self.which, self.radius = minimum, which, radius
        self.best = minimum.values[which]
        sizes = np.sqrt(np.diag(covariance))
        self.frame: Floats = radius * sizes[:, None] * np.linalg.cholesky(covariance / np.outer(sizes, sizes))
        self.low, self.high = minimum.low[which], minimum.high[which]
        self.near = minimum.values

    def contour(self, names: tuple[str, str], confidence: float) -> Contour:
        self.near = self.minimum.values
        start = self.along(np.array([1.0, 0.0]))
        found = None if start is None or start[1] else self.followed(start[0])
        open_ended = False
        if found is None:
            found, open_ended = self.by_rays()
        circle = np.linspace(0, 2 * pi, _ELLIPSE)
        ellipse = np.column_stack([np.cos(circle), np.sin(circle)])
        return Contour(names, confidence, self.points(found), self.points(ellipse), open_ended)

    def points(self, scaled: Floats) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Places of the first and of the second parameter."""
        across, up = (self.best + scaled @ self.frame.T).T
        return tuple(map(float, across)), tuple(map(float, up))

    def inside(self, scaled: Floats) -> bool:
        """Whether a place is within the bounds."""
        place = self.best + self.frame @ scaled
        return bool(((place >= self.low) & (place <= self.high)).all())

    def height(self, scaled: Floats) -> tuple[float, Floats]:
        """(S(v) - S)/(s^2*h^2), which is 1 on the boundary, and its gradient."""
        minimum = self.minimum
        there = held(minimum, self.which, self.best + self.frame @ scaled, self.near)
        unit = minimum.unit * self.radius**2
        if not isfinite(there.cost):
            return inf, np.zeros(2)
        height = max(there.cost - minimum.cost, 0.0) / unit
        if height <= 4:
            self.near = there.values
        return height, self.frame.T @ there.slope / unit

    def along(self, direction: Floats) -> tuple[Floats, bool] | None:
        """Where a ray from the estimate crosses the boundary, or, as is said then, ends at a bound; None where it does
        neither."""
        bound = self.reach(direction)
        near, far, place = 0.0, inf, min(1.0, bound)
        for _ in range(60):
            height, slope = self.height(place * direction)
            root = sqrt(height)
            if abs(root - 1) <= _ENOUGH:
                return place * direction, False
            if root < 1:
                if place == bound:
                    return place * direction, True
                near = place
            else:
                far = place
            rate = float(slope @ direction) / (2 * root) if 0 < root < inf else 0.0
            newton = place - (root - 1) / rate if rate > 0 else nan
            if not near < newton < min(far, 4 * place):
                newton = (near + far) / 2 if far < inf else 4 * place
            place = min(newton, bound)
            if place > _FARTHEST:
                return None
            if far < inf and far - near <= 1e-9 * far:
                return place * direction, False
        return place * direction, False

    def reach(self, direction: Floats) -> float:
        """How far along a ray the bounds are."""
        step = self.frame @ direction
        with np.errstate(all="ignore"):
            room = np.where(step > 0, (self.high - self.best) / step, (self.low - self.best) / step)
        return float(min(room[step != 0], default=inf))

    def followed(self, start: Floats) -> Floats | None:
        """The boundary from a point of it and round to it [points, 2]; None where it does not come round."""
        points, place, step, gone = [start], start, _STEP, 0.0
        _, slope = self.height(start)
        for _ in range(_STEPS):
            tangent = np.array([-slope[1], slope[0]]) / (float(np.hypot(*slope)) or 1.0)
            found = self.corrected(place + step * tangent)
            if found is not None:
                there, turned = found
                cosine = float(turned @ slope) / (float(np.hypot(*turned) * np.hypot(*slope)) or 1.0)
                angle = float(np.arccos(np.clip(cosine, -1, 1)))
                moved = float(np.hypot(*(there - place)))
            if found is None or angle > _TURN or not 0.3 * step < moved < 2 * step:
                step /= 2
                if step < _LEAST:
                    return None
                continue
            place, slope, gone = there, turned, gone + moved
            if gone > 4 * step and float(np.hypot(*(place - start))) < 1.2 * step:
                return np.array([*points, place, start])
            points.append(place)
            step = min(step * (1.5 if angle < _TURN / 3 else 1.0), _LARGEST)
        return None

    def corrected(self, place: Floats) -> tuple[Floats, Floats] | None:
        """The point of the boundary near a place, with the gradient there; None where there is none."""
        for _ in range(_CORRECTIONS):
            if not self.inside(place):
                return None
            height, slope = self.height(place)
            size = float(slope @ slope)
            if not (isfinite(height) and size > 0):
                return None
            if abs(height - 1) <= 2 * _ENOUGH:
                return place, slope
            place = place - (height - 1) * slope / size
        return None

    def by_rays(self) -> tuple[Floats, bool]:
        """The boundary as it is seen from the estimate [points, 2], with nan where there is none; and whether it is
        open, at a bound or without an end."""
        self.near = self.minimum.values
        found, open_ended = [], False
        for angle in np.linspace(0, 2 * pi, _RAYS + 1):
            end = self.along(np.array([np.cos(angle), np.sin(angle)]))
            open_ended |= end is None or end[1]
            if end is None:
                self.near = self.minimum.values
            found.append(np.full(2, nan) if end is None else end[0])
        return np.array(found), open_ended
