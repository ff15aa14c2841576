"""Descents to the maximum of a likelihood: Fisher scoring in a trust region, and the scale by turns with it."""

from __future__ import annotations

from math import exp, inf, log, sqrt
from typing import NamedTuple

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.errors import DataError
from exprgrad.jobs.fit.levenberg import Descent, Levenberg, Options
from exprgrad.jobs.fit.likelihood.laplace import Laplace
from exprgrad.jobs.fit.likelihood.model import Posed, Sums, numbers
from exprgrad.jobs.fit.likelihood.rows import Facts
from exprgrad.jobs.fit.likelihood.separation import Separation
from exprgrad.jobs.fit.reduction import Floats, Reducer
from exprgrad.observer import Observer

_CHUNK = 25
"""Iterations between looks at whether the maximum is at infinity."""
_ROUND = 10
"""Iterations between estimates of the scale."""
_ROUNDS = 100
_SETTLED = 1e-6
"""Relative change of a scale from which Newton's steps take over."""
_CLOSE = 1e-3
"""The same of degrees of freedom."""
DEGREES_LOW, DEGREES_HIGH = 0.1, 1000.0
"""Between these degrees of freedom are looked for: below, nearly all of the weight is on rows that are met exactly, and
above, the distribution is as good as normal."""
_FAR = 5.0
"""How far a direction is followed to see that it leads to no end."""
_TURNS = 60
"""Passes for one estimate of the scale, at the most."""


class Found(NamedTuple):
    """Where a descent ended."""

    descent: Descent
    scale: float = 1.0
    degrees: float = inf
    """Of freedom of Student's distribution, where these are fitted."""
    separated: Floats | None = None
    """The direction in which the likelihood grows for ever, if it does."""


class Descender:
    """Descents of one problem."""

    def __init__(
        self, posed: Posed, facts: Facts, source: RowSource, engine: Engine, options: Options, observer: Observer
    ) -> None:
        self.posed, self.facts, self.options = posed, facts, options
        self.reducer = Reducer(posed.problem, source, engine, facts.rows)
        parameters = posed.problem.parameters
        low, high = (np.array([getattr(each, end) for each in parameters]) for end in ("low", "high"))
        self.solver = Levenberg(self.reducer.reduce, low, high, facts.rows, observer=observer)
        self.separation = Separation(posed, source, engine, facts.rows) if posed.choice.family.counts else None
        self.spread = Sums(posed.problem, [posed.pearson], source, engine, facts.rows)
        self.density = Sums(posed.problem, [posed.density], source, engine, facts.rows)

    def finite(self, start: Floats) -> bool:
        """Whether the likelihood is a number there."""
        self.reducer.scale = self.facts.reach or 1.0
        return self.reducer.reduce(start).finite

    def cost(self, found: Found) -> float:
        """-2*log L there, but for what is the same everywhere."""
        if self.posed.free_degrees:
            return -2 * self.likelihood(found.descent.values, found.scale, found.degrees)
        scale = 2 * self.facts.weight * log(found.scale)
        return scale + (found.descent.reduced.cost if self.posed.choice.family.smooth else 0.0)

    def descend(self, start: Floats) -> Found:
        """From a start to near the maximum."""
        if not self.posed.choice.family.smooth:
            descent, scale = Laplace(self.posed, self.facts, self.reducer, self.solver, self.options).descend(start)
            return Found(descent, scale if self.posed.free_scale else 1.0)
        if self.posed.choice.family.scaled:
            return self._scaled(start)
        iterations = 0
        while True:
            left = self.options.iterations - iterations
            descent = self.solver.descend(start, self.options._replace(iterations=min(_CHUNK, left)))
            iterations += descent.iterations
            descent = descent._replace(iterations=iterations)
            away = self.infinite(descent, [descent.values - start, descent.values])
            if away is not None or descent.stopped != "iterations" or iterations >= self.options.iterations:
                return Found(descent, 1.0, separated=away)
            start = descent.values

    def infinite(self, descent: Descent, steps: list[Floats]) -> Floats | None:
        """The direction in which the likelihood grows for ever, if there is one."""
        if self.separation is None or descent.stopped == "non-finite":
            return None
        found = self.separation.along(descent.values, descent.reduced.triangle, steps)
        if found is None:
            return None
        cost = self.reducer.reduce(descent.values + _FAR * found).cost  # infinite where the range of a mean ends there
        return found if cost <= descent.reduced.cost * (1 + 1e-9) else None

    def _scaled(self, start: Floats) -> Found:
        """By turns with the scale, until it changes little."""
        scale, iterations = self.facts.reach or 1.0, 0
        if not (self.posed.free_scale or self.posed.free_degrees):
            self.reducer.scale = 1.0
            return Found(self.solver.descend(start, self.options))
        if not self.posed.free_scale:
            scale = 1.0
        for _ in range(_ROUNDS):
            before, many = scale, self.posed.degrees
            if self.posed.free_scale:
                scale = self.scale(start, scale)
            if self.posed.free_degrees:
                self.posed.at_degrees(self.likeliest(start, scale))
            self.reducer.scale = scale
            settled = abs(scale - before) <= _SETTLED * scale
            settled &= many == self.posed.degrees or abs(many - self.posed.degrees) <= _CLOSE * many
            left = self.options.iterations - iterations
            descent = self.solver.descend(
                start, self.options._replace(iterations=left if settled else min(_ROUND, left))
            )
            iterations += max(descent.iterations, 1)
            start = descent.values
            if descent.stopped == "non-finite" or iterations >= self.options.iterations:
                break
            if settled and descent.stopped != "iterations":
                break
        return Found(descent._replace(iterations=iterations), scale, self.posed.degrees)

    def likelihood(self, values: Floats, scale: float, degrees: float) -> float:
        """log L"""
        before = self.posed.degrees
        self.posed.at_degrees(degrees)
        (found,) = self.density.at(numbers(self.posed, values, scale))
        self.posed.at_degrees(before)
        return found

    def likeliest(self, values: Floats, scale: float) -> float:
        """The likeliest degrees of freedom where the parameters and the scale are these (the ECME algorithm: Liu and
        Rubin 1994, Biometrika 81)."""
        from scipy.optimize import minimize_scalar

        ends = (log(DEGREES_LOW), log(DEGREES_HIGH))
        found = minimize_scalar(
            lambda place: -self.likelihood(values, scale, exp(place)), bounds=ends, method="bounded",
            options={"xatol": _CLOSE / 10},
        )  # fmt: skip
        return DEGREES_HIGH if found.x > ends[1] - 10 * _CLOSE else exp(float(found.x))

    def scale(self, values: Floats, scale: float) -> float:
        """The likeliest scale where the parameters are these: of Student's distribution the fixed point of the EM
        algorithm (Lange, Little and Taylor 1989). Raises DataError where it is 0."""
        for _ in range(_TURNS):
            (squares,) = self.spread.at(numbers(self.posed, values, scale))
            before, scale = scale, scale * sqrt(squares / self.facts.weight)
            if not 0 < scale < inf or scale <= 1e-14 * self.facts.reach:
                what = "the scale of the errors is 0: the model meets so many responses exactly"
                raise DataError(what, hint="leave out --likelihood")
            if abs(scale - before) <= _SETTLED / 10 * scale:
                break
        return scale
