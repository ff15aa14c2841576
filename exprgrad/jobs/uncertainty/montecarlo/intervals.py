"""Coverage intervals of a sample (JCGM 101:2008, 7.7), with the standard errors of their ends.

An end is a number of a certain rank. Over other seeds the rank of the quantile varies with a standard deviation of
sqrt(n p (1 - p)): half of the distance of the numbers that far below and above it is the standard error.

The ends of a shortest interval move by more, as its length hardly depends on its place: with the cube root of the
number of trials, and not the square root (Kim and Pollard, Annals of Statistics 18 (1990) 191). Their standard error
is that of the ends in parts of the trials, divided by the cube root of the number of parts.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np

from exprgrad.jobs.uncertainty.montecarlo.sample import Sample
from exprgrad.jobs.uncertainty.montecarlo.wanted import SHORTEST, SYMMETRIC
from exprgrad.trials.quantiles import Floats

PARTS = 10
"""Of the trials, by which the standard errors of a shortest interval are found."""
_LEAST = 100
"""The least number of trials in a part."""


class Interval(NamedTuple):
    """A coverage interval."""

    low: float
    high: float
    low_error: float
    high_error: float


def interval(sample: Sample, kind: str, coverage: float, mean: float) -> Interval:
    """The interval of a kind that holds this part of the trials."""
    values = sample.kept()
    return _binned(sample, kind, coverage, mean) if values is None else of_values(values, kind, coverage, mean)


def of_values(values: Floats, kind: str, coverage: float, mean: float) -> Interval:
    """The interval of trials [n], whose order this may change."""
    count = len(values)
    inside = _inside(count, coverage)
    if kind == SYMMETRIC:
        (far,), (error,) = _ranked(abs(values - mean), [inside - 1])
        return Interval(mean - far, mean + far, error, error)
    below, spread = (count - inside) // 2, np.zeros(2)
    if kind == SHORTEST:
        if count >= PARTS * _LEAST:
            spread = _spread([_shortest(np.sort(values[k::PARTS]), coverage) for k in range(PARTS)])
        values = np.sort(values)
        below = _below_shortest(values, inside)
    (low, high), errors = _ranked(values, [below, below + inside])
    return Interval(low, high, *(max(error, float(more)) for error, more in zip(errors, spread, strict=True)))


def _inside(count: int, coverage: float) -> int:
    """How many ranks the ends of an interval are apart."""
    return min(int(coverage * count + 0.5), count - 1)


def _below_shortest(ordered: Floats, inside: int) -> int:
    """The rank of the low end of the shortest interval of numbers in order."""
    return int((ordered[inside:] - ordered[: len(ordered) - inside]).argmin())


def _shortest(ordered: Floats, coverage: float) -> tuple[float, float]:
    """The ends of the shortest interval of numbers in order."""
    inside = _inside(len(ordered), coverage)
    below = _below_shortest(ordered, inside)
    return float(ordered[below]), float(ordered[below + inside])


def _spread(ends: list[tuple[float, float]]) -> Floats:
    """The standard errors of the ends of a shortest interval, from those in parts of the trials."""
    return np.asarray(np.std(ends, axis=0, ddof=1) / len(ends) ** (1 / 3), dtype=np.float64)


def _ranked(values: Floats, ranks: list[int]) -> tuple[list[float], list[float]]:
    """The numbers of some ranks, from 0, and their standard errors."""
    count = len(values)
    bands = []
    for rank in ranks:
        p = (rank + 0.5) / count
        step = max(round(sqrt(count * p * (1 - p))), 1)
        bands.append([max(rank - step, 0), rank, min(rank + step, count - 1)])
    ordered = np.partition(values, sorted({place for band in bands for place in band}))
    found = [[float(ordered[place]) for place in band] for band in bands]
    return [middle for _, middle, _ in found], [(high - low) / 2 for low, _, high in found]


def _binned(sample: Sample, kind: str, coverage: float, mean: float) -> Interval:
    """The interval of trials that were counted in bins."""
    ends, below = sample.curve()

    def quantile(p: float) -> float:
        return float(np.interp(p, below, ends))

    def error(p: float) -> float:
        step = sqrt(p * (1 - p) / sample.count)
        return (quantile(p + step) - quantile(p - step)) / 2

    if kind == SYMMETRIC:
        far = _half_width(ends, below, coverage, mean)
        low, high = (float(np.interp(mean + sign * far, ends, below)) for sign in (-1, 1))
        both = sqrt(coverage * (1 - coverage) / sample.count)
        slope = (_half_width(ends, below, min(coverage + both, 1.0), mean) - far) if high > low else 0.0
        return Interval(mean - far, mean + far, slope, slope)
    start, spread = (1 - coverage) / 2, np.zeros(2)
    if kind == SHORTEST:
        start = _shortest_start(ends, below, coverage)
        spread = _spread([_thinned(sample.count, ends, below, coverage, k) for k in range(PARTS)])
    errors = (max(error(p), float(more)) for p, more in zip((start, start + coverage), spread, strict=True))
    return Interval(quantile(start), quantile(start + coverage), *errors)


def _shortest_start(ends: Floats, below: Floats, coverage: float) -> float:
    """The probability of what is below the shortest interval."""
    starts = below[below <= 1 - coverage]
    widths = np.interp(starts + coverage, below, ends) - ends[: len(starts)]
    return float(starts[widths.argmin()])


def _thinned(count: int, ends: Floats, below: Floats, coverage: float, k: int) -> tuple[float, float]:
    """The ends of the shortest interval of a part of the trials, as many as another run could have in each bin."""
    means = np.diff(below) * (count / PARTS)
    found = np.concatenate([[0], np.cumsum(np.random.default_rng(k).poisson(means))])
    part = found / found[-1]
    start = _shortest_start(ends, part, coverage)
    low, high = np.interp((start, start + coverage), part, ends)
    return float(low), float(high)


def _half_width(ends: Floats, below: Floats, coverage: float, mean: float) -> float:
    """How far from the mean this probability lies, by bisection."""
    near, far = 0.0, float(max(mean - ends[0], ends[-1] - mean))
    for _ in range(80):
        middle = (near + far) / 2
        inside = np.interp(mean + middle, ends, below) - np.interp(mean - middle, ends, below)
        near, far = (near, middle) if inside >= coverage else (middle, far)
    return far
