"""Rows of inputs that are correlated by a Gaussian copula, and rows in which some of them are drawn anew.

The others stay, and those are drawn from their distribution given the others.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from exprgrad.jobs.sensitivity.sampling.space import Problem
from exprgrad.trials.copula import groups
from exprgrad.trials.quantiles import Floats
from exprgrad.trials.shapes import Shapes, normal_numbers
from exprgrad.trials.sobol.points import Points


class Given(NamedTuple):
    """Rows, and what they are made of."""

    columns: dict[str, Floats]
    normal: dict[int, Floats]
    """Of the inputs that are correlated, by their places, the standard normal numbers."""
    fresh: dict[int, Floats]
    """What inputs are drawn from anew: standard normal numbers of these, and columns of the others."""


class Conditional:
    """Rows of inputs, at scrambled Sobol' points."""

    def __init__(self, problem: Problem, shapes: Shapes, seed: int) -> None:
        self._names = list(problem.inputs)
        self._shapes = shapes
        place = {name: k for k, name in enumerate(self._names)}
        tied = groups(self._names, problem.correlations)
        self._groups = [frozenset(place[name] for name in group) for group in tied]
        self._tied = sorted(k for group in self._groups for k in group)
        self._matrix = np.eye(len(self._names))
        for (a, b), r in problem.correlations.items():
            self._matrix[place[a], place[b]] = self._matrix[place[b], place[a]] = r
        shapes.prepare(self._names[k] for k in self._tied)
        self._points = Points(2 * len(self._names), seed)
        self._weights = lru_cache(maxsize=4096)(self._weighed)

    def first(self, start: int, count: int) -> Given:
        """The rows at the points from `start` on."""
        columns, normal, fresh = dict[str, Floats](), dict[int, Floats](), dict[int, Floats]()
        free: dict[int, Floats] = {}
        for k, name in enumerate(self._names):
            own, other = (self._points.column(2 * k + side, start, count) for side in (0, 1))
            if k in self._tied:
                free[k], fresh[k] = normal_numbers(own), normal_numbers(other)
            else:
                columns[name], fresh[k] = self._shapes.column(name, own), self._shapes.column(name, other)
        for group in self._groups:
            normal |= self._mixed(group, frozenset(), {}, free)
        columns |= {self._names[k]: self._shapes.column_of_normal(self._names[k], z) for k, z in normal.items()}
        return Given({name: columns[name] for name in self._names}, normal, fresh)

    def others(self, given: Given, inside: frozenset[int]) -> dict[str, Floats]:
        """The rows in which the inputs `inside`, by their places, are drawn anew."""
        columns = dict(given.columns)
        for k in inside.difference(self._tied):
            columns[self._names[k]] = given.fresh[k]
        for group in self._groups:
            if chosen := group & inside:
                for k, z in self._mixed(chosen, group - inside, given.normal, given.fresh).items():
                    columns[self._names[k]] = self._shapes.column_of_normal(self._names[k], z)
        return columns

    def _mixed(
        self, chosen: frozenset[int], known: frozenset[int], normal: dict[int, Floats], free: dict[int, Floats]
    ) -> dict[int, Floats]:
        """Standard normal numbers of the inputs that are chosen, given those that are known."""
        from_known, from_free = self._weights(chosen, known)
        inner, outer = sorted(chosen), sorted(known)
        found = {}
        for k, row, own in zip(inner, from_known, from_free, strict=True):
            column = np.zeros(len(free[k]))
            for weights, places, source in ((row, outer, normal), (own, inner, free)):
                for weight, place in zip(weights.tolist(), places, strict=True):
                    if weight:
                        column += weight * source[place]
            found[k] = column
        return found

    def _weighed(self, chosen: frozenset[int], known: frozenset[int]) -> tuple[Floats, Floats]:
        """The weights with which known numbers [chosen, known] and free ones [chosen, chosen] are mixed: by the
        regression on the known ones, and by a root of the covariance that it leaves."""
        inner, outer = sorted(chosen), sorted(known)
        own = self._matrix[np.ix_(inner, inner)]
        across = self._matrix[np.ix_(inner, outer)]
        weights = across @ np.linalg.pinv(self._matrix[np.ix_(outer, outer)], hermitian=True)
        values, vectors = np.linalg.eigh(own - weights @ across.T)
        return weights, vectors * np.sqrt(np.maximum(values, 0.0)) @ vectors.T
