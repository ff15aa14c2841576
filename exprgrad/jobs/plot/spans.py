"""The ranges that curves are drawn over, and the points along them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log, prod
from typing import NamedTuple

from exprgrad.errors import LimitError, UsageError

MOST = 1_000_000
"""Points of a plot."""
_ALONG, _SIDE = 501, 81
"""Points along a curve, and along each side of a grid, where the user does not say how many: odd, so that the
middle is among them."""


class Span(NamedTuple):
    """The first and the last number of a range, or all of them, where the user gives the `steps`."""

    first: float
    last: float
    steps: Sequence[float] | None = None

    def spread(self, count: int | None, otherwise: int, *, logarithmic: bool = False) -> Sequence[float]:
        """`count` numbers, with both ends; without a count the `steps`, or if there are none, `otherwise` numbers.
        They are evenly spread on the axis, which may be `logarithmic`."""
        if self.steps and not count:
            return self.steps
        count, first, last = count or otherwise, self.first, self.last
        if logarithmic:
            inner = Span(log(first), log(last)).spread(count, otherwise)[1:-1]
            return [first, *map(exp, inner), last]
        return [first + (last - first) * (k / (count - 1)) for k in range(count - 1)] + [last]


def spread(ranges: Mapping[str, Span], points: int | None, *, logarithmic: bool) -> dict[str, Sequence[float]]:
    """The points along each range. Raises LimitError for too many, UsageError for a range that no logarithms have."""
    otherwise = _ALONG if len(ranges) == 1 else _SIDE
    total = prod(points or len(span.steps or ()) or otherwise for span in ranges.values())
    if total > MOST:
        raise LimitError(f"a plot of {total:,} points: the limit is {MOST:,}", hint="give fewer --points")
    for name, span in ranges.items():
        least, most = min(span.steps or span[:2]), max(span.steps or span[:2])
        if logarithmic and not least > 0:
            hint = f"give a range above 0, as --{name} {most / 1000 if most > 0 else 0.1:g}:{max(most, 1):g}"
            raise UsageError(f"the range of {name} begins at {least:g}, where --log x has no place", hint=hint)
    return {name: span.spread(points, otherwise, logarithmic=logarithmic) for name, span in ranges.items()}
