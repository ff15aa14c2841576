"""A distribution: a kind with its arguments, perhaps truncated."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import inf, nan, sqrt
from typing import NamedTuple

from exprgrad.distributions.inverse import solve
from exprgrad.distributions.kind import Kind
from exprgrad.distributions.quadrature import integral
from exprgrad.functions.floats import float_rule
from exprgrad.functions.numerics.ieee import plain_sum
from exprgrad.text.numbers import format_number

_BELOW_1 = 1 - 2.0**-53
"""The largest probability below 1."""
_MANY = 1e5
"""Degrees of freedom from which on Student's distribution is found from the normal one."""


class Distribution(NamedTuple):
    """The distribution of one quantity. `low` and `high` cut a part out of the kind's own."""

    kind: Kind
    arguments: tuple[float, ...]
    low: float = -inf
    high: float = inf

    @property
    def truncated(self) -> bool:
        """Whether anything is cut off."""
        return self.low > -inf or self.high < inf

    @property
    def name(self) -> str:
        """The name of the kind; "truncated" where it is."""
        return f"truncated {self.kind.name}" if self.truncated else self.kind.name

    @property
    def text(self) -> str:
        """As it is written on the command line."""
        shown = [value for value in self.arguments if value == value]
        plain = f"{self.kind.name}({', '.join(map(format_number, shown))})"
        if not self.truncated:
            return plain
        return f"truncated({plain}, {format_number(self.low)}, {format_number(self.high)})"

    @property
    def ends(self) -> tuple[float, float]:
        """The interval outside of which the density is 0."""
        low, high = self.kind.ends(*self.arguments)
        return max(low, self.low), min(high, self.high)

    @property
    def symmetric(self) -> bool:
        """Whether the density is known to be symmetric about the mean."""
        return self.kind.symmetric and not self.truncated

    def mean(self) -> float:
        return self._moments()[0] if self.truncated else _bounded(self.kind.mean, self.arguments)

    def deviation(self) -> float:
        """The standard deviation; infinite where there is none."""
        return self._moments()[1] if self.truncated else _bounded(self.kind.deviation, self.arguments)

    def estimate(self) -> tuple[float, float]:
        """The estimate and the standard uncertainty that go into the law of propagation."""
        if self.kind.fit_for is not None and not self.truncated:
            return self.kind.fit_for(*self.arguments)
        return self.mean(), self.deviation()

    def density(self, x: float) -> float:
        low, high = self.ends
        return self._of("density", x) / self.probability if low <= x <= high else 0.0

    @property
    def probability(self) -> float:
        """That a quantity of the kind lies between the ends: 1 where nothing is cut off."""
        return self._mirrored()._part() if self._mirrors else self._part()

    def cumulative(self, x: float) -> float:
        """P(X <= x)"""
        low, high = self.ends
        if x >= high:
            return 1.0
        if x <= low:
            return 0.0
        if self.truncated and self._mirrors:
            return 1 - self._mirrored().cumulative(2 * self.kind.mean(*self.arguments) - x)
        return (self._of("cumulative", x) - self._below()) / self._part()

    def quantile(self, p: float) -> float:
        """The x with P(X <= x) = p, for p from 0 to 1."""
        low, high = self.ends
        if not 0 < p < 1:
            return low if p == 0 else high if p == 1 else nan
        if self.truncated and self._mirrors:
            return 2 * self.kind.mean(*self.arguments) - self._mirrored().quantile(1 - p)
        inner = min(self._below() + p * self._part(), _BELOW_1)
        if self.kind.quantile:
            found = float_rule(self.kind.quantile, (*self.kind.arguments, "p"))((*self.arguments, inner))
        elif self.kind.symmetric and inner > 0.5:  # the lower tail has all of its digits
            middle = self.kind.mean(*self.arguments)
            found = 2 * middle - self._solved(1 - inner)
        else:
            found = self._solved(inner)
        return min(max(found, low), high)

    def _of(self, what: str, x: float) -> float:
        """A formula of the kind at x."""
        names = (*self.kind.arguments, "x")
        return float_rule(getattr(self.kind, what), names)((*self.arguments, x))

    def _solved(self, p: float) -> float:
        return solve(
            lambda x: self._of("cumulative", x), lambda x: self._of("density", x), p, self.kind.ends(*self.arguments)
        )

    @property
    def _mirrors(self) -> bool:
        """Whether more is cut off below than above, of a kind whose lower tail has more digits than the upper one."""
        if not self.kind.symmetric:
            return False
        middle = self.kind.mean(*self.arguments)
        return self.low - middle > middle - self.high

    def _mirrored(self) -> Distribution:
        """The same about the mean of the kind, from right to left."""
        middle = self.kind.mean(*self.arguments)
        return self._replace(low=2 * middle - self.high, high=2 * middle - self.low)

    def _below(self) -> float:
        """The probability that is cut off at the lower end."""
        return self._of("cumulative", self.low) if self.low > self.kind.ends(*self.arguments)[0] else 0.0

    def _part(self) -> float:
        """The probability of what is left."""
        above = self._of("cumulative", self.high) if self.high < self.kind.ends(*self.arguments)[1] else 1.0
        return above - self._below()

    def _moments(self) -> tuple[float, float]:
        """Mean and standard deviation, from the quantiles: what is infinite lies at the ends."""
        low, high = self.ends
        breaks = [x for x in self.kind.breaks(*self.arguments) if low < x < high]
        places = [0.0, *sorted({self.cumulative(x) for x in breaks}), 1.0]
        parts = list(pairwise(places))
        mean = plain_sum(integral(self.quantile, *part) for part in parts)
        square = plain_sum(integral(lambda p: (self.quantile(p) - mean) ** 2, *part) for part in parts)
        return mean, sqrt(square)


def _bounded(moment: Callable[..., float], arguments: tuple[float, ...]) -> float:
    """A moment; infinite where it is beyond the floats."""
    try:
        return moment(*arguments)
    except OverflowError:
        return inf


def coverage_factor(coverage: float, dof: float = inf) -> float:
    """The k with P(|T| <= k) = coverage, where T has Student's distribution with so many degrees of freedom, or the
    normal one where they are infinite (JCGM 100:2008, G.3 and table G.2)."""
    from exprgrad.distributions.table import KINDS

    if dof > _MANY:  # the expansion of Abramowitz and Stegun, 26.7.5
        z = -Distribution(KINDS["normal"], (0.0, 1.0)).quantile((1 - coverage) / 2)
        return z + (z**3 + z) / 4 / dof + (5 * z**5 + 16 * z**3 + 3 * z) / 96 / dof / dof
    return -Distribution(KINDS["student"], (0.0, 1.0, dof)).quantile((1 - coverage) / 2)
