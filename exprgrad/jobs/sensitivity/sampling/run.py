"""A method run over its points: so many, or as many as its intervals take."""

from __future__ import annotations

from math import isfinite, sqrt
from typing import NamedTuple

import numpy as np

from exprgrad.distributions.distribution import coverage_factor
from exprgrad.jobs.sensitivity.request import MOST, Request
from exprgrad.jobs.sensitivity.result import Index
from exprgrad.jobs.sensitivity.sampling.blocks import BLOCKS, Blocks
from exprgrad.jobs.sensitivity.sampling.method import Method

_FIRST = 1 << 12
"""Points that `auto` begins with."""
EFFORT = 1 << 29
"""How often `auto` computes the expression at the most."""

Found = dict[str, dict[str, Index]]


class Run(NamedTuple):
    """What came of it."""

    measures: Found
    n: int
    mean: float
    standard_deviation: float
    reached: float
    """Half of the longest interval of those that have to be small."""


def run(method: Method, request: Request) -> Run:
    """The measures with their intervals. Raises NumbersError where the result has no variance, or is not finite at a
    point."""
    blocks = Blocks(method, request.threads)
    if request.points is not None:
        blocks.run(request.points)
        return _found(blocks, method, request)
    n = _FIRST
    while True:
        blocks.run(n)
        found = _found(blocks, method, request)
        if found.reached <= request.tolerance or 2 * n * method.cost > EFFORT or n >= MOST:
            return found
        n *= 2


def _found(blocks: Blocks, method: Method, request: Request) -> Run:
    mean, size = method.moments(blocks.means)
    values, resampled = blocks.measures(), blocks.resampled(request.seed)
    # blocks are few: Student's distribution for the normal one, and the deviation of a sample for that of all
    wider = coverage_factor(request.coverage, BLOCKS - 1.0) / coverage_factor(request.coverage)
    wider *= sqrt(BLOCKS / (BLOCKS - 1))
    outside = (1 - request.coverage) / 2
    found: Found = {}
    for name, each in values.items():
        found[name] = {}
        for key, value in each.items():
            several = resampled[name][key]
            several = several[np.isfinite(several)]
            if not isfinite(value) or not len(several):
                found[name][key] = Index(value, value, value)
                continue
            low, high = map(float, np.quantile(several, (outside, 1 - outside)))
            found[name][key] = Index(value, value + wider * (low - value), value + wider * (high - value))
    wanted = [index for name in method.settled for index in found[name].values() if isfinite(index.value)]
    reached = max(((index.high - index.low) / 2 for index in wanted), default=0.0)
    return Run(found, blocks.n, mean, size, reached)
