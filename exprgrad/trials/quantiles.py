"""Quantiles of many probabilities at once: from a table of exact ones, by cubic interpolation.

The table has 32 intervals in each octave of the probability of the nearer tail, from 1/2 down to 2^-24, as quantiles
are smooth in the logarithm of that. What lies beyond, 1 in 8 million, is computed exactly. Where the density is smooth
interpolation is off by less than 1e-8 standard deviations, far less than 1e8 trials can tell; it ascends in any case.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf

import numpy as np
from numpy.typing import NDArray

from exprgrad.distributions.distribution import Distribution
from exprgrad.functions.numerics.ieee import plain_sum

Floats = NDArray[np.float64]
_OCTAVES, _BITS = 24, 5
_SHIFT = 52 - _BITS
"""Bits of a probability below those that tell its interval."""
_LOWEST = 2.0**-_OCTAVES
_FIRST = int(np.float64(_LOWEST).view(np.int64)) >> _SHIFT
_INTERVALS = (_OCTAVES - 1) << _BITS
_NODES: Floats = (np.arange(_FIRST, _FIRST + _INTERVALS + 1) << _SHIFT).view(np.float64)
"""The ends of the intervals, from 2^-24 to 1/2."""
_STEPS = 6
"""Newton's steps for one quantile; after so many it is solved for in the slow way."""
_CLOSE = 1e-6
"""How near, of the probability of the tail, the last step may start: it ends at the square of it."""
_AHEAD = (-1.0, 4.0, -6.0, 4.0)
"""The next of four numbers at equal distances, by a cubic."""
_MUCH = 1e-3
"""A part of a distribution that is found by the whole one without losing digits."""


class Quantiles:
    """The quantile function of a distribution, for arrays."""

    def __init__(self, distribution: Distribution) -> None:
        self._distribution = distribution
        lower = _cubics(*_tail(distribution, upper=False))
        middle = 2 * distribution.quantile(0.5) if distribution.symmetric else 0.0
        upper = middle * _UNIT - lower if distribution.symmetric else _cubics(*_tail(distribution, upper=True))
        self._cubics = np.concatenate([lower, upper], axis=1)
        """The coefficients [4, 2*intervals] of a cubic in the probability of the tail, for each interval."""

    def __call__(self, probabilities: Floats) -> Floats:
        """The quantiles [n] of probabilities [n] above 0 and below 1."""
        above = probabilities > 0.5
        tail = np.minimum(probabilities, 1.0 - probabilities)
        place = tail.view(np.int64) >> _SHIFT
        place -= _FIRST
        far = np.flatnonzero(place < 0)
        np.clip(place, 0, _INTERVALS - 1, out=place)
        place += above * np.int64(_INTERVALS)
        found: Floats = self._cubics[3].take(place)
        for row in (2, 1, 0):
            found *= tail
            found += self._cubics[row].take(place)
        for index in far.tolist():
            found[index] = self._distribution.quantile(float(probabilities[index]))
        return found


_UNIT = np.array([[1.0], [0.0], [0.0], [0.0]])


@lru_cache(maxsize=32)
def quantiles(distribution: Distribution) -> Quantiles:
    """The table of a distribution, which is made once."""
    return Quantiles(distribution)


def _tail(distribution: Distribution, *, upper: bool) -> tuple[Floats, Floats]:
    """The quantiles at the nodes of a tail, and their derivatives with respect to its probability."""
    sign = -1.0 if upper else 1.0
    nodes = _NODES.tolist()[::-1]
    probabilities = [1 - tail if upper else tail for tail in nodes]
    if distribution.kind.quantile:
        places = [distribution.quantile(p) for p in probabilities]
    else:
        places = _followed(distribution, nodes, probabilities)
    densities = [distribution.density(x) for x in places]
    slopes = [sign / density if density > 0 else sign * inf for density in densities]
    return np.array(places[::-1]), np.array(slopes[::-1])


def _followed(distribution: Distribution, tails: list[float], probabilities: list[float]) -> list[float]:
    """Quantiles where no formula gives them: Newton's steps, from where the ones before lead to."""
    whole, below, part = distribution, 0.0, 1.0
    if distribution.truncated and distribution.probability > _MUCH:
        whole, part = distribution._replace(low=-inf, high=inf), distribution.probability
        below = whole.cumulative(distribution.low)
    low, high = distribution.ends
    x = distribution.quantile(probabilities[0])
    found = [x]
    for k in range(1, len(tails)):
        p, scale = below + part * probabilities[k], part * tails[k]
        guess = plain_sum(c * y for c, y in zip(_AHEAD, found[-4:], strict=True)) if k > 4 else x
        x = guess if low < guess < high else x
        for _ in range(_STEPS):
            density = whole.density(x)
            off = whole.cumulative(x) - p
            if not (density > 0 and low < x - off / density < high):
                x = distribution.quantile(probabilities[k])
                break
            x -= off / density
            if abs(off) <= _CLOSE * scale:
                break
        else:
            x = distribution.quantile(probabilities[k])
        found.append(x)
    return found


def _cubics(places: Floats, slopes: Floats) -> Floats:
    """The coefficients [4, intervals] of Hermite's cubics. A slope beyond three times that of a chord beside it is
    brought to it, so that they ascend (Fritsch and Carlson 1980, SIAM J. Numer. Anal. 17)."""
    width = np.diff(_NODES)
    chord = np.diff(places) / width
    left, right = np.r_[chord[:1], chord], np.r_[chord, chord[-1:]]
    steepest = 3 * np.minimum(abs(left), abs(right))
    slopes = np.where(abs(slopes) <= steepest, slopes, np.sign(chord.sum()) * steepest)
    first, last = slopes[:-1], slopes[1:]
    square = (3 * chord - 2 * first - last) / width
    cube = (first + last - 2 * chord) / width**2
    start = _NODES[:-1]  # from powers of (p - start) to powers of p: an interval is no longer than 1/32 of its start
    return np.array(
        [
            places[:-1] + start * (-first + start * (square - start * cube)),
            first + start * (-2 * square + 3 * start * cube),
            square - 3 * start * cube,
            cube,
        ]
    )
