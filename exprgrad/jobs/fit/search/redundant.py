"""Parameters that no data can tell apart: one that cancels out of the model, or several that only act together.

The Jacobian of such a model lacks rank at all parameters and all rows. So its rank is looked at in many places: at
random parameters on random rows, and at likely parameters on rows in the range of the data. Where every place lacks it,
the model does; that the data alone leave something open, or that rounding does, shows at one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import NamedTuple

import numpy as np

from exprgrad.jobs.fit.levenberg import Descent
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.rank import singular
from exprgrad.jobs.fit.reduction import Floats, Reducer, lengths
from exprgrad.jobs.fit.search.data.along import between
from exprgrad.jobs.fit.search.data.sample import Sample, drawn
from exprgrad.jobs.fit.search.draws import Draws
from exprgrad.jobs.fit.search.formula.roles import Roles

_NULL = 1e-9
"""Of singular values and lengths: what rounding leaves of 0, with room."""
_CANCELLED = 1e-12
"""Of the model: what rounding leaves of terms that cancel."""
_DOUBT = 1e-7
"""The same of 0, at the end of a descent that is to be looked at more closely."""
_PLACES = 6
"""Of each kind that are looked at."""
_MOST = 24
"""Parameters up to which this is looked at."""


class Group(NamedTuple):
    """Parameters that act together; a single one has no effect."""

    names: tuple[str, ...]
    held: dict[str, float]
    """Those that can keep a value, so that the others are determined."""

    def said(self) -> str:
        """What is wrong with them, in words."""
        free = len(self.names) - len(self.held)
        if len(self.names) == 1:
            return f"{self.names[0]} is not determined by the data: it cancels out of the model"
        *first, last = self.names
        what = "they are one parameter" if free == 1 else f"they are {free} parameters, not {len(self.names)}"
        others = " and ".join(name for name in self.names if name not in self.held)
        held = [name for name in self.names if name in self.held]
        any_one = f"any {held[0]} fits" if len(held) == 1 else f"any {' and '.join(held)} fit"
        with_other = f"another {others}" if free == 1 else f"others for {others}"
        return (
            f"{', '.join(first)} and {last} are not determined by the data: {what}, "
            f"as {any_one} as well with {with_other}"
        )


def doubtful(descent: Descent) -> bool:
    """Whether the end of a descent looks like that of a redundant model: steps that lead nowhere, a direction without
    effect, or a parameter of which no more than rounding is felt."""
    if not descent.converged:
        return True
    with np.errstate(all="ignore"):
        if not np.isfinite(lengths(descent.reduced.triangle)).all():
            return True
        _, sizes, _ = singular(descent.reduced.triangle)
        felt = lengths(descent.reduced.triangle) * np.abs(descent.values)
    most, least = felt.max(initial=0.0), felt[descent.values != 0].min(initial=inf)
    return bool(not sizes.min(initial=inf) > _DOUBT * sizes.max(initial=0.0) or least < _DOUBT * most)


def groups(problem: Problem, reducer: Reducer) -> list[Group]:
    """The groups of parameters that no data can tell apart. Empty too where that cannot be seen: the formula folds
    rows, or is nowhere finite."""
    count = len(problem.names)
    columns = drawn(problem, reducer.source, reducer.rows) if 0 < count <= _MOST else None
    if columns is None:
        return []
    places = _Places(problem, columns)
    jacobians = list(places.jacobians({}))
    ranks = [_rank(jacobian) for jacobian in jacobians]
    rank = max(ranks, default=count)
    felt = [k for k in range(count) if not problem.jumps[k]]
    if rank == len(felt):
        return []
    telling = [jacobian for jacobian, one in zip(jacobians, ranks, strict=True) if one == rank]
    idle = [k for k in felt if not any(jacobian[:, k].any() for jacobian in telling)]
    classes: list[list[int]] = []
    for k in felt:
        alike = [one for one in classes if all(_rank(jacobian[:, [one[0], k]]) == 1 for jacobian in telling)]
        if k not in idle and alike:
            alike[0].append(k)
        elif k not in idle:
            classes.append([k])
    first = [one[0] for one in classes]
    found = [one for one in classes if len(one) > 1]
    if rank < len(first):  # what is left acts together in threes or more
        found.append([k for k in first if _spare(k, first, telling, rank)])
    return places.held([[k] for k in idle] + found, idle, rank)


def _spare(k: int, others: Sequence[int], jacobians: Sequence[Floats], rank: int) -> bool:
    """Whether the model has all of its freedom without this parameter."""
    rest = [j for j in others if j != k]
    return all(_rank(jacobian[:, rest]) == rank for jacobian in jacobians)


def _rank(columns: Floats) -> int:
    return int((np.linalg.svd(columns, compute_uv=False) > _NULL).sum()) if columns.shape[1] else 0


class _Places:
    """Where the Jacobian of a problem is looked at."""

    def __init__(self, problem: Problem, columns: dict[str, Floats]) -> None:
        self.problem = problem
        self.count = len(problem.names)
        random, rows = np.random.default_rng(7), 2 * self.count + 16
        wide = (np.full(self.count, -inf), np.full(self.count, inf))
        every = np.ones(self.count, dtype=bool)
        draws = Draws(Sample(problem, columns), Roles(problem), np.ones(self.count), every, *wide)
        self.beside = draws.beside()
        plain = {name: random.uniform(0.3, 2.5, rows) for name in columns}
        near = {name: between(random, float(c.min()), float(c.max()), rows) for name, c in columns.items()}
        self.looks = (
            (Sample(problem, plain), random.uniform(0.3, 2.0, (8 * _PLACES, self.count))),
            (Sample(problem, near), draws.points(8 * _PLACES)),
        )

    def jacobians(self, held: dict[int, float]) -> Iterator[Floats]:
        """The Jacobian [rows, parameters] in places where it is finite, of columns of length 1 or 0, where some
        parameters have the values that they are held at."""
        nodes = [*self.problem.jacobian, self.problem.model.output]
        for sample, points in self.looks:
            points, left = points.copy(), _PLACES
            for k, value in held.items():
                points[:, k] = value
            with np.errstate(all="ignore"):
                for point, block in zip(points, sample.stacked(points, nodes), strict=True):
                    block = block[np.isfinite(block).all(axis=1)]
                    if left and len(block) >= self.count + 4:
                        left -= 1
                        slopes, model = block[:, :-1], np.abs(block[:, -1]).max()
                        slopes[:, np.array(self.problem.jumps)] = 0.0  # they do more than derivatives say
                        # Of terms that cancel there is left what rounding leaves of the model itself.
                        slopes[:, np.abs(slopes * point).max(axis=0) <= _CANCELLED * model] = 0.0
                        sizes = lengths(slopes)
                        slopes = slopes / np.where(sizes > 0, sizes, 1.0)
                        if np.isfinite(slopes).all():
                            yield slopes

    def held(self, found: Sequence[Sequence[int]], idle: Sequence[int], rank: int) -> list[Group]:
        """The groups with what to hold in each, so that the rest of the model keeps its rank: others than linear ones
        first, and the last."""
        held: dict[int, float] = {}
        result, names = [], self.problem.names
        for group in found:
            own: dict[int, float] = {}
            for k in sorted(group, key=lambda k: (self.problem.linear[k], -k)):
                for value in self._values(k, plain=k not in idle):
                    if k not in own and self._keeps_rank({**held, **own, k: value}, rank):
                        own[k] = value
            held |= own
            if own:
                result.append(Group(tuple(names[k] for k in group), {names[k]: value for k, value in own.items()}))
        return result

    def _keeps_rank(self, held: dict[int, float], rank: int) -> bool:
        others = [k for k in range(self.count) if k not in held]
        return max((_rank(jacobian[:, others]) for jacobian in self.jacobians(held)), default=-1) == rank

    def _values(self, k: int, *, plain: bool) -> list[float]:
        """Values to hold a parameter at, in the order in which they are tried."""
        parameter = self.problem.parameters[k]
        if parameter.start is not None:
            return [parameter.start]
        if k in self.beside and parameter.low <= self.beside[k] <= parameter.high:
            return [self.beside[k]]
        values = [value for value in ((0.0, 1.0) if plain else (1.0, 0.0)) if parameter.low <= value <= parameter.high]
        return values or [edge for edge in (parameter.low, parameter.high) if abs(edge) < inf]
