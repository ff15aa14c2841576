"""A value with its standard uncertainty, and what both come from."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, inf, sqrt
from typing import NamedTuple

from exprgrad.distributions.distribution import Distribution
from exprgrad.distributions.table import KINDS

EXACT = "exact"


class Uncertain(NamedTuple):
    """An input: its estimate, its standard uncertainty, and the degrees of freedom of the latter."""

    value: float
    uncertainty: float = 0.0
    dof: float = inf
    distribution: Distribution | None = None
    """None of a number that is exact."""
    readings: tuple[float, ...] = ()
    """Those that it is the mean of, in their order."""

    @property
    def is_exact(self) -> bool:
        return self.distribution is None

    @property
    def name(self) -> str:
        """The name of the distribution; "exact" where there is none."""
        return EXACT if self.distribution is None else self.distribution.name


def normal(value: float, uncertainty: float, dof: float = inf) -> Uncertain:
    """An estimate and its standard uncertainty; of finitely many degrees of freedom it is Student's (JCGM 101:2008,
    6.4.9). An uncertainty of 0 makes it exact."""
    if uncertainty == 0:
        return Uncertain(value)
    if dof < inf:
        return Uncertain(value, uncertainty, dof, Distribution(KINDS["student"], (value, uncertainty, dof)))
    return Uncertain(value, uncertainty, inf, Distribution(KINDS["normal"], (value, uncertainty)))


def drawn(distribution: Distribution, dof: float = inf) -> Uncertain:
    """A quantity of this distribution."""
    value, uncertainty = distribution.estimate()
    if distribution.kind.name == "student" and not distribution.truncated and dof == inf:
        dof = distribution.arguments[2]
    return Uncertain(value, uncertainty, dof, distribution)


def observed(readings: Sequence[float]) -> Uncertain:
    """The mean of at least two readings, with s/sqrt(n) and n - 1 degrees of freedom (JCGM 100:2008, 4.2)."""
    count = len(readings)
    first = readings[0]  # so that readings which differ in their last digits keep these
    mean = first + fsum(value - first for value in readings) / count
    square = fsum((value - mean) ** 2 for value in readings) / (count - 1)
    return normal(mean, sqrt(square / count), count - 1.0)._replace(readings=tuple(readings))
