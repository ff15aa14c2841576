"""A tornado: each variable is moved alone while the others stand at their middle; what matters most is on top.

(Howard 1988, "Decision analysis: practice and promise", Management Science 34, 679.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from statistics import median
from typing import NamedTuple

import numpy as np

from exprgrad.columns.values import Column
from exprgrad.jobs.sweep.axes import Axis
from exprgrad.jobs.sweep.picture import Evaluate

COVERAGE = 0.95
"""The probability of the interval that an uncertain variable moves over."""
_POINTS = 51
"""Places that a variable is moved to."""


class Bar(NamedTuple):
    """What one variable does alone."""

    of: str
    """The new column that it changes."""
    input: str
    low: float
    """Where it is moved from, and to."""
    high: float
    at_low: float
    """The value there."""
    at_high: float
    least: float
    """The extremes of the value on the way."""
    most: float

    @property
    def swing(self) -> float:
        return self.most - self.least


class Tornado(NamedTuple):
    """The bars of each new column, from the widest to the narrowest; and its value with all variables in the middle."""

    middle: dict[str, float]
    bars: tuple[Bar, ...]

    def of(self, name: str) -> list[Bar]:
        return [bar for bar in self.bars if bar.of == name]


def tornado(axes: Mapping[str, Axis], names: Sequence[str], evaluate: Evaluate) -> Tornado:
    """Move each axis alone: over its range, or over the central 95% of its distribution."""
    ways = {name: _way(axis) for name, axis in axes.items()}
    middles = {name: _middle(axis) for name, axis in axes.items()}
    total = 1 + sum(map(len, ways.values()))
    columns = {name: np.full(total, middle) for name, middle in middles.items()}
    places, start = {}, 1
    for name, way in ways.items():
        places[name] = slice(start, start + len(way))
        columns[name][places[name]] = way
        start += len(way)
    bars, middle = [], {}
    for of, column in zip(names, evaluate(columns), strict=True):
        values = np.asarray(column, np.float64)
        middle[of] = float(values[0])
        found = [_bar(of, name, ways[name], values[place]) for name, place in places.items()]
        bars += sorted(found, key=lambda bar: (not isfinite(bar.swing), -bar.swing if isfinite(bar.swing) else 0.0))
    return Tornado(middle, tuple(bars))


def _bar(of: str, name: str, way: Column, values: Column) -> Bar:
    whole = np.asarray(values)
    ends = float(way[0]), float(way[-1])
    return Bar(of, name, *ends, float(whole[0]), float(whole[-1]), float(whole.min()), float(whole.max()))


def _way(axis: Axis) -> Column:
    """The places of a variable, in ascending order."""
    if axis.uncertain is not None:
        distribution = axis.uncertain.distribution
        assert distribution is not None
        low, high = (distribution.quantile(p) for p in ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2))
        return np.linspace(low, high, _POINTS)
    if axis.ends is not None:
        return np.linspace(*axis.ends, _POINTS)
    numbers = np.unique(np.asarray(axis.numbers, np.float64))
    if len(numbers) <= _POINTS:
        return numbers
    return numbers[np.linspace(0, len(numbers) - 1, _POINTS).round().astype(np.int64)]


def _middle(axis: Axis) -> float:
    """Where a variable stands while others are moved: at its estimate, in the middle of its range, at the median of its
    list."""
    if axis.uncertain is not None:
        return axis.uncertain.value
    if axis.ends is not None:
        return axis.ends[0] / 2 + axis.ends[1] / 2
    return float(median(axis.numbers))
