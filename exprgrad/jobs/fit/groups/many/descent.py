"""Levenberg-Marquardt for many groups at once: the loops of `levenberg`, with a radius and an end for each group.

All groups that still go on take a trial in each round, so that a round is one call of the machine code, and some lines
of algebra on all of their triangles.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprgrad.data.groups.found import Codes
from exprgrad.jobs.fit.groups.many.steps import EPS, Steps
from exprgrad.jobs.fit.groups.many.triangles import Triangles, lengths, norms, pulled, times
from exprgrad.jobs.fit.levenberg import Options
from exprgrad.jobs.fit.reduction import Flags, Floats

NEAR, _FARTHEST, OFFSET = 1e-10, 1e300, 1e-6
NOISE, ROUNDING = 4 * EPS, 64 * EPS
_POLISH, _TRIALS = 40, 100
"""All of these are those of `levenberg`, which says what they are."""

FINAL = 1e-9
"""Of all parameters: a step that changes nothing of the sums of squares and the errors, so that it may be the last."""

GOING, CONVERGED, STUCK, CUT, LOST = range(5)
"""What becomes of a group. CUT: out of iterations. LOST: the start is not finite."""

Reduce = Callable[[Codes, Floats], Triangles]
"""The triangles of some groups, by their place in the batch, at their parameters."""


class Descents(NamedTuple):
    """Where the descents of a batch ended."""

    values: Floats
    """[p, groups]"""
    reduced: Triangles
    iterations: NDArray[np.int64]
    ends: NDArray[np.int64]
    """CONVERGED, STUCK, CUT or LOST."""


class Batch:
    """The descents of a batch of groups."""

    def __init__(self, reduce: Reduce, start: Floats, limits: tuple[Floats, Floats], rows: Codes, options: Options):
        """From the starts [p, groups]; `limits` are the bounds [p], `rows` how many each group has [groups]."""
        self.reduce, self.options, self.rows = reduce, options, rows
        self.low, self.high = (limit[:, None] for limit in limits)
        self.bounded = bool(np.isfinite(self.low).any() or np.isfinite(self.high).any())
        count = start.shape[1]
        self.values = start.copy()
        self.here = reduce(np.arange(count), start)
        self.iterations = np.ones(count, np.int64)
        self.ends = np.where(np.isfinite(self.here.cost), GOING, LOST)

    def run(self) -> Descents:
        """To where no step of any group leads lower."""
        with np.errstate(all="ignore"):
            going = np.flatnonzero(self.ends == GOING)
            self._descend(going)
            self._polish(np.flatnonzero(self.ends == GOING))
        return Descents(self.values, self.here, self.iterations, self.ends)

    def _free(self, active: Codes, here: Triangles) -> Floats:
        """The triangles, with zeros for the parameters that are pressed against a bound."""
        if not self.bounded:
            return here.triangle
        pull = pulled(here.triangle, here.rotated)
        values = self.values[:, active]
        held = ((values <= self.low) & (pull < 0)) | ((values >= self.high) & (pull > 0))
        return np.where(held[None], 0.0, here.triangle)

    def _descend(self, active: Codes) -> None:
        """Steps within a radius, until no group gets any lower by them."""
        radius, scale = np.full(len(self.ends), -1.0), np.zeros_like(self.values)
        trials = np.zeros(len(self.ends), np.int64)
        while len(active):
            here, values = self.here.take(active), self.values[:, active]
            triangle = self._free(active, here)
            largest = np.maximum(scale[:, active], lengths(triangle))
            scale[:, active] = largest
            unit = np.where(largest > 0, largest, 1.0)
            steps = Steps(triangle / unit, here.rotated, 1e-15)
            size = norms(values * unit)
            first = np.minimum(np.where(size > 0, self.options.factor * size, self.options.factor), _FARTHEST)
            radius[active] = np.where(radius[active] < 0, first, radius[active])
            going = ~(steps.power <= NEAR * here.cost) & np.isfinite(size)
            going &= self.iterations[active] <= self.options.iterations
            step, full = steps.within(radius[active])
            length = norms(step)
            going &= np.isfinite(length)
            trial = np.clip(values + step / unit, self.low, self.high)
            promised = steps.reduction((trial - values) * unit)
            tried = active[going]
            if not len(tried):
                break
            trial = trial[:, going]
            there = self.reduce(tried, trial)
            here_cost, length, size = here.cost[going], length[going], size[going]
            ratio = np.where(promised[going] > 0, (here_cost - there.cost) / promised[going], -1.0)
            self._adapt(radius, tried, ratio, length, np.isfinite(there.cost), full[going])
            accepted = ratio >= 1e-4
            self.values[:, tried[accepted]] = trial[:, accepted]
            self.here.put(tried[accepted], there.take(accepted))
            self.iterations[tried[accepted]] += 1
            trials[tried] = np.where(accepted, 0, trials[tried] + 1)
            if self.options.tolerance:
                ended = accepted & (length <= self.options.tolerance * size)
                self.ends[tried[ended]] = CONVERGED
            hopeless = ~accepted & ~((radius[tried] > 4 * EPS * size) & (trials[tried] < _TRIALS))
            active = tried[~hopeless & (self.ends[tried] == GOING)]

    def _adapt(self, radius: Floats, tried: Codes, ratio: Floats, length: Floats, finite: Flags, full: Flags) -> None:
        """The next radius of each group, by how much of what was promised a trial has kept."""
        before = radius[tried]
        shorter = np.where(~(ratio > 0) & ~finite, 0.1, 0.25) * length
        longer = np.minimum(np.maximum(before, 2.0 * length), _FARTHEST)
        good = (ratio > 0.75) | full
        radius[tried] = np.where(~(ratio >= 0.25), shorter, np.where(good, longer, before))

    def _polish(self, active: Codes) -> None:
        """Undamped steps for as long as they get shorter, to where rounding ends that."""
        judged = active
        shortest, offset = np.full(len(self.ends), np.inf), np.full(len(self.ends), np.inf)
        values, here = self.values.copy(), Triangles(*(each.copy() for each in self.here))
        for _ in range(_POLISH if len(active) else 0):
            now = here.take(active)
            triangle = self._free(active, now)
            sizes = lengths(triangle)
            unit = np.where(sizes > 0, sizes, 1.0)
            steps = Steps(triangle / unit, now.rotated, 1e-14)
            scaled, at = steps.whole, values[:, active]
            length, size = norms(scaled), norms(at * np.where(sizes > 0, unit, 0.0))
            better = (length < shortest[active]) & np.isfinite(now.cost)
            better &= ~(now.cost > self.here.cost[active] * (1 + 1e-6) + (1e-12 * size) ** 2)
            before = shortest[active]
            ahead = np.where(before < np.inf, length * (length / before), np.inf)  # the next step, if it is as before
            if not better.all():
                active, length, size, ahead = active[better], length[better], size[better], ahead[better]
                scaled, at, unit = scaled[:, better], at[:, better], unit[:, better]
                now, steps.triangles = now.take(better), steps.triangles[:, :, better]
            self.values[:, active] = at
            self.here.put(active, now)
            shortest[active], offset[active] = length, norms(times(steps.triangles, scaled))
            trial = np.clip(at + scaled / unit, self.low, self.high)
            going = ~(norms(now.rotated) <= NOISE * np.sqrt(now.cost))
            going &= ~(length <= np.maximum(EPS / 4, self.options.tolerance) * size)
            going &= (trial != at).any(axis=0)
            cut = going & (self.iterations[active] >= self.options.iterations)
            self.ends[active[cut]] = CUT
            final = going & ~cut & (ahead <= EPS / 4 * size) & (length <= FINAL * size)
            self.values[:, active[final]] = trial[:, final]
            self.iterations[active[final]] += 1
            going &= ~cut & ~final
            active, trial = active[going], trial[:, going]
            if not len(active):
                break
            values[:, active] = trial
            here.put(active, self.reduce(active, trial))
            self.iterations[active] += 1
        self._judge(judged, shortest, offset)

    def _judge(self, ended: Codes, shortest: Floats, offset: Floats) -> None:
        """Which groups have converged: the last step was short beside what errors leave open."""
        cost = self.here.cost[ended]
        spread = np.sqrt(cost / np.maximum(self.rows[ended] - len(self.values), 1))
        size = norms(lengths(self.here.triangle[:, :, ended]) * self.values[:, ended])
        near = shortest[ended] <= OFFSET * spread + 1e-12 * size
        near |= offset[ended] <= OFFSET * spread + ROUNDING * size
        cut = self.ends[ended] == CUT
        self.ends[ended] = np.where(near & np.isfinite(size), CONVERGED, np.where(cut, CUT, STUCK))
