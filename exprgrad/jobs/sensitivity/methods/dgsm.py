"""Derivative-based measures: the mean square of the exact derivative, and what total index it leaves possible.

The bound is C*E((df/dx)^2)/Var(f), with the constant C of Poincare of the input's distribution (Sobol' and Kucherenko
2009, Math. Comput. Simul. 79, 3009; Lamboni, Iooss, Popelin and Gamboa 2013, Math. Comput. Simul. 87, 45).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

import numpy as np

from exprgrad.jobs.sensitivity.methods.poincare import poincare
from exprgrad.jobs.sensitivity.sampling.method import PILOT, Measures, batch_rows
from exprgrad.jobs.sensitivity.sampling.space import Problem, Space
from exprgrad.trials.quantiles import Floats
from exprgrad.trials.sobol.points import Points


class Dgsm:
    """The method; its terms are the result, its square, and the square of the derivative with respect to each input."""

    settled: tuple[str, ...] = ("bound",)

    def __init__(self, problem: Problem, seed: int, n: int) -> None:
        self.names = list(problem.inputs)
        self.cost = 1
        self.rows = batch_rows(1 + len(self.names))
        self.space = Space(problem, n, gradient=True)
        self._constants = {name: poincare(distribution) for name, distribution in problem.inputs.items()}
        self._points = Points(len(self.names), seed)
        self.space.fit(self._columns(0, PILOT))

    def _columns(self, start: int, count: int) -> dict[str, Floats]:
        column = self._points.column
        return {name: self.space.shapes.column(name, column(k, start, count)) for k, name in enumerate(self.names)}

    def terms(self, start: int, count: int) -> Iterator[Floats]:
        result, *derivatives = self.space.results(self._columns(start, count))
        yield from (result, result * result)
        for derivative in derivatives:
            yield derivative * derivative

    def moments(self, means: Floats) -> tuple[float, float]:
        return self.space.moments(float(means[0]), float(means[1]))

    def measures(self, means: Floats) -> Measures:
        variance = means[1] - means[0] ** 2
        found: Measures = {"bound": {}, "dgsm": {}}
        for name, square in zip(self.names, means[2:], strict=True):
            constant = self._constants[name]
            none = np.full_like(square, np.inf)
            found["bound"][name] = constant * square / variance if isfinite(constant) else none
            found["dgsm"][name] = square * self.space.scale**2
        return found
