"""The end of a fit by maximum likelihood: Newton's steps with the exact Hessian, which is the observed information.

A step's length in units of the standard errors is sqrt(g'*H^-1*g), where g is the gradient of -log L and H its Hessian
(Newton's decrement: Boyd and Vandenberghe 2004, Convex Optimization, 9.5.1). So where it is small, no digit that the
data know is missing.
"""

from __future__ import annotations

from math import inf, sqrt
from typing import NamedTuple

import numpy as np

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit.likelihood.descent import DEGREES_HIGH, DEGREES_LOW
from exprgrad.jobs.fit.likelihood.model import DEGREES, Posed, Sums, numbers
from exprgrad.jobs.fit.problem import SCALE
from exprgrad.jobs.fit.reduction import Flags, Floats, symmetric

_STEPS = 60
_ENOUGH = 1e-15
"""A decrement that rounding alone explains."""
_NEAR = 1e-3
"""A decrement from which the likelihood no longer tells steps apart."""
CONDITION = 1e11
"""Of the Hessian with a diagonal of 1, beyond which its inverse has too few digits."""


class Maximum(NamedTuple):
    """Where Newton's steps ended."""

    values: Floats
    scale: float
    hessian: Floats
    """Of -log L by the parameters, and by the scale and the degrees of freedom last, if these are estimated."""
    decrement: float
    """Infinite where the Hessian is not positive definite."""
    steps: int


class _Point(NamedTuple):
    """A place, with -log L and its derivatives there."""

    place: Floats
    value: float
    gradient: Floats
    hessian: Floats


class Newton:
    """Steps of one problem. Raises LimitError where second derivatives have too many nodes."""

    def __init__(self, posed: Posed, source: RowSource, engine: Engine, rows: int) -> None:
        self.posed = posed
        graph = posed.problem.graph
        inputs = graph.inputs()
        names = [*posed.problem.names, *[SCALE] * posed.free_scale, *[DEGREES] * posed.free_degrees]
        nodes = [inputs[name] for name in names]
        value = Symbols(graph).operation("neg")(posed.density)
        gradient = column_derivatives(graph, value, nodes, posed.problem.columns)
        wanted = [value, *gradient]
        for k, slope in enumerate(gradient):
            wanted += column_derivatives(graph, slope, nodes[k:], posed.problem.columns)
        self.size = len(nodes)
        self.sums = Sums(posed.problem, wanted, source, engine, rows)
        bounds = [(parameter.low, parameter.high) for parameter in posed.problem.parameters]
        bounds += [(0.0, inf)] * posed.free_scale + [(DEGREES_LOW, DEGREES_HIGH)] * posed.free_degrees
        self.low, self.high = np.array(bounds).T

    def polished(self, values: Floats, scale: float) -> Maximum:
        """From near a maximum to where rounding ends it."""
        more = [scale] * self.posed.free_scale + [self.posed.degrees] * self.posed.free_degrees
        place = np.array([*values, *more], dtype=np.float64)
        here, steps = self.at(place, scale), 0
        best, step, shortest = here, *self.step(here)
        while steps < _STEPS and shortest > _ENOUGH and np.isfinite(shortest):
            there = self.next(best, step, shortest, scale)
            steps += 1
            if there is None:
                break
            step, decrement = self.step(there)
            if shortest < _NEAR and not decrement < shortest:
                break
            best, shortest = there, decrement
        count = len(values)
        if self.posed.free_degrees:
            self.posed.at_degrees(float(best.place[-1]))
        return Maximum(
            best.place[:count],
            float(best.place[count]) if self.posed.free_scale else scale,
            best.hessian,
            shortest,
            steps,
        )

    def next(self, here: _Point, step: Floats, decrement: float, scale: float) -> _Point | None:
        """A step, halved until it leads higher; None where none does."""
        for k in range(30):
            place = np.clip(here.place + step * 0.5**k, self.low, self.high)
            if (place == here.place).all():
                return None
            there = self.at(place, scale)
            fine = np.isfinite(there.hessian).all() and np.isfinite(there.value)
            if fine and (decrement < _NEAR or there.value < here.value):
                return there
        return None

    def at(self, place: Floats, scale: float) -> _Point:
        count = len(self.posed.problem.parameters)
        at_scale = float(place[count]) if self.posed.free_scale else scale
        if self.posed.free_degrees:
            self.posed.at_degrees(float(place[-1]))
        value, *found = self.sums.at(numbers(self.posed, place[:count], at_scale))
        return _Point(place, value, np.array(found[: self.size]), symmetric(self.size, found[self.size :]))

    def free(self, here: _Point) -> Flags:
        """Which of them are not pressed against a bound."""
        held = ((here.place <= self.low) & (here.gradient > 0)) | ((here.place >= self.high) & (here.gradient < 0))
        free: Flags = ~held & (self.low < self.high)
        return free

    def step(self, here: _Point) -> tuple[Floats, float]:
        """Newton's step and its decrement; none, and infinity, where the Hessian is not positive definite."""
        step, free = np.zeros(self.size), self.free(here)
        if not free.any():
            return step, 0.0
        root = inverse_root(here.hessian[np.ix_(free, free)])
        if root is None or not np.isfinite(here.gradient).all():
            return step, inf
        along = root.T @ here.gradient[free]
        step[free] = -root @ along
        return step, sqrt(float(along @ along))


def inverse_root(hessian: Floats) -> Floats | None:
    """The L with L*L' = H^-1; None where H is not positive definite, or its inverse has too few digits."""
    diagonal = np.diag(hessian)
    if not (np.isfinite(hessian).all() and (diagonal > 0).all()):
        return None
    sizes = np.sqrt(diagonal)
    scaled = hessian / np.outer(sizes, sizes)
    values, vectors = np.linalg.eigh(scaled)
    if not values[0] * CONDITION > values[-1]:
        return None
    found: Floats = vectors / np.sqrt(values) / sizes[:, None]
    return found
