"""What trials tell of a result, and whether the linear law may be used for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Propagated(NamedTuple):
    """One result."""

    mean: float
    standard_uncertainty: float
    low: float
    """The coverage interval."""
    high: float
    low_error: float
    """The standard errors of its ends: what another seed would change."""
    high_error: float
    tolerance: float
    """Half a unit of the last digit of the standard uncertainty that counts (JCGM 101:2008, 7.9.2)."""
    low_difference: float
    """From the ends of the interval by the linear law (8.1); nan where that law gives none."""
    high_difference: float
    linear_valid: bool
    """Whether neither difference is beyond the tolerance."""


class Density(NamedTuple):
    """How dense the trials lie."""

    edges: tuple[float, ...]
    """[n + 1], in ascending order; none where all trials are alike."""
    heights: tuple[float, ...]
    """[n]: the part of the trials between an edge and the next one, per unit of the result."""


class MonteCarlo(NamedTuple):
    """The results by name, from the same trials."""

    trials: int
    wanted: int
    """How many the digits take, by --montecarlo auto."""
    seed: int
    interval: str
    """Which interval of the coverage it is: probabilistic, shortest or symmetric."""
    digits: int
    stable: bool
    """Whether the numbers hold to the tolerance: twice their standard errors do, or auto took what it needed."""
    resolution: float
    """By how much an end of an interval may be off because numbers were counted in bins; 0 where all were kept."""
    results: Mapping[str, Propagated]
    covariance: Mapping[str, Mapping[str, float]]
    conforming: Mapping[str, float] = {}
    """The part of the trials within its limits, of each result that has some."""
    densities: Mapping[str, Density] = {}
    """Of the results by name, for pictures."""

    @property
    def only(self) -> Propagated:
        """The result of an expression that has one."""
        (found,) = self.results.values()
        return found
