"""A canvas of Braille dots, and the frame with numbers around it. The only import of plotille."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from exprgrad.errors import MissingError
from exprgrad.render.pictures.screen import Screen, cut
from exprgrad.render.pictures.view import clipped

try:
    import plotille  # type: ignore[import-untyped, unused-ignore]
except ImportError:
    raise MissingError("a plot on a terminal", "plotille", "plot") from None

_NARROW, _NARROWEST = 30, 8
"""Columns below which a terminal has no room for long numbers, and those of the narrowest canvas."""
_DIGITS = 4


def painted(text: str, colour: str) -> str:
    """A text in a colour of a terminal."""
    return str(plotille.color(text, fg=colour))


class Canvas:
    """A canvas from 0 to 1 in both directions, whatever the numbers are. Lines are clipped to it, because plotille
    goes along a line dot by dot, also outside of the canvas."""

    def __init__(self, canvas: Any, across: tuple[float, float], up: tuple[float, float]) -> None:
        self.width: int = canvas.width
        self.height: int = canvas.height
        self.plot: Callable[[], str] = canvas.plot
        self._canvas = canvas
        self._across = across
        self._up = up

    def line(self, start: tuple[float, float], end: tuple[float, float], color: str | None) -> None:
        part = clipped(start, end, *self._up)
        if part is not None:
            self._canvas.line(*self._at(*part[0]), *self._at(*part[1]), color=color)

    def point(self, x: float, y: float, color: str | None = None) -> None:
        self._canvas.point(*self._at(x, y), color=color)

    def text(self, x: float, y: float, text: str, color: str | None) -> None:
        self._canvas.text(*self._at(x, y), text, color=color)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return fraction(x, *self._across), fraction(y, *self._up)


def fraction(number: float, low: float, high: float) -> float:
    """Where a number lies between two others, from 0 to 1; halves, as their difference has to be finite."""
    return (number / 2 - low / 2) / (high / 2 - low / 2)


class Frame:
    """What stands around a canvas: numbers at the left, and below."""

    def __init__(self, screen: Screen, ends: tuple[float, float], margin: int = 0) -> None:
        """`ends` are the numbers at the bottom and at the top; `margin` is the least room for them."""
        digits = screen.digits or (_DIGITS if screen.columns >= _NARROW else 2)
        self.screen = screen
        self.labels = [f"{ends[1]:.{digits}g}", f"{ends[0]:.{digits}g}"]
        self.margin = max(margin, *map(len, self.labels))
        self.width = max(screen.columns - self.margin - 3, _NARROWEST)

    def canvas(self, height: int, first: float, last: float, ends: tuple[float, float]) -> Canvas:
        kwargs = {"mode": "names"} if self.screen.colours else {}
        return Canvas(plotille.Canvas(self.width, height, **kwargs), (first, last), ends)

    def around(
        self, lines: list[str], canvas: Canvas, ends: tuple[float, float], name: str, below: Iterable[str] = ()
    ) -> str:
        """The picture, below some lines and with others between it and the axis."""
        margin, width = self.margin, self.width
        rows = canvas.plot().split("\n")
        for k, row in enumerate(rows):
            label = self.labels[0] if k == 0 else self.labels[1] if k == len(rows) - 1 else ""
            lines.append(f"{label:>{margin}} ┤{row}" if label else f"{'':>{margin}} │{row}")
        lines += [f"{'':>{margin}} │{line}" for line in below]
        left, right = (f"{end:.{self.screen.digits or _DIGITS}g}" for end in ends)
        space = width - len(left) - len(right)
        room, said = self.screen.columns - margin - 2, f": {left} … {right}"
        axis = f"{left}{name:^{space}}{right}" if space > len(name) + 1 else cut(name, room - len(said)) + said
        lines.append(f"{'':>{margin}} └{'─' * width}")
        lines.append(" " * (margin + 2) + cut(axis, room))
        return "".join(f"{line.rstrip(' ⠀')}\n" for line in lines)
