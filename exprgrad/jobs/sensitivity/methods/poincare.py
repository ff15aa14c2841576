"""The constant of Poincare of a distribution: the least C with Var(g(X)) <= C*E(g'(X)^2) for every function g.

It bounds total indices by derivatives (Lamboni, Iooss, Popelin and Gamboa 2013, Math. Comput. Simul. 87, 45). Where no
formula gives it, it is 1/lambda of the lowest eigenvalue above 0 of -(density*u')' = lambda*density*u between the ends,
by finite elements (Roustant, Barthe and Iooss 2017, Electron. J. Stat. 11, 3081).
"""

from __future__ import annotations

from functools import lru_cache
from math import inf

import numpy as np
from numpy.typing import NDArray

from exprgrad.distributions.distribution import Distribution

_ELEMENTS = 200
"""Intervals at equal distances, and as many at equal probabilities."""
_FAR = 1e-12
"""The probability beyond the first and the last node."""
_LOST = 1e-14
"""A probability of an interval of which rounding leaves no digits: such intervals are far out."""


@lru_cache(maxsize=64)
def poincare(distribution: Distribution) -> float:
    """The constant, in the square of the unit of the quantity; infinite where there is none, as far tails make it."""
    kind, arguments = distribution.kind, distribution.arguments
    if kind.poincare is not None and not distribution.truncated:
        return kind.poincare(*arguments)
    infinite = any(abs(end) == inf for end in distribution.ends)
    far = kind.tail(*arguments) if infinite else 0.0
    return far if far == inf else max(far, _by_elements(distribution))


def _by_elements(distribution: Distribution) -> float:
    """By linear elements with lumped masses. What they take of the density are probabilities of intervals alone, so it
    may be infinite at an end."""
    low, high = distribution.ends
    first = max(low, distribution.quantile(_FAR))
    last = min(high, distribution.quantile(1 - _FAR))
    even = np.linspace(first, last, _ELEMENTS + 1)
    likely = [distribution.quantile(k / _ELEMENTS) for k in range(1, _ELEMENTS)]
    nodes = np.unique(np.concatenate([even, [x for x in likely if first < x < last]]))
    nodes = nodes[np.r_[True, np.diff(nodes) > 1e-9 * (last - first)]]
    halves = np.sort(np.concatenate([nodes, (nodes[1:] + nodes[:-1]) / 2]))
    parts = np.diff([distribution.cumulative(float(x)) for x in halves])
    within = parts[::2] + parts[1::2]
    start, stop = _run(within > _LOST, int(within.argmax()))
    parts, within, width = parts[2 * start : 2 * stop], within[start:stop], np.diff(nodes)[start:stop]
    mass = np.convolve(np.r_[0.0, parts, 0.0], [1.0, 1.0], "valid")[::2]
    stiff = within / width**2
    root = np.sqrt(mass)
    diagonal = (np.r_[stiff, 0.0] + np.r_[0.0, stiff]) / mass
    beside = -stiff / root[:-1] / root[1:]
    matrix = np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)
    return float(1 / np.linalg.eigvalsh(matrix)[1])


def _run(kept: NDArray[np.bool_], place: int) -> tuple[int, int]:
    """Start and stop of the run of what is kept around a place."""
    lost = np.flatnonzero(~kept)
    before, after = lost[lost < place], lost[lost > place]
    return int(before[-1]) + 1 if len(before) else 0, int(after[0]) if len(after) else len(kept)
