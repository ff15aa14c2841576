"""Elementary effects: how much the result changes when one input moves by two thirds of its range.

Morris (1991, Technometrics 33, 161) with the mean of absolute values of Campolongo, Cariboni and Saltelli (2007,
Environ. Model. Softw. 22, 1509). A trajectory begins at a random point of a grid and moves each input once, in a random
order. The grid has LEVELS quantiles of each input: from end to end where the distribution has both, else from the
probability BEYOND on. An effect is the change of the result over the change of the probability.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from exprgrad.jobs.sensitivity.sampling.method import PILOT, Measures, batch_rows
from exprgrad.jobs.sensitivity.sampling.space import Problem, Space
from exprgrad.trials.philox import uniforms
from exprgrad.trials.quantiles import Floats

LEVELS = 4
_STEP = LEVELS // 2
BEYOND = 0.005
"""The probability beyond the outermost levels at each side, where a distribution has an infinite end."""
Places = NDArray[np.int64]
"""Of each trajectory the level of an input."""


class Morris:
    """The method; its terms are the result and its square, and for each input the effect, its size and its square."""

    settled: tuple[str, ...] = ("mu_star",)

    def __init__(self, problem: Problem, seed: int, n: int) -> None:
        self.names = list(problem.inputs)
        self.cost = 1 + len(self.names)
        self.rows = batch_rows(4 * self.cost)
        self.space = Space(problem, n * self.cost)
        self._seed = seed
        beyond = [0.0 if all(map(isfinite, of.ends)) else BEYOND for of in problem.inputs.values()]
        self._steps = [(1 - 2 * each) * _STEP / (LEVELS - 1) for each in beyond]
        """Of each input the change of the probability."""
        levels = [np.linspace(each, 1 - each, LEVELS) for each in beyond]
        self._levels = [self.space.shapes.column(name, each) for name, each in zip(self.names, levels, strict=True)]
        """Of each input the columns at the levels."""
        self.space.fit(self._start(0, PILOT)[0])

    def _start(self, start: int, count: int) -> tuple[dict[str, Floats], list[Places]]:
        """The first points of the trajectories from `start` on, and the levels of the inputs there."""
        places = [(uniforms(self._seed, k, start, count) * LEVELS).astype(np.int64) for k in range(len(self.names))]
        return {name: self._levels[k][places[k]] for k, name in enumerate(self.names)}, places

    def terms(self, start: int, count: int) -> Iterator[Floats]:
        size = len(self.names)
        columns, places = self._start(start, count)
        keys = np.array([uniforms(self._seed, size + k, start, count) for k in range(size)])
        turns = keys.argsort(axis=0).argsort(axis=0)
        """[inputs, trajectories]: at which step an input moves"""
        up = [np.where(place < _STEP, 1.0, -1.0) for place in places]
        moved = [self._levels[k][(places[k] + _STEP) % LEVELS] for k in range(size)]
        before = self.space(columns)
        yield from (before, before * before)
        effects = np.zeros((size, count))
        for step in range(size):
            columns = {name: np.where(turns[k] == step, moved[k], columns[name]) for k, name in enumerate(self.names)}
            after = self.space(columns)
            change = after - before
            for k in range(size):
                effects[k] += np.where(turns[k] == step, change * (up[k] / self._steps[k]), 0.0)
            before = after
        for effect in effects:
            yield from (effect, abs(effect), effect * effect)

    def moments(self, means: Floats) -> tuple[float, float]:
        return self.space.moments(float(means[0]), float(means[1]))

    def measures(self, means: Floats) -> Measures:
        scale = self.space.scale
        found: Measures = {"mu_star": {}, "mu": {}, "sigma": {}}
        for k, name in enumerate(self.names):
            mean, size, square = means[2 + 3 * k : 5 + 3 * k]
            found["mu_star"][name], found["mu"][name] = size * scale, mean * scale
            found["sigma"][name] = np.sqrt(np.maximum(square - mean * mean, 0.0)) * scale
        return found
