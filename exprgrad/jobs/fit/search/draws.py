"""Points where a descent may start, drawn from what the data say of each kind of parameter.

For the lines of a formula (see `roles`) a frequency comes from the periodogram and a phase from the circle; a place
from peaks, steep rises and the range of the column, and a slope from the widths there. What is left is drawn by its
unit, evenly over magnitudes, and some points are drawn so altogether, in case the data mislead.
"""

from __future__ import annotations

from math import pi

import numpy as np

from exprgrad.jobs.fit.reduction import Flags, Floats
from exprgrad.jobs.fit.search.data.along import FARTHEST, Along, between, sizes
from exprgrad.jobs.fit.search.data.positions import Place
from exprgrad.jobs.fit.search.data.sample import FAR, Sample
from exprgrad.jobs.fit.search.formula.roles import Line, Roles
from exprgrad.jobs.fit.search.formula.units import units

_LARGE = 1e150
"""Columns and responses whose squares are no numbers are not looked at."""
_PRODUCTS = 0.2
"""Of the points: how many have frequencies of waves that are multiplied, where there are several waves."""


class Draws:
    """Draws points for the parameters that have no start."""

    def __init__(
        self,
        sample: Sample,
        roles: Roles,
        start: Floats,
        missing: Flags,
        low: Floats,
        high: Floats,
        response: Floats | None = None,
    ) -> None:
        """`response` takes the place of that of the sample."""
        self.sample, self.roles, self.start, self.missing = sample, roles, start, missing
        self.low, self.high = low, high
        problem = sample.problem
        names = list(sample.columns)
        self.units = units(problem, names)
        self.sizes = [sizes(sample.columns[name]) for name in names]
        self.random = np.random.default_rng(1)
        y = sample.response if response is None else response
        spread = float(np.std(y))
        self.response = (spread / 10 or 1e-3, max(spread, float(np.abs(y).max())) * 3 or 1.0)
        self.along: dict[int, Along] = {}
        for line in roles.lines:
            if any(missing[k] for k in (*roles.within(line.slope), *roles.within(line.offset))):
                waves = any(other.periodic and other.base == line.base for other in roles.lines)
                if line.base not in self.along or (waves and not self.along[line.base].waves):
                    x = sample.column(line.base)
                    if np.isfinite(x).all() and 0 < np.ptp(x) < _LARGE and np.abs(y).max() < _LARGE:
                        count = min(waves, 4) + 1 if waves else 0
                        self.along[line.base] = Along(x, y, sample.weight, count, sample.whole)

    def left_over(self, values: Floats) -> Draws:
        """The same from what these parameters leave of the response."""
        sample, problem = self.sample, self.sample.problem
        model, start = np.zeros(sample.rows), self.start
        model[:] = np.asarray(sample.at(values[None, :], [problem.model.output])[0])[0]
        rest = sample.response - model
        if not (np.isfinite(rest).all() and np.ptp(rest) > 0):
            return self
        other = Draws(sample, self.roles, start, self.missing, self.low, self.high, rest)
        other.random = self.random
        return other

    def beside(self) -> dict[int, float]:
        """For parameters that are places along columns far from 0, as a date is: a round number beside the rows."""
        found = {}
        for line in self.roles.lines:
            along = self.along.get(line.base)
            if along is not None and not line.periodic and abs(along.low + along.high) > 2 * FAR * along.range:
                middle = along.low + along.range / 2
                place = float(f"{middle:.{max(1, int(np.log10(abs(middle) / along.range)))}g}")
                for k in self.roles.within(line.offset):
                    points = self.points(4)
                    slope = np.asarray(self.sample.at(points, [line.slope])[0], dtype=np.float64).reshape(-1, 1)
                    target = -place * np.broadcast_to(slope, (4, 1))[:, 0]
                    self._solve(points, line.offset, k, target, np.ones(4, dtype=bool))
                    if abs(abs(points[0, k]) - abs(place)) <= 1e-9 * abs(place) and np.ptp(points[:, k]) < along.range:
                        found[k] = place if points[0, k] > 0 else -place
        return found

    def points(self, count: int) -> Floats:
        """So many points [count, parameters]."""
        found = np.tile(self.start, (count, 1))
        magnitudes = self._by_units(count)
        found[:, self.missing] = magnitudes[:, self.missing]
        for k, exponent in self.roles.bases.items():
            if self.missing[k]:
                self._base(found, k, exponent)
        guided = self.random.random(count) < 0.8
        self.product = self.random.random(count) < _PRODUCTS
        self.pair = self.random.random((3, count))
        done = np.zeros(found.shape, dtype=bool)
        taken: dict[int, list[Floats]] = {}
        for line in self.roles.lines:
            if line.base in self.along:
                self._line(found, line, guided, done, taken)
        return self._inside(found)

    def _by_units(self, count: int) -> Floats:
        """Magnitudes by units, mostly positive."""
        random, parameters = self.random, len(self.start)
        found = np.ones((count, parameters))
        for k in range(parameters):
            logs = random.uniform(-1, 1, count)
            for (least, most), exponent in zip((*self.sizes, self.response), self.units[k], strict=True):
                ends = np.log10(np.clip([least, most], 1 / FARTHEST, FARTHEST))
                logs += exponent * between(random, ends[0], ends[1], count)
            if not self.units[k].any():
                logs *= 1.5
            sign = np.where(random.random(count) < 0.75, 1.0, -1.0)
            found[:, k] = sign * 10 ** np.clip(logs, -250, 250)
        return found

    def _base(self, found: Floats, k: int, exponent: int) -> None:
        """The base of a power changes by about a factor over the column that is its exponent."""
        reach = float(np.abs(self.sample.column(exponent)).max()) or 1.0
        logs = 10 ** self.random.uniform(-1, 1, len(found)) / reach
        found[:, k] = np.exp(self.random.choice([-1.0, 1.0], len(found)) * logs)

    def _line(self, found: Floats, line: Line, guided: Flags, done: Flags, taken: dict[int, list[Floats]]) -> None:
        """Values of the parameters of a line from the data."""
        random, along, count = self.random, self.along[line.base], len(found)
        slopes = [k for k in self.roles.within(line.slope) if self.missing[k] and not done[:, k].any()]
        offsets = [k for k in self.roles.within(line.offset) if self.missing[k] and not done[:, k].any()]
        offsets = [k for k in offsets if k not in slopes]
        sign = np.where(random.random(count) < 0.6, 1.0, -1.0)
        if line.periodic:
            slope = self._waves(along, count)
            factors = [other for other in self.roles.lines if other.periodic and other.base == line.base]
            if len(factors) > 1 and len(along.waves) > 1:
                slope = np.where(self.product, self._factors(along)[factors.index(line) % 2], slope)
            slope = slope * line.turn / (2 * pi)
            offset = random.uniform(-0.5, 0.5, count) * line.turn
        else:
            where, width = self._places(along, count, taken.setdefault(line.base, []))
            slope = sign / width
            offset = -where
        if slopes:
            k = int(random.choice(slopes))
            self._solve(found, line.slope, k, slope, guided)
            done[guided, k] = True
        if offsets:
            now = self.sample.at(found, [line.slope])[0]
            now = np.broadcast_to(np.asarray(now).reshape(-1, 1), (count, 1))[:, 0]
            target = offset if line.periodic else offset * now
            apart = guided if line.periodic else guided & (random.random(count) < 0.75)
            if not line.periodic:
                taken[line.base].append(np.where(apart, -offset, np.nan))
            k = int(random.choice(offsets))
            self._solve(found, line.offset, k, target, apart)
            done[guided, k] = True

    def _waves(self, along: Along, count: int) -> Floats:
        """Angular frequencies: mostly those of the periodogram, the strongest more often."""
        random = self.random
        slow = 10 ** random.uniform(-1.5, 0.5, count) * 2 * pi / (along.range or 1.0)
        anywhere = np.where(random.random(count) < 0.5, slow, random.uniform(0, 1, count) * along.top)
        if not along.waves:
            return anywhere
        rank = np.minimum(random.geometric(0.3, count) - 1, len(along.waves) - 1)
        wave = np.array(along.waves)[rank] * random.choice([1.0, 1.0, 1.0, 0.5, 2.0], count)
        return np.where(random.random(count) < 0.8, wave, anywhere)

    def _factors(self, along: Along) -> tuple[Floats, Floats]:
        """Angular frequencies of two waves that are multiplied, whose sum and difference the periodogram shows, or one
        of which it shows beside the sum or the difference."""
        waves = np.array(along.waves)
        first, second, how = self.pair
        a, b = (waves[np.minimum((part**2 * len(waves)).astype(int), len(waves) - 1)] for part in (first, second))
        apart = np.abs(a - b)
        one = np.choose((4 * how).astype(int), [(a + b) / 2, apart / 2, a, apart])
        other = np.choose((4 * how).astype(int), [apart / 2, (a + b) / 2, apart, a])
        return one, other

    def _places(self, along: Along, count: int, before: list[Floats]) -> tuple[Floats, Floats]:
        """Places along a column and widths there; of several places in a formula, each another one."""
        random = self.random
        where = between(random, along.low - 0.1 * along.range, along.high + 0.1 * along.range, count)
        width = np.exp(random.uniform(np.log(along.step / 2), np.log(3 * along.range), count))
        if along.places:
            rank = np.minimum(random.geometric(0.35, count) - 1, len(along.places) - 1)
            table = np.array([tuple(place) for place in along.places]).reshape(-1, len(Place._fields))
            for other in before:  # a place that another parameter has is given to no second one, mostly
                for _ in range(len(along.places)):
                    same = table[rank, 0] == other
                    rank = np.where(same, (rank + 1) % len(along.places), rank)
            chosen = random.random(count) < 0.7
            where = np.where(chosen, table[rank, 0], where)
            near = table[rank, 1] * 10 ** random.uniform(-0.4, 0.4, count)
            width = np.where(chosen & (random.random(count) < 0.6), near, width)
        return where, np.maximum(width, 1e-300)

    def _solve(self, found: Floats, node: int, k: int, target: Floats, where: Flags) -> None:
        """The values of one parameter with which a number of the formula is what is wanted: where it is linear in that
        parameter, or a power of it; left as they are elsewhere."""

        def at(value: float) -> Floats:
            points = found.copy()
            points[:, k] = value
            values = np.asarray(self.sample.at(points, [node])[0], dtype=np.float64).reshape(-1, 1)
            return np.broadcast_to(values, (len(points), 1))[:, 0]

        with np.errstate(all="ignore"):
            one, two, four = at(1.0), at(2.0), at(4.0)
            linear = np.abs((four - two) - 2 * (two - one)) <= 1e-9 * np.abs(four - one)
            straight = 1 + (target - one) / (two - one)
            power = np.log2(two / one)
            even = np.abs(np.log2(four / two) - power) <= 1e-9 * np.abs(power)
            bent = np.abs(target / one) ** (1 / power) * np.where(target / one < 0, np.sign(at(-1.0) / -one), 1.0)
            value = np.where(linear, straight, np.where(even, bent, np.nan))
        good = where & np.isfinite(value)
        found[good, k] = value[good]

    def _inside(self, points: Floats) -> Floats:
        """Points inside the bounds: where both are finite and one is outside, anywhere between them."""
        both = self.missing & np.isfinite(self.low) & np.isfinite(self.high)
        for k in np.flatnonzero(both):
            outside = (points[:, k] < self.low[k]) | (points[:, k] > self.high[k])
            points[outside, k] = between(self.random, self.low[k], self.high[k], int(outside.sum()))
        for k in np.flatnonzero(self.missing & ~both):
            outside = (points[:, k] < self.low[k]) | (points[:, k] > self.high[k])
            edge = self.low[k] if np.isfinite(self.low[k]) else self.high[k]
            mirrored = np.where(outside, 2 * edge - points[:, k] if np.isfinite(edge) else points[:, k], points[:, k])
            points[:, k] = mirrored
        return np.clip(points, self.low, self.high)
