"""Points that fill a cube more evenly than random ones do: a Latin hypercube."""

from __future__ import annotations

import numpy as np

from exprgrad.errors import LimitError
from exprgrad.trials.philox import uniforms
from exprgrad.trials.quantiles import Floats

MOST = 50_000_000
"""Coordinates of a Latin hypercube, which is held in memory."""
_BELOW_1 = 1 - 2.0**-53


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
