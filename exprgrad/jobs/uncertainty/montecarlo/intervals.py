"""Coverage intervals of a sample (JCGM 101:2008, 7.7), with the standard errors of their ends.

An end is a number of a certain rank. Over other seeds the rank of the quantile varies with a standard deviation of
sqrt(n p (1 - p)): half of the distance of the numbers that far below and above it is the standard error.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np

from exprgrad.jobs.uncertainty.montecarlo.sample import Sample
from exprgrad.jobs.uncertainty.montecarlo.wanted import SHORTEST, SYMMETRIC
from exprgrad.trials.quantiles import Floats


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
    inside = min(int(coverage * count + 0.5), count - 1)
    if kind == SYMMETRIC:
        (far,), (error,) = _ranked(abs(values - mean), [inside - 1])
        return Interval(mean - far, mean + far, error, error)
    below = (count - inside) // 2
    if kind == SHORTEST:
        values = np.sort(values)
        below = int((values[inside:] - values[: count - inside]).argmin())
    ends, errors = _ranked(values, [below, below + inside])
    return Interval(*ends, *errors)


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
    start = (1 - coverage) / 2
    if kind == SHORTEST:
        starts = below[below <= 1 - coverage]
        widths = np.interp(starts + coverage, below, ends) - ends[: len(starts)]
        start = float(starts[widths.argmin()])
    return Interval(quantile(start), quantile(start + coverage), error(start), error(start + coverage))


def _half_width(ends: Floats, below: Floats, coverage: float, mean: float) -> float:
    """How far from the mean this probability lies, by bisection."""
    near, far = 0.0, float(max(mean - ends[0], ends[-1] - mean))
    for _ in range(80):
        middle = (near + far) / 2
        inside = np.interp(mean + middle, ends, below) - np.interp(mean - middle, ends, below)
        near, far = (near, middle) if inside >= coverage else (middle, far)
    return far
