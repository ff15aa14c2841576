"""What a method has to offer, so that its points can be run, doubled and resampled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from exprgrad.trials.quantiles import Floats

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
