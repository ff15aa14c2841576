"""What a method has to offer, so that its points can be run, doubled and resampled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from exprgrad.trials.quantiles import Floats

PILOT = 64
"""The first points, by which results are shifted and scaled."""
_BYTES = 1 << 24
"""Of the columns and results of one batch."""

Measures = dict[str, dict[str, Floats]]
"""By the name of the measure and by input, each for as many resamples as the means are of."""


class Method(Protocol):
    """A method by the means of some terms over the points."""

    cost: int
    """How often a point takes the expression."""
    rows: int
    """Points that are computed together, a power of two."""
    settled: tuple[str, ...]
    """The measures whose intervals have to be small enough."""

    def terms(self, start: int, count: int) -> Iterator[Floats]:
        """Each term [count] at the points from `start` on. `count` is `rows` or less, a power of two, and `start` a
        multiple of it."""
        ...

    def moments(self, means: Floats) -> tuple[float, float]:
        """The mean and the standard deviation of the result, of the means [terms]."""
        ...

    def measures(self, means: Floats) -> Measures:
        """The measures, of the means [terms, ...] of the terms."""
        ...


def batch_rows(columns: int) -> int:
    """Points of a batch: a power of two, so that all of so many columns take a bounded memory."""
    return min(1 << 14, max(64, 1 << (_BYTES // (8 * columns)).bit_length() - 1))
