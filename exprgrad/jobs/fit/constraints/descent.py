"""Descents under constraints: each iterate meets them, and each step is the best one within their linear models.

A step minimizes |Q'r - R*d|^2 + damping*|D*d|^2 under the linearized constraints (`steps.limited`: the working set is
what it finds), and is then brought back to the constraints by Newton's method with the shortest corrections: the
generalized reduced gradient with a Gauss-Newton model (Abadie and Carpentier 1969; Nocedal and Wright 2006, Numerical
Optimization, 18.3 and 18.4). At the end undamped steps along the working set, with the curvature of the constraints,
are made for as long as they get shorter.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from exprgrad.errors import UsageError
from exprgrad.jobs.fit.constraints.relations import Relations
from exprgrad.jobs.fit.constraints.steps import limited, null_space
from exprgrad.jobs.fit.levenberg import Descent, Options
from exprgrad.jobs.fit.reduction import Flags, Floats, Reduced, lengths, norm
from exprgrad.observer import Observer

_MET = 1e-11
"""How far a constraint may be missed, in units of how much a relative change of the parameters by 1 changes it."""
_RESTORED, _POLISH, _TRIALS = 40, 60, 60
_OFFSET, _NEAR = 1e-6, 1e-12
_PATIENCE = 8
"""Newton steps in which a constraint is to come nearer by half."""
_EPS = float(np.finfo(np.float64).eps)


class Limited:
    """Descents of one problem under constraints."""

    def __init__(
        self, reduce: Callable[[Floats], Reduced], relations: Relations, rows: int, observer: Observer
    ) -> None:
        self.reduce, self.relations, self.rows, self.observer = reduce, relations, rows, observer

    def descend(self, start: Floats, options: Options) -> Descent:
        """From where the constraints are met next to a start. Raises UsageError where they cannot all be met."""
        with np.errstate(all="ignore"):
            values = self.restored(np.array(start, np.float64))
            if values is None:
                raise self.contradiction()
            return self._descend(values, options)

    def active(self, values: Floats, reduced: Reduced) -> Flags:
        """The constraints that hold as equations at a minimum [n]: those that are met exactly, and keep it there."""
        held = self.relations.equal | (np.abs(self._missed(values)) <= 1e3 * _MET)
        for _ in range(len(held)):
            factors = self._factors(values, reduced, held)
            wrong = held & ~self.relations.equal & (factors < 0)
            if not wrong.any():
                break
            held &= ~(wrong & (factors == factors[wrong].min()))
        return held

    def exact(self, values: Floats, reduced: Reduced) -> list[str]:
        """All constraints that hold as equations, but for bounds, as equations."""
        said, held = self.relations, self.active(values, reduced)
        count = len(said.texts) - said.bounds
        return [text for text, holds in zip(said.as_equations[:count], held[:count], strict=True) if holds]

    def reached(self, values: Floats, reduced: Reduced) -> list[str]:
        """The inequalities among them, but for bounds, as they were written."""
        said, held = self.relations, self.active(values, reduced)
        count = len(said.texts) - said.bounds
        ended = zip(said.texts[:count], held[:count], said.equal[:count], strict=True)
        return list(dict.fromkeys(text for text, holds, equal in ended if holds and not equal))

    def _descend(self, values: Floats, options: Options) -> Descent:
        here = self.reduce(values)
        if not here.finite:
            return Descent(values, here, 0, "non-finite")
        unit, damping, growth = lengths(here.triangle), 1e-3, 2.0
        for iteration in range(1, options.iterations + 1):
            self.observer.progress(iteration, here.cost)
            unit = np.maximum(unit, lengths(here.triangle))
            trials = 0
            while True:
                found = self._step(values, here, damping, np.where(unit > 0, unit, 1.0))
                trial = None if found is None else self.restored(values + found)
                there = None if trial is None else self.reduce(trial)
                promised = 0.0 if found is None else _promise(here, found)
                if promised <= _NEAR * here.cost and found is not None:
                    return self._polished(values, here, iteration, options)
                if there is not None and trial is not None and here.cost - there.cost >= 1e-4 * promised:
                    break
                damping, growth, trials = damping * growth, growth * 2, trials + 1
                if trials > _TRIALS or not np.isfinite(damping):
                    return self._polished(values, here, iteration, options)
            ratio = (here.cost - there.cost) / promised
            damping, growth = damping * max(1 / 3, 1 - (2 * ratio - 1) ** 3), 2.0
            values, here = trial, there
        return Descent(values, here, options.iterations, "iterations")

    def _step(self, values: Floats, here: Reduced, damping: float, unit: Floats) -> Floats | None:
        """The best step within the linear models of the constraints, in units of D."""
        slopes, misses = self.relations.expressions.slopes(values) / unit, self.relations.expressions.values(values)
        equal = self.relations.equal
        triangle = np.vstack([here.triangle / unit, np.sqrt(damping) * np.eye(len(unit))])
        rotated = np.append(here.rotated, np.zeros(len(unit)))
        found = limited(triangle, rotated, (slopes[equal], -misses[equal]), (slopes[~equal], -misses[~equal]))
        return None if found is None else found.step / unit

    def _polished(self, values: Floats, here: Reduced, iteration: int, options: Options) -> Descent:
        """Undamped steps along the working set for as long as they get shorter."""
        best, at, shortest, stopped = here, values, np.inf, "stuck"
        held, mixed, worse = self.active(values, here), Mixed(len(values)), 0
        for _ in range(_POLISH):
            step = self._newton(values, here, held)
            unit = lengths(here.triangle)
            length, size = norm(step * unit), norm(values * unit)
            worse = 0 if length < shortest else worse + 1
            if worse > len(values) or here.cost > best.cost * (1 + 1e-6) + (1e-12 * size) ** 2:
                break
            if not worse:
                best, at, shortest = here, values, length
            if length <= max(_EPS / 4, options.tolerance) * size:
                break
            trial = self.restored(mixed.next(values, step, unit))
            if trial is None or (trial == values).all():
                break
            if iteration >= options.iterations:
                stopped = "iterations"
                break
            values, here, iteration = trial, self.reduce(trial), iteration + 1
            self.observer.progress(iteration, here.cost)
            if not here.finite:
                break
        spread = np.sqrt(best.cost / max(self.rows - len(at), 1))
        size = norm(lengths(best.triangle) * at)
        near = shortest <= _OFFSET * spread + 1e-12 * size and np.isfinite(size)
        return Descent(at, best, iteration, "converged" if near else stopped)

    def _newton(self, values: Floats, here: Reduced, held: Flags) -> Floats:
        """The step along the constraints that hold as equations, with their curvature where that leaves a minimum."""
        slopes = self.relations.expressions.slopes(values)[held]
        free = null_space(slopes)
        inner = here.triangle @ free
        plain: Floats = free @ np.linalg.lstsq(inner, here.rotated, rcond=1e-14)[0]
        if not held.any() or not free.shape[1]:
            return plain
        bends = self.relations.expressions.bends(values, np.where(held, self._factors(values, here, held), 0.0))
        if not bends.any():
            return plain
        whole = inner.T @ inner + free.T @ bends @ free
        try:
            np.linalg.cholesky(whole)
        except np.linalg.LinAlgError:
            return plain
        found: Floats = free @ np.linalg.solve(whole, inner.T @ here.rotated)
        return found

    def _factors(self, values: Floats, here: Reduced, held: Flags) -> Floats:
        """Lagrange's multipliers of half the cost [n]; 0 for constraints that do not hold as equations."""
        found = np.zeros(len(held))
        if held.any():
            slopes = self.relations.expressions.slopes(values)[held]
            found[held] = np.linalg.lstsq(slopes.T, here.triangle.T @ here.rotated, rcond=1e-12)[0]
        return found

    def _missed(self, values: Floats) -> Floats:
        """The expressions in units of what a relative change of the parameters by 1 makes of them."""
        slopes = self.relations.expressions.slopes(values)
        scale = np.abs(slopes) @ np.maximum(np.abs(values), 1e-8) + 1e-300
        found: Floats = self.relations.expressions.values(values) / scale
        return found

    def restored(self, values: Floats) -> Floats | None:
        """The constraints met by the shortest relative changes of the parameters; None where Newton's method finds no
        place where they are."""
        least, since = np.inf, 0
        for _ in range(_RESTORED):
            missed = self._missed(values)
            wrong = np.where(self.relations.equal, np.abs(missed), missed)
            if not np.isfinite(wrong).all():
                return None
            if (wrong <= _MET).all():
                return values
            since = 0 if wrong.max() < 0.5 * least else since + 1
            if since > _PATIENCE:
                return None
            least = min(least, float(wrong.max()))
            unit = np.maximum(np.abs(values), 1e-2 * max(float(np.abs(values).max()), 1.0))
            slopes = self.relations.expressions.slopes(values) * unit
            offsets, equal = self.relations.expressions.values(values), self.relations.equal
            eye, zero = np.eye(len(values)), np.zeros(len(values))
            found = limited(eye, zero, (slopes[equal], -offsets[equal]), (slopes[~equal], -offsets[~equal]))
            if found is None:
                return None
            values = values + found.step * unit
        return None

    def contradiction(self) -> UsageError:
        """The error of constraints that cannot be met together."""
        said = [f"{text}" for text in dict.fromkeys(self.relations.texts)]
        what = f"the constraint {said[0]} cannot be met" if len(said) == 1 else (
            f"the constraints {', '.join(said[:-1])} and {said[-1]} cannot be met together")  # fmt: skip
        return UsageError(what, hint="leave one out, or begin nearer to where they are: give starts")


class Mixed:
    """Steps that learn from those before. Where residuals are large, Gauss-Newton steps lead past the minimum, by a
    part that is about the same each time: the steps before tell it (Anderson 1965, Journal of the ACM 12; Walker and
    Ni 2011, SIAM J. Numer. Anal. 49)."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self._before: tuple[Floats, Floats] | None = None
        self._moves: list[tuple[Floats, Floats]] = []
        """How the place and the step changed, of the last iterations."""

    def next(self, values: Floats, step: Floats, unit: Floats) -> Floats:
        """Where to go from a place at which this is the step; `unit` are the scales of the parameters."""
        if self._before is not None:
            self._moves = [*self._moves, (values - self._before[0], step - self._before[1])][-self.depth :]
        self._before = values, step
        if not self._moves:
            return values + step
        places, steps = (np.array(each).T for each in zip(*self._moves, strict=True))
        share = np.linalg.lstsq(steps * unit[:, None], step * unit, rcond=1e-10)[0]
        found: Floats = values + step - (places + steps) @ share
        return found


def _promise(here: Reduced, step: Floats) -> float:
    moved = here.triangle @ step
    return float(moved @ (2 * here.rotated - moved))
