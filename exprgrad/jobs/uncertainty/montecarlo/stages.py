"""How many trials the wanted digits take: the procedure in two stages.

It is that of Wuebbeler, Harris, Cox and Elster (2010, Metrologia 47, 317), which says beforehand what the
adaptive one of JCGM 101:2008, 7.9.4, finds by going on.
"""

from __future__ import annotations

from math import floor, isfinite, log10, sqrt

import numpy as np

from exprgrad.distributions.distribution import coverage_factor
from exprgrad.jobs.uncertainty.montecarlo.intervals import of_values
from exprgrad.trials.quantiles import Floats

BLOCKS = 10
"""Of the first stage."""
_SURE = 0.95
"""The probability that the numbers hold to the tolerance."""


def block(coverage: float) -> int:
    """Trials of a block: so many that 100 lie outside of the coverage interval, and at least 10^4 (7.9.4 a)."""
    return max(10_000, -(-round(100 / (1 - coverage)) // 4) * 4)


def tolerance(uncertainty: float, digits: int) -> float:
    """Half a unit of the last digit of the standard uncertainty, of which so many digits count (7.9.2)."""
    if not (uncertainty > 0 and isfinite(uncertainty)):
        return 0.0
    place = floor(log10(uncertainty)) - digits + 1
    if round(uncertainty / 10.0**place) == 10**digits:
        place += 1
    return 10.0**place / 2


def wanted_blocks(values: Floats, kind: str, coverage: float, digits: int) -> int:
    """How many blocks are needed for a result, by the trials [BLOCKS*block] of the first stage: so many that each of
    mean, standard uncertainty and both ends has a confidence interval of half the tolerance's double on either side."""
    found = []
    for part in values.reshape(BLOCKS, -1):
        mean = float(part.mean())
        ends = of_values(part, kind, coverage, mean)
        found.append((mean, float(part.std(ddof=1)), ends.low, ends.high))
    within = tolerance(float(values.std(ddof=1)), digits)
    if not within:
        return BLOCKS
    factor = coverage_factor(_SURE, BLOCKS - 1.0) / within
    spread = max(float(each) for each in np.std(found, axis=0, ddof=1))
    return max(BLOCKS, floor((spread * factor) ** 2) + 1) if isfinite(sqrt(spread)) else BLOCKS
