"""The effects of Shapley, for correlated inputs too.

An effect is what an input adds to the variance that is explained, on the average over all orders in which the inputs
become known.
Owen (2014, SIAM/ASA J. Uncertain. Quantif. 2, 245) and Song, Nelson and Staum (2016, the same 4, 1060). The cost of a
set of inputs is the mean variance of the result when the others are known: half of the mean square of the difference of
two results that share the others (Broto, Bachoc and Depecker 2020, the same 8, 693). Up to EXACT inputs the costs of
all sets are found, which gives what all orders would; above, each of many groups of points has a random order, or its
reverse.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import comb

import numpy as np

from exprgrad.errors import UsageError
from exprgrad.jobs.sensitivity.methods.conditional import Conditional
from exprgrad.jobs.sensitivity.sampling.blocks import BLOCKS
from exprgrad.jobs.sensitivity.sampling.method import PILOT, Measures, batch_rows
from exprgrad.jobs.sensitivity.sampling.space import Problem, Space
from exprgrad.trials.philox import words
from exprgrad.trials.quantiles import Floats

EXACT = 7
"""Inputs of which all sets are taken."""
GROUP = 64
"""Points that share an order, where orders are random."""
FEWEST = 2 * GROUP * BLOCKS
"""Points that orders take at least: each block has an order and its reverse."""
_STREAM = 1 << 41
"""That of the orders."""


class _Shapley:
    """What both ways have in common: the terms begin with the mean and the mean square of two independent results."""

    def __init__(self, problem: Problem, seed: int, n: int, cost: int, rows: int) -> None:
        self.names = list(problem.inputs)
        self.cost, self.rows = cost, rows
        self.space = Space(problem, n * cost)
        self._drawn = Conditional(problem, self.space.shapes, seed)
        self.space.fit(self._drawn.first(0, PILOT).columns)

    def moments(self, means: Floats) -> tuple[float, float]:
        return self.space.moments(float(means[0]), float(means[1]))


class AllSets(_Shapley):
    """Of few inputs; its terms go on with the cost of each set of inputs, whose bits tell which are in it."""

    settled: tuple[str, ...] = ("shapley",)

    def __init__(self, problem: Problem, seed: int, n: int) -> None:
        size = len(problem.inputs)
        super().__init__(problem, seed, n, 1 << size, batch_rows(8 * size))

    def terms(self, start: int, count: int) -> Iterator[Floats]:
        size = len(self.names)
        given = self._drawn.first(start, count)
        whole, every = self.space(given.columns), (1 << size) - 1
        other = self.space(self._drawn.others(given, frozenset(range(size))))
        yield from ((whole + other) / 2, (whole * whole + other * other) / 2)
        for members in range(1, every):
            inside = frozenset(k for k in range(size) if members >> k & 1)
            yield (whole - self.space(self._drawn.others(given, inside))) ** 2 / 2
        yield (whole - other) ** 2 / 2

    def measures(self, means: Floats) -> Measures:
        size = len(self.names)
        every = (1 << size) - 1
        cost = np.concatenate([np.zeros((1, *means.shape[1:])), means[2:]])
        cost = cost / cost[every]
        found: Measures = {"shapley": {}, "total": {}, "first": {}}
        for k, name in enumerate(self.names):
            effect = np.zeros(means.shape[1:])
            for members in range(1 << size):
                if not members >> k & 1:
                    weight = 1 / (size * comb(size - 1, members.bit_count()))
                    effect = effect + weight * (cost[members | 1 << k] - cost[members])
            found["shapley"][name] = effect
            found["total"][name] = cost[1 << k]
            found["first"][name] = 1 - cost[every ^ 1 << k]
        return found


class Orders(_Shapley):
    """Of many inputs, by random orders; its terms go on with what each input adds in the order of its group."""

    settled: tuple[str, ...] = ("shapley",)

    def __init__(self, problem: Problem, seed: int, n: int) -> None:
        if n < FEWEST:
            raise UsageError(f"--n takes {FEWEST} points at least for {len(problem.inputs)} inputs, not {n}")
        super().__init__(problem, seed, n, 1 + len(problem.inputs), GROUP)
        self._seed = seed

    def _order(self, group: int) -> list[int]:
        keys = words(self._seed, _STREAM + group // 2, len(self.names))
        order: list[int] = keys.argsort().tolist()
        return order[::-1] if group % 2 else order

    def terms(self, start: int, count: int) -> Iterator[Floats]:
        size, order = len(self.names), self._order(start // GROUP)
        given = self._drawn.first(start, count)
        whole = self.space(given.columns)
        results = [self.space(self._drawn.others(given, frozenset(order[: k + 1]))) for k in range(size)]
        yield from ((whole + results[-1]) / 2, (whole * whole + results[-1] ** 2) / 2)
        costs = [np.zeros(count), *((whole - result) ** 2 / 2 for result in results)]
        added = dict(zip(order, (after - before for before, after in pairwise(costs)), strict=True))
        yield from (added[k] for k in range(size))

    def measures(self, means: Floats) -> Measures:
        whole = means[2:].sum(axis=0)
        return {"shapley": {name: mean / whole for name, mean in zip(self.names, means[2:], strict=True)}}
