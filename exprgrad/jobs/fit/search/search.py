"""From where a descent begins, and what is tried when the first one leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

import numpy as np

from exprgrad.jobs.fit.levenberg import Descent, Levenberg, Options
from exprgrad.jobs.fit.problem import Problem, linear_without_bounds
from exprgrad.jobs.fit.rank import RANK, singular
from exprgrad.jobs.fit.reduction import SMALL, Flags, Floats, Reducer
from exprgrad.jobs.fit.search.blind import halton, scattered
from exprgrad.jobs.fit.search.equal import Equal
from exprgrad.jobs.fit.search.looked import Looked, mirrored
from exprgrad.jobs.fit.second.newton import Hessian
from exprgrad.observer import Observer

_TRIES = 24
"""Descents from other starts, at the most."""
_FEW = 3
"""The same where there are many rows."""
_READ = 5000
"""Passes over the rows in descents from other starts, after which no further one is tried."""
_SHORT = Options(iterations=200, factor=1.0)
_LOWER = 1e-6
"""By what part of the cost another end has to be lower."""
_ROUNDS = 4
"""Looks at other places, at the most, until descents agree."""


class Search:
    """Looks for the least cost, from the given starts first."""

    def __init__(
        self, problem: Problem, reducer: Reducer, baseline: float, reach: float, options: Options, observer: Observer
    ) -> None:
        """`baseline` is the cost of fitting the mean alone, `reach` the largest number in a column of the data."""
        self.options = options
        self.large = reducer.rows * len(problem.parameters) > SMALL
        """Whether so much is read for each step that few starts are tried."""
        self.observer = observer
        self.short = _SHORT._replace(iterations=min(_SHORT.iterations, options.iterations))
        self.baseline = baseline
        self.reach = reach
        self.reducer = reducer
        self.low = np.array([parameter.low for parameter in problem.parameters])
        self.high = np.array([parameter.high for parameter in problem.parameters])
        self.jumps, self.still = np.array(problem.jumps), np.array(problem.still)
        self.known = np.array([parameter.start is not None for parameter in problem.parameters])
        self.known &= ~(self.still & (self.low < self.high))  # no descent moves them, so that a start is one more place
        start = np.array([0.0 if p.start is None else p.start for p in problem.parameters])
        self.start = np.clip(start, self.low, self.high)
        self.linear = np.array(problem.linear)
        self.notes: list[str] = []
        """What is to be said of the minimum that was chosen."""
        limits = (self.low, self.high, reducer.rows)
        more: dict[str, Any] = {"hessian": Hessian(reducer), "observer": observer}
        self.plain = Levenberg(reducer.reduce, *limits, **more)
        self.projected = Levenberg(reducer.reduce, *limits, linear=self.linear, **more)

    def run(self, method: str) -> tuple[Descent, str]:
        """The best descent, and how it was found."""
        if not (self.known | self.linear).all():
            return self.anywhere()
        by_projection = method == "varpro" or not self.known.all()
        by_projection = by_projection or bool(self.linear.all())
        descent = (self.projected if by_projection else self.plain).descend(self.start, self.options)
        found = "variable projection" if by_projection and self.linear.any() else "Levenberg-Marquardt"
        found = "linear least squares" if self.linear.all() else found
        if self.sound(descent) or self.linear.all() or (self.large and descent.converged):
            return self.past_bounds(descent, found)
        cut: tuple[Descent, str] | None = None
        for other, how in self.others():
            if self.sound(other):
                return self.past_bounds(other, how)
            if self.left(other) and (cut is None or other.reduced.cost < cut[0].reduced.cost):
                cut = other, how
        if cut is not None:
            other = self.continued(cut[0])
            if self.sound(other):
                return self.past_bounds(other, cut[1])
        ended = descent.stopped not in ("iterations", "non-finite")
        if ended and (elsewhere := self.lower(descent)) is not None:
            return elsewhere, "another start, from the data, as the given one led nowhere"
        return descent, found

    def past_bounds(self, descent: Descent, found: str) -> tuple[Descent, str]:
        """A descent that ended at a bound, or a lower one inside: what is beyond a bound may lead back, as a phase does
        after a turn."""
        held = (self.low < self.high) & ((descent.values <= self.low) | (descent.values >= self.high))
        other = self.lower(descent) if held.any() else None
        return (descent, found) if other is None else (other, "another start, as the given one led to a bound")

    def lower(self, than: Descent) -> Descent | None:
        """A lower end from places that the data say, at the values that people expect; None where there is none. Where
        all parameters enter linearly, the end in bounds is the only one."""
        wide = self.linear_without_bounds()
        if wide.all():
            return None
        looked = Looked.at(self.reducer, than.values, ~wide, wide, self.low, self.high)
        if looked is None:
            return None
        ends, costs, _ = looked.round(self.observer, mirrored(than.values, self.low, self.high))
        limit = looked.cost(than.values) if self.sound(than) else inf
        for end in ends[costs < limit * (1 - _LOWER)][:_FEW]:
            self.observer.start(1, 1)
            other = self.projected.descend(end, self.short)
            if self.sound(other) and (not self.sound(than) or other.reduced.cost < than.reduced.cost):
                every = np.ones(len(self.low), dtype=bool)
                return self.shown(other, Equal(looked.sample, looked.roles, every, self.linear, self.low, self.high))
        return None

    def left(self, descent: Descent) -> int:
        """Iterations that a descent was not given though it would have gone on."""
        return self.options.iterations - descent.iterations if descent.stopped == "iterations" else 0

    def continued(self, descent: Descent) -> Descent:
        """A descent with the iterations that are left."""
        self.observer.start(1, 1)
        options = self.options._replace(iterations=self.left(descent), factor=_SHORT.factor)
        rest = self.projected.descend(descent.values, options)
        return rest._replace(iterations=descent.iterations + rest.iterations)

    def sound(self, descent: Descent) -> bool:
        """Whether a descent ended in a minimum that determines all parameters and says more than the mean."""
        if not descent.converged or not descent.reduced.cost <= self.baseline:
            return False
        inside = (descent.values > self.low) & (descent.values < self.high) & ~self.still
        _, sizes, _ = singular(descent.reduced.triangle[:, inside])
        return bool((sizes > RANK * sizes.max(initial=0.0)).all())

    def others(self) -> Iterator[tuple[Descent, str]]:
        """Descents in shorter steps, by variable projection, and from starts around the given one."""
        for factor in (1.0,) if self.large else (1.0, 0.1):
            yield self.plain.descend(self.start, self.options._replace(factor=factor)), "Levenberg-Marquardt"
        if self.linear.any():
            yield self.projected.descend(self.start, self.options), "variable projection"
        enough = self.reducer.passes + _READ
        for k in range(1, 1 if self.large else _TRIES + 1):
            if self.reducer.passes > enough:
                break
            spread = 0.25 * (1 + k // 8)
            shift = spread * (2 * halton(k, len(self.start)) - 1)
            start = np.clip(self.start * 10**shift, self.low, self.high)
            self.observer.start(k, _TRIES)
            yield self.projected.descend(start, self.short), f"another start, as the given one led nowhere (try {k})"

    def anywhere(self) -> tuple[Descent, str]:
        """The best of a few descents from places that look best at first sight: on a sample of the rows where that can
        stand for all of them."""
        wide = self.linear_without_bounds()
        looked = Looked.at(self.reducer, self.start, ~self.known & ~wide, wide, self.low, self.high)
        if looked is None:
            return self.blindly()
        best: Descent | None = None
        tried = 0
        equal = Equal(looked.sample, looked.roles, ~self.known, self.linear, self.low, self.high)
        looked.wrap = equal.wrapped
        also = self.start[None, :] if self.still.any() else None
        for _ in range(1 if self.large else _ROUNDS):
            ends, costs, agreed = looked.round(self.observer, also)
            for k, (end, cost) in enumerate(zip(ends, costs, strict=True), 1):
                if best is not None and self.sound(best) and not cost < looked.share * best.reduced.cost * (1 - 1e-4):
                    break
                tried += 1
                self.observer.start(k, len(ends))
                best = self.better(best, self.projected.descend(end, self.short))
                if self.jumps.any() and not self.sound(best):
                    best = self.better(best, self.pinned(end))
                if tried >= (_FEW if self.large else _TRIES):
                    break
            over = best is not None and (self.sound(best) or (best.converged and self.jumps.any()))
            if over and agreed and looked.settled():
                break
        if best is None or not np.isfinite(best.reduced.cost):
            return self.blindly()
        if self.left(best):
            best = self.continued(best)
        if best.converged:
            best = self.shown(best, equal, looked.twins(best.values))
            self.notes += equal.notes(best.values)
        found = "variable projection" if self.linear.any() else "Levenberg-Marquardt"
        return best, f"{found} from {looked.seen} places"

    def pinned(self, start: Floats) -> Descent:
        """A descent in which the parameters that move jumps stay: on the way there its cost is smooth."""
        low, high = (np.where(self.jumps, start, limit) for limit in (self.low, self.high))
        reduce, linear = self.reducer.reduce, self.linear & ~self.jumps
        descents = Levenberg(reduce, low, high, self.reducer.rows, linear=linear, observer=self.observer)
        return descents.descend(start, self.short)

    def shown(self, best: Descent, equal: Equal, alike: Floats | None = None) -> Descent:
        """The same minimum at the values that people expect; `alike` has other ends of its cost."""
        for end in equal.better(best.values, alike) if alike is not None else []:
            other = self.projected.descend(end, self.short)
            if (
                other.converged
                and other.reduced.cost <= best.reduced.cost * (1 + 1e-9)
                and equal.nicer(other.values, best.values)
            ):
                best = other._replace(iterations=best.iterations)
                break
        values = equal.preferred(best.values)
        if (values == best.values).all():
            return best
        other = self.projected.descend(values, self.short)
        same = other.converged and other.reduced.cost <= best.reduced.cost * (1 + 1e-9)
        near = np.abs(other.values - values) <= 1e-6 * np.abs(values) + 1e-12
        return other._replace(iterations=best.iterations) if same and near.all() else best

    def linear_without_bounds(self) -> Flags:
        return np.array(linear_without_bounds(self.reducer.problem))

    def better(self, one: Descent | None, other: Descent) -> Descent:
        """The one that determines all parameters, or else the lower one."""
        if one is None or (not self.sound(one), one.reduced.cost) > (not self.sound(other), other.reduced.cost):
            return other
        return one

    def blindly(self) -> tuple[Descent, str]:
        """The best of a few descents from places, over many magnitudes, that look best at first sight."""
        places = []
        missing = ~self.known & ~self.linear
        for k, (left, start) in enumerate(scattered(self.start, missing, self.low, self.high, self.reach), 1):
            self.observer.look(k, k + left)
            with np.errstate(all="ignore"):
                cost = self.projected.evaluate(start).reduced.cost
            if np.isfinite(cost):
                places.append((cost, k, start))
        places.sort(key=lambda place: place[:2])
        best: Descent | None = None
        chosen = places[: _FEW if self.large else _TRIES]
        tried, enough = 0, self.reducer.passes + _READ
        for _, _, start in chosen:
            if self.reducer.passes > enough:
                break
            tried += 1
            self.observer.start(tried, len(chosen))
            best = self.better(best, self.projected.descend(start, self.short))
        if best is None:
            best = self.projected.descend(self.start, self.options)
        if self.left(best):
            best = self.continued(best)
        return best, f"variable projection from {max(tried, 1)} starts"
