"""The course of some numbers as a line of blocks: ▇▅▃▂▂▁▁▁."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite, log10

from exprgrad.render.pictures.view import spans_decades, thinned

_BLOCKS = "▁▂▃▄▅▆▇█"
_WIDTH = 16


class Course:
    """Numbers, added as they come; of many, every n-th is kept."""

    def __init__(self) -> None:
        self._kept: list[float] = []
        self._stride = 1
        self._seen = 0
        self._last = 0.0

    def add(self, value: float) -> None:
        if self._seen % self._stride == 0:
            self._kept.append(value)
            if len(self._kept) > 4 * _WIDTH:
                self._kept, self._stride = self._kept[::2], 2 * self._stride
        self._seen += 1
        self._last = value

    def __str__(self) -> str:
        return sparkline([*self._kept, self._last]) if self._seen else ""


def sparkline(values: Sequence[float], width: int = _WIDTH) -> str:
    """At most so many blocks, from the lowest to the highest; by their logarithms where the numbers span decades."""
    finite = [value for value in values if isfinite(value)]
    numbers = [finite[k] for k in thinned(finite, width)]
    if spans_decades(numbers):
        numbers = [log10(value) for value in numbers]
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    if not 0 < high - low < inf:
        return _BLOCKS[0] * len(numbers)
    return "".join(_BLOCKS[round((len(_BLOCKS) - 1) * (number - low) / (high - low))] for number in numbers)
