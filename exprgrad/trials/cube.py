"""Points that fill a cube more evenly than random ones: a Latin hypercube, and Sobol' points."""

from __future__ import annotations

import warnings

import numpy as np

from exprgrad.errors import LimitError
from exprgrad.trials.philox import uniforms
from exprgrad.trials.quantiles import Floats

MOST = 50_000_000
"""Coordinates of a Latin hypercube, which is held in memory."""
DIMENSIONS = 21_201
"""The most that there are direction numbers for (Joe and Kuo 2008, SIAM J. Sci. Comput. 30, 2635)."""
_BELOW_1 = 1 - 2.0**-53
_BITS = 32


class Latin:
    """A Latin hypercube: along each side, each of `count` equal intervals has one point, at a random place in it
    (McKay, Beckman and Conover 1979, Technometrics 21, 239). Raises LimitError for too many points."""

    def __init__(self, dimensions: int, count: int, seed: int) -> None:
        if dimensions * count > MOST:
            limit = (
                f"a Latin hypercube of {count:,} rows with {dimensions} variables; the limit is {MOST // dimensions:,}"
            )
            raise LimitError(limit, hint="--design sobol streams more")
        self._columns = [_strata(count, seed, 2 * place) for place in range(dimensions)]

    def columns(self, start: int, stop: int) -> list[Floats]:
        """The coordinates of the points from `start` up to `stop`, above 0 and below 1."""
        return [column[start:stop] for column in self._columns]


def _strata(count: int, seed: int, stream: int) -> Floats:
    """A coordinate: the intervals in an order that one stream of numbers gives, places in them that the next gives."""
    order = np.argsort(uniforms(seed, stream, 0, count), kind="stable")
    found: Floats = (order + uniforms(seed, stream + 1, 0, count)) / count
    return np.minimum(found, _BELOW_1, out=found)


class Sobol:
    """Sobol' points, scrambled: their digits by a random matrix and a random shift (Matousek 1998, J. Complexity 14,
    527), so that each point is uniform, and means over them vary as with the scrambling of Owen. There are 2^32."""

    def __init__(self, dimensions: int, seed: int) -> None:
        if dimensions > DIMENSIONS:
            raise LimitError(f"Sobol' points with {dimensions:,} variables; the limit is {DIMENSIONS:,}")
        from scipy.stats import qmc

        bits = np.random.Generator(np.random.Philox(seed))
        self._points = qmc.Sobol(dimensions, scramble=True, bits=_BITS, seed=bits)
        self._next = 0

    def columns(self, start: int, stop: int) -> list[Floats]:
        """See `Latin.columns`. The points follow one another: to begin before the last ones starts anew."""
        if start < self._next:
            self._points.reset()
            self._next = 0
        if start > self._next:
            self._points.fast_forward(start - self._next)
        self._next = stop
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that the whole number of points is no power of two
            found = self._points.random(stop - start)
        found += 2.0 ** -(_BITS + 1)
        return [np.ascontiguousarray(column) for column in found.T]
