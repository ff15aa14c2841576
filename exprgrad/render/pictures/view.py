"""How much of a curve is shown: where it is finite, and up to the height of most of its points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite, log10

from exprgrad.columns.values import Column

LARGEST = 1e300
"""Larger numbers are cut: distances in a picture have to be finite, too."""
_DECADES = 2.0
"""Numbers that span more decades are drawn on a logarithmic scale."""
_STEEP = 8.0
"""A curve that is so many times as high as its middle nine tenths has poles: they are cut."""


def heights(columns: Iterable[Column], air: float = 0.05, *, cut_poles: bool = True) -> tuple[float, float]:
    """The lowest and the highest number to show: those of all finite numbers, with poles cut where that is asked for,
    and `air` on both sides, as a fraction of their distance."""
    numbers = sorted(max(-LARGEST, min(float(x), LARGEST)) for column in columns for x in column if isfinite(x))
    if not numbers:
        return -1.0, 1.0
    low, high = numbers[0], numbers[-1]
    cut = len(numbers) // 20
    inner = numbers[len(numbers) - 1 - cut] - numbers[cut]
    if cut_poles and inner > 0 and high - low > _STEEP * inner:
        low, high = max(low, numbers[cut] - inner / 2), min(high, numbers[-1 - cut] + inner / 2)
    constant = not high - low > 1e-12 * max(abs(low), abs(high))  # up to rounding
    room = (abs(low) / 2 or 1.0) if constant else (high - low) * air
    return max(low - room, -LARGEST), min(high + room, LARGEST)


def strokes(points: Column, values: Column, low: float, high: float) -> Iterator[list[tuple[float, float]]]:
    """A curve as strokes without gaps: one ends where the curve is not finite, and at a pole, where the curve
    crosses half of the view from one point to the next."""
    stroke: list[tuple[float, float]] = []
    for x, value in zip(points, values, strict=True):
        y = float(value)
        if stroke and (not isfinite(y) or _jumps(stroke[-1][1], y, low, high)):
            yield stroke
            stroke = []
        if isfinite(y):
            stroke.append((float(x), y))
    if stroke:
        yield stroke


def _jumps(before: float, after: float, low: float, high: float) -> bool:
    """Whether a curve leaves the view on one side and comes back from the other, through half of it."""
    lower, upper = min(before, after), max(before, after)
    middle = (low + high) / 2
    return (lower < low or upper > high) and lower < middle < upper and upper - lower > (high - low) / 2


def clipped(
    start: tuple[float, float], end: tuple[float, float], low: float, high: float
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The part of a line between two heights (Liang and Barsky 1984, ACM Trans. Graph. 3); None if there is none."""
    (x, y), (u, v) = start, end
    if max(y, v) < low or min(y, v) > high:
        return None

    def at(height: float) -> tuple[float, float]:
        fraction = (height / 2 - y / 2) / (v / 2 - y / 2)  # halves: their difference is finite
        return x + (u - x) * fraction, height

    first, last = (at(low if end_y < low else high) if not low <= end_y <= high else None for end_y in (y, v))
    return first or start, last or end


def thinned(points: Column, count: int) -> Sequence[int]:
    """The indices of at most so many points, evenly spread, the last among them."""
    size = len(points)
    return range(size) if size <= count else [round(k * (size - 1) / (count - 1)) for k in range(count)]


def spans_decades(values: Iterable[float]) -> bool:
    """Whether numbers are positive, and so far apart that most would lie on one line."""
    finite = [float(value) for value in values if isfinite(value)]
    return bool(finite) and min(finite) > 0 and log10(max(finite)) - log10(min(finite)) > _DECADES
