"""Shares as bars, and their look on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import NamedTuple

from exprgrad.functions.numerics.ieee import plain_sum
from exprgrad.render.pictures.screen import Screen, cut, plain
from exprgrad.text.numbers import percent

MOST = 20
"""Bars that are drawn; of more the last ones are added up in one."""
_EIGHTHS = " ▏▎▍▌▋▊▉"
_NARROWEST = 4


class Bar(NamedTuple):
    """A share: 1 is the whole. It can be negative."""

    label: str
    share: float

    @property
    def text(self) -> str:
        return percent(self.share)


class Bars(NamedTuple):
    """Shares of one whole, from the top to the bottom."""

    title: str
    bars: tuple[Bar, ...]

    @property
    def ends(self) -> tuple[float, float]:
        """The range that all bars lie in, with 0."""
        shares = [bar.share for bar in self.bars]
        return min(0.0, *shares), max(0.0, *shares) or 1.0


def bars_of(title: str, shares: Sequence[tuple[str, float]]) -> Bars | None:
    """The bars of shares in their order; None where there are none to draw."""
    found = [Bar(*each) for each in shares if isfinite(each[1])]
    if len(found) > MOST:
        rest = found[MOST - 1 :]
        found = [*found[: MOST - 1], Bar(f"{len(rest)} others", plain_sum(bar.share for bar in rest))]
    return Bars(title, tuple(found)) if any(bar.share for bar in found) else None


def characters(bars: Bars, screen: Screen, paint: Callable[[str], str] = str) -> str:
    """Lines of blocks, which have eighths to the right and halves to the left. `paint` gives a bar its colour."""
    margin = min(max(len(bar.label) for bar in bars.bars), max(screen.columns // 3, 1))
    number = max(len(bar.text) for bar in bars.bars)
    width = max(screen.columns - margin - number - 3, _NARROWEST)
    low, high = bars.ends
    left = round(width * -low / (high - low))
    if low < 0:
        left = min(max(left, 1), width - 1)
    scale = min((width - left) / high, left / -low) if low < 0 else (width - left) / high
    lines = [cut(bars.title, screen.columns)]
    for bar in bars.bars:
        size = bar.share * scale
        before, after = (_to_left(-size), "") if size < 0 else ("", _to_right(size))
        drawn = f"{before:>{left}}│{after:<{width - left}}"
        name = bar.label if len(bar.label) <= margin else f"{bar.label[: margin - 1]}…"
        lines.append(f"{name:<{margin}} {paint(drawn)} {bar.text:>{number}}")
    text = "".join(f"{line}\n" for line in lines)
    return text if screen.unicode else "".join(map(plain, text))


def _to_right(size: float) -> str:
    """A bar from the left; what is not 0 is seen."""
    eighths = max(round(8 * size), 1 if size else 0)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _to_left(size: float) -> str:
    halves = max(round(2 * size), 1)
    return "▐" * (halves % 2) + "█" * (halves // 2)
