"""Measures of how much inputs matter for a result."""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from typing import NamedTuple

from exprgrad.shown import shows_itself


class Index(NamedTuple):
    """A measure of one input, or of a pair of them."""

    value: float
    low: float = nan
    """The interval that holds it with the coverage; nan where the value is exact."""
    high: float = nan

    def __float__(self) -> float:
        return self.value


Indices = Mapping[str, Index]
"""By the names of inputs; of pairs as "x,y"."""


@shows_itself
class Sensitivity(NamedTuple):
    """The measures of a method by their names, each by input, the input that matters most first."""

    expression: str
    method: str
    measures: Mapping[str, Indices]
    n: int
    """Points; for `morris` trajectories, for `local` 1."""
    seed: int
    coverage: float
    evaluations: int
    """How often the expression was computed."""
    mean: float
    """Of the result; for `local` its value."""
    standard_deviation: float
    notes: tuple[str, ...] = ()

    @property
    def first(self) -> Indices:
        """The share of the variance that an input has by itself: of `sobol` and `shapley`."""
        return self.measures["first"]

    @property
    def total(self) -> Indices:
        """The share that an input has by itself and together with others: of `sobol` and `shapley`."""
        return self.measures["total"]

    @property
    def second(self) -> Indices:
        """The share that pairs have beyond what both have by themselves: of `sobol` with `second_order`."""
        return self.measures["second"]

    @property
    def shapley(self) -> Indices:
        """The effects of Shapley, which add up to 1."""
        return self.measures["shapley"]

    @property
    def names(self) -> list[str]:
        """The inputs, the one that matters most first."""
        return list(next(iter(self.measures.values())))
