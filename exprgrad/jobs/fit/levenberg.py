"""The loop of Levenberg-Marquardt: trials, the radius of the trust region, and when it ends.

The rows are reduced to a triangle R, that of the QR of the Jacobian J. A step d minimizes |Q'r - R*d|^2 in the
ellipsoid |D*d| <= radius, where D holds the largest lengths that the columns of J have had (Moré 1978, Lecture Notes
in Mathematics 630). With the singular values of R/D the step of any damping is one line, so the damping that meets the
radius is found by Newton's method on it (`trust`). A trial whose cost is not finite is a trial that failed, and a
descent whose numbers leave the range of doubles is stuck. Bounds are met by clipping trials, and a parameter at a bound
that the gradient presses against stands still (Kanzow, Yamashita and Fukushima 2004, J. Comput. Appl. Math. 172).

Linear parameters, where asked for, are not stepped but solved for exactly at each trial, and the steps of the others
are those of the problem from which the linear ones are projected out: variable projection (Golub and Pereyra 1973,
SIAM J. Numer. Anal. 10) with Kaufman's simplification (1975, BIT 15).

Near the minimum costs agree to all digits while the parameters do not yet. So the end is a different loop: undamped
steps, for as long as they get shorter.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite
from typing import NamedTuple

import numpy as np

from exprgrad.jobs.fit.reduction import Flags, Floats, Reduced, lengths, norm, powers_of
from exprgrad.jobs.fit.second.newton import Newton
from exprgrad.jobs.fit.trust import EPS, Step, scaled_columns, solved
from exprgrad.observer import SILENT, Observer

_NEAR = 1e-10
"""Of the cost: where a full step promises less than this, costs no longer tell steps apart."""
_NOISE = 4 * EPS
"""Of |r|: what rounding leaves of Q'r where it is 0."""
_POLISH = 40
"""Undamped steps at the end, at the most."""
_TRIALS = 100
"""Of one iteration, at the most: each shortens the step to a quarter or less."""
_FARTHEST = 1e300
"""The largest radius: twice of it is a number still."""
_OFFSET = 1e-6
"""Length of a last step in units of the standard errors, up to which a fit has converged (the relative offset of Bates
and Watts 1981, Technometrics 23)."""
_ROUNDING = 64 * EPS
"""Of |D*values|: what rounding leaves of Q'r at a minimum, as each residual is a sum of terms of that size. The step
from it is this times the condition number (Higham 2002, Accuracy and Stability of Numerical Algorithms, 20.1)."""


class Options(NamedTuple):
    """How a descent is made."""

    iterations: int = 1000
    tolerance: float = 0.0
    """Of a step, relative to the parameters; 0 for as small as rounding lets it be."""
    factor: float = 100.0
    """The first radius in units of |D*values|."""


class Descent(NamedTuple):
    """Where a descent ended."""

    values: Floats
    reduced: Reduced
    iterations: int
    stopped: str
    """"converged", "iterations", "stuck" (no step gets any lower), or "non-finite" (at the start)."""

    @property
    def converged(self) -> bool:
        return self.stopped == "converged"


class Evaluation(NamedTuple):
    values: Floats
    reduced: Reduced


class _Trial(NamedTuple):
    """What steps within a radius gave: where they lead lower, or None; the next radius, and the length of the last."""

    there: Evaluation | None
    radius: float
    length: float


class Levenberg:
    """Descents of one problem."""

    def __init__(
        self,
        reduce: Callable[[Floats], Reduced],
        low: Floats,
        high: Floats,
        rows: int,
        *,
        linear: Flags | None = None,
        hessian: Callable[[Floats], Floats] | None = None,
        observer: Observer = SILENT,
    ) -> None:
        """`linear` marks the parameters to solve for at each trial: none where it is None. `hessian` gives half the
        Hessian of the cost, for the ends that Gauss and Newton's steps do not settle."""
        self.reduce = reduce
        self.low, self.high = low, high
        self.rows = rows
        self.linear = np.zeros(len(low), dtype=bool) if linear is None else np.asarray(linear, dtype=bool)
        self.newton = None if hessian is None else Newton(reduce, hessian, low, high, _OFFSET)
        self.observer = observer

    def evaluate(self, values: Floats) -> Evaluation:
        """The rows reduced there; the linear parameters replaced by the best ones."""
        reduced = self.reduce(values)
        if not (self.linear.any() and reduced.finite):
            return Evaluation(values, reduced)
        values = values.copy()
        values[self.linear] += solved(reduced.triangle[:, self.linear], reduced.rotated)
        return Evaluation(values, self.reduce(values))

    def descend(self, start: Floats, options: Options) -> Descent:
        """From a start to where no step leads lower."""
        with np.errstate(all="ignore"):
            return self._descend(np.array(start, dtype=np.float64), options)

    def _descend(self, start: Floats, options: Options) -> Descent:
        here = self.evaluate(start)
        if not here.reduced.finite:
            return Descent(start, here.reduced, 0, "non-finite")
        scale = np.zeros(len(start))  # the diagonal of D
        radius = -1.0  # delta
        for iteration in range(1, options.iterations + 1):
            self.observer.progress(iteration, here.reduced.cost)
            free = self.free(here)
            if not free.any():
                return self.polished(here, iteration, options)
            triangle, rotated = self.projected(here.reduced, free)
            scale[free] = np.maximum(scale[free], lengths(triangle))
            unit = np.where(scale[free] > 0, scale[free], 1.0)
            step = Step(triangle / unit, rotated)
            size = norm(here.values[free] * unit)
            if radius < 0:
                radius = min(options.factor * size or options.factor, _FARTHEST)
            if step.promise() <= _NEAR * here.reduced.cost or not isfinite(size):
                return self.polished(here, iteration, options)
            trial = self._trial(here, step, unit, free, radius)
            if trial.there is None:
                return self.polished(here, iteration, options)
            here, radius = trial.there, trial.radius
            if options.tolerance and trial.length <= options.tolerance * size:
                return Descent(*here, iteration, "converged")
        return Descent(*here, options.iterations, "iterations")

    def _trial(self, here: Evaluation, step: Step, unit: Floats, free: Flags, radius: float) -> _Trial:
        """Steps within the radius, which shrinks until one of them leads as much lower as the triangle promises."""
        shortest = 4 * EPS * norm(here.values[free] * unit)
        length = 0.0
        for _ in range(_TRIALS):
            scaled = step.within(radius)  # D*d
            length = norm(scaled)
            values = here.values.copy()
            values[free] = np.clip(values[free] + scaled / unit, self.low[free], self.high[free])
            promised = step.reduction((values[free] - here.values[free]) * unit)
            there = self.evaluate(values)
            ratio = (here.reduced.cost - there.reduced.cost) / promised if promised > 0 else -1.0  # rho
            if not ratio >= 0.25:
                radius = (0.1 if not ratio > 0 and not there.reduced.finite else 0.25) * length
            elif ratio > 0.75 or step.full:
                radius = min(max(radius, 2.0 * length), _FARTHEST)
            if ratio >= 1e-4:
                return _Trial(there, radius, length)
            if not radius > shortest:
                break
        return _Trial(None, radius, length)

    def free(self, here: Evaluation) -> Flags:
        """Which parameters a step may move: not the linear ones, nor those pressed against a bound."""
        pull = scaled_columns(here.reduced.triangle)[0].T @ here.reduced.rotated
        held = ((here.values <= self.low) & (pull < 0)) | ((here.values >= self.high) & (pull > 0))
        free: Flags = ~(held | self.linear)
        return free

    def projected(self, reduced: Reduced, free: Flags) -> tuple[Floats, Floats]:
        """The triangle and Q'r of the free parameters, with the linear ones projected out."""
        if not self.linear.any():
            return reduced.triangle[:, free], reduced.rotated
        linear, rest = reduced.triangle[:, self.linear], reduced.triangle[:, free]
        basis, upper = np.linalg.qr(linear / powers_of(linear))
        sizes = np.abs(np.diag(upper))
        basis = basis[:, sizes > 1e-14 * lengths(upper)]
        powers = powers_of(rest)
        rest = rest / powers
        return powers * (rest - basis @ (basis.T @ rest)), reduced.rotated - basis @ (basis.T @ reduced.rotated)

    def polished(self, here: Evaluation, iteration: int, options: Options) -> Descent:
        """Undamped steps of all parameters for as long as they get shorter, to where rounding ends that."""
        best, shortest, offset, stopped = here, inf, inf, "stuck"
        for _ in range(_POLISH):
            free = self.free(here) | self.linear
            triangle, rotated = here.reduced.triangle[:, free], here.reduced.rotated
            columns, unit = scaled_columns(triangle)
            scaled = solved(columns, rotated)
            length, size = norm(scaled), norm(here.values[free] * unit)
            if not length < shortest or here.reduced.cost > best.reduced.cost * (1 + 1e-6) + _tiny(size):
                break
            best, shortest, offset = here, length, norm(columns @ scaled)
            if norm(rotated) <= _NOISE * here.reduced.cost**0.5:
                break
            if length <= max(EPS / 4, options.tolerance) * size:
                break
            trial = here.values.copy()
            trial[free] = np.clip(trial[free] + scaled / unit, self.low[free], self.high[free])
            if (trial == here.values).all():
                break
            if iteration >= options.iterations:
                stopped = "iterations"
                break
            here = Evaluation(trial, self.reduce(trial))
            iteration += 1
            self.observer.progress(iteration, here.reduced.cost)
            if not here.reduced.finite:
                break
        spread = np.sqrt(best.reduced.cost / max(self.rows - len(best.values), 1))
        size = norm(lengths(best.reduced.triangle) * best.values)
        near = shortest <= _OFFSET * spread + 1e-12 * size or offset <= _OFFSET * spread + _ROUNDING * size
        if near and isfinite(size):
            return Descent(*best, iteration, "converged")
        if stopped == "stuck" and self.newton is not None and isfinite(size):
            ended = self.newton.ended(*best, self.rows, options.iterations - iteration)
            if ended.minimum:
                return Descent(ended.values, ended.reduced, iteration + ended.steps, "converged")
        return Descent(*best, iteration, stopped)


def _tiny(size: float) -> float:
    """A cost that rounding of the model explains, where |D*values| is this."""
    least = 1e-12 * size
    return least * least
