"""The end of a descent where residuals are large: Newton's steps with the exact Hessian.

Gauss-Newton's step leaves out what the second derivatives of the model add to the Hessian of the cost. Where residuals
are large that is not little: the undamped steps then lead away from a minimum, so that it is not seen to be one. Half
the cost of squares has the gradient -J'r and the Hessian J'J - sum(r*d^2 model); of a robust loss with psi and its
derivative b the Hessian is sum(b*J_i*J_j - psi*d^2 model) (Nocedal and Wright 2006, Numerical Optimization, 10.3).

A step is H^-1*J'r where H is positive definite. Elsewhere the directions in which H bends down are taken the other way,
|H|^-1*J'r, which leads lower past a saddle (Goldfeld, Quandt and Trotter 1966, Econometrica 34). Near a minimum steps
get shorter much faster than by a constant factor. Where the minimum is at infinity, they do not.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, sqrt
from typing import NamedTuple

import numpy as np

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.shapes import Shapes
from exprgrad.errors import LimitError
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit.reduction import Flags, Floats, Reduced, Reducer, lengths, norm, symmetric, total
from exprgrad.jobs.fit.trust import EPS

_STEPS = 60
_HALVES = 30
_CONDITION = 1e-12
"""Of the eigenvalues of the Hessian with a diagonal of about 1: those that are smaller, beside the largest, leave a
direction open."""
_FASTER = 0.2
"""By what factor a step has to be shorter than the one before it."""
_LOOSE = 1e4
"""A standard error in units of the value, from which the cost is flat along a parameter, as on the way to a minimum at
infinity: what looks like a minimum there is rounding."""
_BLIND = 1e-6
"""Of |r|: a step that promises no more than the square of it, which costs hardly tell."""
_AWAY = (0.1, 0.01, 1e-3, 1e-4)
"""Of the parameters: steps away from a saddle at which nothing pulls."""


class Ended(NamedTuple):
    """Where Newton's steps ended."""

    values: Floats
    reduced: Reduced
    steps: int
    minimum: bool
    """Whether that is a minimum: the Hessian is positive definite there, and steps got shorter as they do near one."""


class _Step(NamedTuple):
    step: Floats
    decrement: float
    """sqrt(g'*H^-1*g), the square of which is how much lower the cost gets."""
    definite: bool
    errors: Floats
    """The square roots of the diagonal of H^-1, or of (J'J)^-1 where these are larger, of a free parameter; 0 of
    others. On the way to a minimum at infinity J'J vanishes before H does."""
    lowest: Floats
    """The direction in which the cost bends down the most, or up the least."""


class Newton:
    """Steps of one problem, with `hessian` for half the second derivatives of the cost [p, p]."""

    def __init__(
        self,
        reduce: Callable[[Floats], Reduced],
        hessian: Callable[[Floats], Floats],
        low: Floats,
        high: Floats,
        offset: float,
    ) -> None:
        """`offset` is a decrement that is that of a minimum, in units of the residuals' standard deviation."""
        self.reduce, self.hessian, self.low, self.high, self.offset = reduce, hessian, low, high, offset

    def ended(self, values: Floats, here: Reduced, rows: int, most: int) -> Ended:
        """From near a minimum to where rounding ends the steps, of which there are so many at the most."""
        unit = lengths(here.triangle)
        unit = np.where(unit > 0, unit, 1.0)
        before, minimum = inf, False
        for steps in range(min(_STEPS, most) + 1):
            free = self.free(values, here)
            if not free.any():
                return Ended(values, here, steps, minimum=True)
            found = self.step(values, here, unit, free)
            if found is None:
                break
            length, size = norm(found.step * unit), norm(values * unit)
            spread = sqrt(here.cost / max(rows - len(values), 1))
            flat = bool((found.errors * spread > _LOOSE * np.abs(values)).any())
            near = found.definite and not flat and found.decrement <= self.offset * spread
            if near and length <= max(_FASTER * before, EPS * size):
                minimum = True
            elif minimum or not np.isfinite(length):
                break
            there = self.lower(values, here, found, unit, free)
            if there is None or (found.definite and length <= EPS * size):
                break
            before = length if found.definite else inf
            values, here = there
        return Ended(values, here, steps, minimum)

    def free(self, values: Floats, here: Reduced) -> Flags:
        """Which parameters are not pressed against a bound."""
        pull = here.triangle.T @ here.rotated
        held = ((values <= self.low) & (pull <= 0)) | ((values >= self.high) & (pull >= 0))
        free: Flags = ~held & (self.low < self.high)
        return free

    def step(self, values: Floats, here: Reduced, unit: Floats, free: Flags) -> _Step | None:
        """Newton's step; None where the Hessian is not finite."""
        hessian = self.hessian(values)[np.ix_(free, free)] / np.outer(unit[free], unit[free])
        if not np.isfinite(hessian).all():
            return None
        sizes, vectors = np.linalg.eigh(hessian)
        along = vectors.T @ (here.triangle[:, free].T @ here.rotated / unit[free])
        largest = float(np.abs(sizes).max())
        definite = bool(sizes[0] > _CONDITION * largest)
        bends = np.maximum(np.abs(sizes), _CONDITION * largest) if largest else np.ones_like(sizes)
        step, errors, lowest = np.zeros((3, len(values)))
        step[free], lowest[free] = vectors @ (along / bends) / unit[free], vectors[:, 0] / unit[free]
        _, spans, directions = np.linalg.svd(here.triangle[:, free] / unit[free], full_matrices=False)
        with np.errstate(all="ignore"):
            rows = np.nan_to_num((directions / spans[:, None]) ** 2, nan=inf).sum(axis=0)
        errors[free] = np.sqrt(np.maximum(rows, (vectors**2 / bends).sum(axis=1))) / unit[free]
        return _Step(step, sqrt(float(np.sum(along**2 / bends))), definite, errors, lowest)

    def lower(
        self, values: Floats, here: Reduced, found: _Step, unit: Floats, free: Flags
    ) -> tuple[Floats, Reduced] | None:
        """A place that is lower, along the step, or from a saddle in the direction in which the cost bends down."""
        blind = found.definite and found.decrement <= _BLIND * sqrt(here.cost)
        steps = [found.step * 0.5**k for k in range(1 if blind else _HALVES)]
        if not found.definite:
            size = norm(values * unit) or 1.0
            steps += [sign * part * size * found.lowest for part in _AWAY for sign in (1.0, -1.0)]
        for step in steps:
            place = np.clip(values + step, self.low, self.high)
            there = self.reduce(place)
            if there.finite and there.cost < here.cost * (1 + (1e-10 if blind else 0.0)):
                return place, there
        return None


class Hessian:
    """Half the Hessian of the cost by a pass over the rows; made when it is first asked for."""

    def __init__(self, reducer: Reducer) -> None:
        self.reducer, self.problem = reducer, reducer.problem
        self._prepared: Prepared | None = None

    def __call__(self, values: Floats) -> Floats:
        """At the parameters [p, p]; nan where second derivatives have too many nodes."""
        try:
            self._prepared = self._prepared or self._made()
        except LimitError:
            return np.full((len(values), len(values)), np.nan)
        found = self._prepared.run(self.reducer.source, self.reducer.bindings(values)).values
        return symmetric(len(values), map(float, found))  # type: ignore[arg-type]

    def _made(self) -> Prepared:
        problem, graph = self.problem, self.problem.graph
        symbols, shapes = Symbols(graph), Shapes(graph, problem.columns)
        multiply, subtract = symbols.operation("mul"), symbols.operation("sub")
        nodes = [graph.inputs()[name] for name in problem.names]
        wanted = []
        for i, slope in enumerate(problem.jacobian):
            bends = column_derivatives(graph, slope, nodes[i:], problem.columns)
            for other, bend in zip(problem.jacobian[i:], bends, strict=True):
                row = subtract(multiply(problem.bend, multiply(slope, other)), multiply(problem.psi, bend))
                wanted.append(total(symbols, shapes, row, problem.pull))
        return Prepared(graph, wanted, self.reducer.source, self.reducer.engine, self.reducer.rows)
