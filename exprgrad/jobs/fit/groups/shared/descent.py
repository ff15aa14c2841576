"""Levenberg-Marquardt for groups that share parameters: one descent of all of them, over the arrow of `arrow`.

The damping is Nielsen's (1999, Damping Parameter in Marquardt's Method, IMM-REP-1999-05), relative to the largest
lengths that the columns have had; near the minimum, undamped steps are made for as long as they get shorter, as in
`levenberg`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from exprgrad.jobs.fit.groups.shared.arrow import Arrow, Vector
from exprgrad.jobs.fit.levenberg import Options
from exprgrad.observer import Observer

_NEAR, _OFFSET, _POLISH, _TRIALS = 1e-10, 1e-6, 40, 60
"""As in `levenberg`."""
_FIRST = 1e-3
"""The first damping."""
_EPS = float(np.finfo(np.float64).eps)


class Ended(NamedTuple):
    """Where the descent ended."""

    values: Vector
    arrow: Arrow
    iterations: int
    stopped: str
    """"converged", "iterations", "stuck" or "non-finite" (at the start)."""


class Together:
    """Descents of all groups."""

    def __init__(
        self, reduce: Callable[[Vector], Arrow], low: Vector, high: Vector, rows: int, observer: Observer
    ) -> None:
        """`low` and `high` are bounds, [l] and [s]; `rows` is how many all groups have."""
        self.reduce, self.low, self.high, self.rows, self.observer = reduce, low, high, rows, observer

    def descend(self, start: Vector, options: Options) -> Ended:
        """From a start to where no step leads lower."""
        with np.errstate(all="ignore"):
            return self._descend(start, options)

    def _descend(self, values: Vector, options: Options) -> Ended:
        here = self.reduce(values)
        if not here.finite:
            return Ended(values, here, 0, "non-finite")
        unit, damping, growth, trials = here.sizes(), _FIRST, 2.0, 0
        for iteration in range(1, options.iterations + 1):
            self.observer.progress(iteration, here.cost)
            trials = 0
            free = self.free(values, here)
            unit = Vector(*(np.maximum(a, b) for a, b in zip(unit, free.sizes(), strict=True)))
            _, promise = free.solved(0.0, unit)
            if promise <= _NEAR * here.cost:
                return self._polished(values, here, iteration, options)
            while True:
                step, _ = free.solved(damping, unit)
                trial = self._moved(values, step)
                promised = free.lower(Vector(trial.own - values.own, trial.shared - values.shared))
                there = self.reduce(trial)
                ratio = (here.cost - there.cost) / promised if promised > 0 else -1.0
                trials += 1
                if ratio >= 1e-4:
                    break
                damping, growth = damping * growth, growth * 2
                if trials > _TRIALS or not np.isfinite(damping):
                    return self._polished(values, here, iteration, options)
            damping, growth = damping * max(1 / 3, 1 - (2 * ratio - 1) ** 3), 2.0
            short = step.times(unit).norm() <= options.tolerance * values.times(unit).norm()
            values, here = trial, there
            if options.tolerance and short:
                return Ended(values, here, iteration, "converged")
        return Ended(values, here, options.iterations, "iterations")

    def free(self, values: Vector, here: Arrow) -> Arrow:
        """The arrow without the parameters that are pressed against a bound."""
        pull = here.pull()
        own, shared = (
            ((at <= low) & (slope < 0)) | ((at >= high) & (slope > 0))
            for at, low, high, slope in zip(values, self.low, self.high, pull, strict=True)
        )
        return here.held(own, shared) if own.any() or shared.any() else here

    def _moved(self, values: Vector, step: Vector) -> Vector:
        return Vector(
            *(np.clip(a + d, low, high) for a, d, low, high in zip(values, step, self.low, self.high, strict=True))
        )

    def _polished(self, values: Vector, here: Arrow, iteration: int, options: Options) -> Ended:
        """Undamped steps for as long as they get shorter."""
        best, at, shortest, stopped = here, values, np.inf, "stuck"
        for _ in range(_POLISH):
            free = self.free(values, here)
            unit = free.sizes()
            step, _ = free.solved(0.0, unit)
            length, size = step.times(unit).norm(), values.times(unit).norm()
            if not length < shortest or here.cost > best.cost * (1 + 1e-6) + (1e-12 * size) ** 2:
                break
            best, at, shortest = here, values, length
            trial = self._moved(values, step)
            if length <= max(_EPS / 4, options.tolerance) * size or _same(trial, values):
                break
            if iteration >= options.iterations:
                stopped = "iterations"
                break
            values, here, iteration = trial, self.reduce(trial), iteration + 1
            if not here.finite:
                break
        spread = np.sqrt(best.cost / max(self.rows - at.own.size - at.shared.size, 1))
        size = at.times(best.sizes()).norm()
        near = shortest <= _OFFSET * spread + 1e-12 * size and np.isfinite(size)
        return Ended(at, best, iteration, "converged" if near else stopped)


def _same(one: Vector, other: Vector) -> bool:
    return bool((one.own == other.own).all() and (one.shared == other.shared).all())
