"""How dense the trials of a result lie: what is drawn of them, in a hundred bins at the most."""

from __future__ import annotations

import numpy as np

from exprgrad.distributions.distribution import coverage_factor
from exprgrad.jobs.uncertainty.montecarlo.found import Density
from exprgrad.jobs.uncertainty.montecarlo.sample import Sample

_MOST, _FEWEST = 100, 10
"""Bins. There are 2*cbrt(n) of them between these (Rice's rule)."""
_REACH = 4.0
"""How far the bins reach to both sides, in standard deviations of a normal sample with the same interval."""
_BEYOND = 1.15
"""How far they reach at least, as a multiple of half of the interval."""


def density(sample: Sample, low: float, high: float, coverage: float) -> Density:
    """The density of the trials about their coverage interval, which goes from `low` to `high`; without bins where all
    trials are alike."""
    least, largest = sample.least, sample.largest
    half = high / 2 - low / 2
    middle = low + half
    room = half * max(_REACH / coverage_factor(coverage, np.inf), _BEYOND)
    low, high = max(middle - room, least), min(middle + room, largest)
    if not (0 < high - low < np.inf):
        return Density((), ())
    bins = int(min(max(2 * np.cbrt(sample.count), _FEWEST), _MOST))
    edges = np.linspace(low, high, bins + 1)
    if not (np.diff(edges) > 0).all():  # so near to each other that no number is between them
        return Density((), ())
    parts = sample.parts(edges)
    return Density(tuple(edges.tolist()), tuple((parts / np.diff(edges)).tolist()))
