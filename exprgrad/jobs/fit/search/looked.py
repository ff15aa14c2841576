"""What a look at a sample of the rows finds: places from which descents are worth their passes over all rows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np

from exprgrad.jobs.fit.reduction import Flags, Floats, Reducer
from exprgrad.jobs.fit.search.again import Again, like_noise
from exprgrad.jobs.fit.search.crowd import Crowd
from exprgrad.jobs.fit.search.data.sample import Sample, drawn
from exprgrad.jobs.fit.search.draws import Draws
from exprgrad.jobs.fit.search.formula.roles import Roles
from exprgrad.jobs.fit.search.steps import alike
from exprgrad.observer import Observer

_POINTS = 512
"""Points that are drawn in a round for each parameter without a start, up to four of these."""
_SAME = 1e-3
"""Relative costs up to which two ends are one."""
_EQUAL = 1e-6
"""The same up to which they may be equal minima."""
_AGREE = 3
"""Points that have to end at the lowest cost for a round to be the last."""
_DIGITS = 9
"""Of the parameters of an end that are handed on."""
_ENDS = 6
"""Different ends that are handed on."""


class Looked:
    """Rounds of draws and descents on one sample."""

    def __init__(self, sample: Sample, draws: Draws, crowd: Crowd, missing: int, share: float) -> None:
        self.sample, self.draws, self.crowd, self.missing = sample, draws, crowd, missing
        self.roles = draws.roles
        self.jumps = draws.missing & np.array(draws.sample.problem.jumps)
        self.share = share
        """Of the rows, how many are in the sample."""
        self.again = Again(draws)
        self.wrap: Callable[[Floats], Floats] = np.copy
        """What brings phases of an end into the turn where they are expected: a large one has few digits."""
        self.seen = 0
        """Points that were drawn."""
        self.least = np.inf
        self.floor = 1e-20 * float((sample.weight * sample.response**2).sum())
        """A cost that rounding explains."""
        self.ends: Floats = np.empty((0, len(draws.start)))
        """The best ends of the rounds before, of different cost."""
        self.alike: Floats = self.ends
        """The ends of the lowest cost so far, which may be equal minima."""

    @classmethod
    def at(
        cls, reducer: Reducer, start: Floats, missing: Flags, linear: Flags, low: Floats, high: Floats
    ) -> Looked | None:
        """None where no sample can stand for the rows. `missing` marks the parameters to be drawn."""
        columns = drawn(reducer.problem, reducer.source, reducer.rows)
        if columns is None:
            return None
        sample = Sample(reducer.problem, columns, reducer.rows)
        draws = Draws(sample, Roles(reducer.problem), start, missing, low, high)
        return cls(sample, draws, Crowd(sample, linear, low, high), int(missing.sum()), sample.rows / reducer.rows)

    def cost(self, values: Floats) -> float:
        """Of these parameters, on the sample."""
        residual = self.sample.stacked(values[None, :], [self.sample.problem.residual])
        return float((residual**2).sum())

    def settled(self) -> bool:
        """Whether what the best end leaves over looks like noise."""
        return bool(len(self.ends)) and like_noise(self.draws, self.ends[0])

    def twins(self, values: Floats) -> Floats:
        """Ends of the same cost [ends, parameters]: those of the last round, and those where a parameter that does not
        enter linearly changes its sign or is inverted, or two change places, and the linear ones follow."""
        points, moving = [], self.crowd.moving
        for k in moving:
            for value in (-values[k], 1 / values[k], -1 / values[k]) if values[k] else ():
                points.append(values.copy())
                points[-1][k] = value
        for j, k in combinations(moving, 2):
            points.append(values.copy())
            points[-1][[j, k]] = values[[k, j]]
        inside = [point for point in points if ((point >= self.crowd.low) & (point <= self.crowd.high)).all()]
        ends, costs = self.crowd.settled(np.array([values, *inside]))
        return np.concatenate([self.alike, ends[1:][costs[1:] <= costs[0] * (1 + _EQUAL) + self.floor]])

    def round(self, observer: Observer, also: Floats | None = None) -> tuple[Floats, Floats, bool]:
        """Ends of different cost [ends, parameters], the lowest first, their costs on the sample, and whether several
        points ended at the lowest. `also` has points beside those that are drawn."""
        count = _POINTS * min(max(self.missing, 1), 4)
        self.seen += count
        observer.look(self.seen, self.seen)
        points, kinds = self.again.points(self.ends, count) if len(self.ends) else (self.draws.points(count), [])
        if also is not None:
            points = np.concatenate([points, also])
            kinds = [*kinds, *[len(self.again.sets)] * len(also)] if kinds else kinds
        try:
            ends, costs = self.crowd.descended(points, kinds)
            if self.jumps.any() and len(ends):
                moved, _ = self.crowd.wandered(*self.crowd.settled(points), self.jumps, self.draws.random)
                moved, _ = self.crowd.wandered(
                    *self.crowd.descended(np.concatenate([ends, moved])), self.jumps, self.draws.random
                )
                ends, costs = self.crowd.descended(moved)
        except np.linalg.LinAlgError:  # numbers at the end of their range
            ends, costs = points[:0], points[:0, 0]
        if not len(ends):
            return ends, costs, False
        floor = self.floor
        if costs[0] <= self.least * (1 + _EQUAL) + floor:
            self.alike = ends[costs <= costs[0] * (1 + _EQUAL) + floor]
        self.least = min(self.least, float(costs[0]))
        near = costs <= self.least * (1 + _SAME) + floor
        different = [0]
        for k in range(1, len(ends)):
            if costs[k] > costs[different[-1]] * (1 + _SAME) + floor:
                different.append(k)
        different = different[:_ENDS]
        self.ends = np.array([self.wrap(end) for end in ends[different]])
        chosen = np.clip(rounded(self.ends), self.crowd.low, self.crowd.high)
        still = self.jumps & np.array(self.sample.problem.still)
        for end, found in zip(chosen, self.ends, strict=True):
            end[still] = found[still]
            for k in map(int, np.flatnonzero(still)):
                low, high = alike(self.sample, end, k)
                end[k] = np.clip((low + high) / 2 if np.isfinite(high - low) else end[k], low, high)
        return (
            chosen,
            costs[different],
            int(near.sum()) >= _AGREE,
        )


def rounded(points: Floats) -> Floats:
    """To some digits: so that the last ones, which depend on a machine's linear algebra, do not go on from here."""
    with np.errstate(all="ignore"):
        power = 10.0 ** (_DIGITS - 1 - np.floor(np.log10(np.abs(points))))
        found = np.round(points * power) / power
    return np.where(np.isfinite(found), found, points)


def mirrored(values: Floats, low: Floats, high: Floats) -> Floats:
    """Points around an end at bounds [points, parameters]: with the parameters that are at one on the other side of
    their interval, in the middle of it, or with the signs of others changed."""
    points = []
    for k in np.flatnonzero((values <= low) | (values >= high)):
        across = low[k] + high[k] - values[k]
        for value in (across, (low[k] + high[k]) / 2, values[k]):
            for j in range(len(values)):
                point = values.copy()
                point[k] = value
                if j != k:
                    point[j] *= -1
                points.append(np.clip(point, low, high))
    found = np.array(points).reshape(-1, len(values))
    return found[np.isfinite(found).all(axis=1)]
