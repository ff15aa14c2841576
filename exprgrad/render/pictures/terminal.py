"""Curves and panels on a terminal, in dots of Braille. The only import of plotille."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from typing import Any, NamedTuple

from exprgrad.columns.values import Column
from exprgrad.errors import MissingError
from exprgrad.jobs.plot.result import Curves
from exprgrad.render.pictures.look import PLAIN, Look, number, panels, placed
from exprgrad.render.pictures.panels import Layer, Panel, View, places, unbroken, views
from exprgrad.render.pictures.view import LARGEST, clipped, heights, strokes

try:
    import plotille  # type: ignore[import-untyped, unused-ignore]
except ImportError:
    raise MissingError("a plot on a terminal", "plotille", "plot") from None

_COLOURS = ("cyan", "magenta", "green", "red", "bright_blue")
"""Colours that are read on white and on black: no yellow, no bright cyan, no dark blue."""
_NARROW, _NARROWEST = 30, 8
"""Columns below which a terminal has no room for long numbers, and those of the narrowest canvas."""
_DIGITS = 4
_FEW = 200
"""Up to so many dots, each is drawn as a character of its own."""
_BRAILLE = 0x2800
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_TOP, _MIDDLE, _BOTTOM = 0b00001001, 0b00110110, 0b11000000


class Screen(NamedTuple):
    """Where the plot is shown."""

    columns: int
    lines: int
    colours: bool
    unicode: bool
    """Whether it can show Braille; else dots, colons and quotes stand for it."""
    digits: int | None = None
    """Significant digits of the numbers at the axes; by default 4, or 2 where there is little room."""


def plot(result: Curves, screen: Screen, look: Look = PLAIN) -> str:
    """The curves in one picture, by colour; in pictures of their own where there are no colours, or where one would be
    lost beside another."""
    drawn = placed(result, look)
    alone = [[k] for k in range(len(drawn.curves))]
    groups = panels(drawn.curves) if screen.colours else alone
    height = max(screen.lines // len(groups), 4)
    pictures = [_picture(result, drawn, group, screen, look, height) for group in groups]
    if look.title:
        pictures[0] = f"{_cut(look.title, screen.columns)}\n{pictures[0]}"
    return _shown(pictures, screen)


def plot_panels(shown: Sequence[Panel], screen: Screen) -> str:
    """The panels one below the other; those after the first are half as high, unless they stand apart."""
    together = sum(not panel.apart for panel in shown)
    lines = 2 * screen.lines // (together + 1)
    heights = [max(lines if k == 0 or panel.apart else lines // 2, 4) for k, panel in enumerate(shown)]
    dotted = any(layer.kind == "dots" for panel in shown for layer in panel.layers)
    seen = views(shown, air=0.03 if dotted else 0.0)
    ends = [
        (10**one.low, 10**one.high) if panel.logarithmic else (one.low, one.high)
        for panel, one in zip(shown, seen, strict=True)
    ]
    margin = max(_Frame(screen, pair).margin for pair in ends)
    frames = [_Frame(screen, pair, margin) for pair in ends]
    return _shown(map(_panel, shown, seen, frames, heights), screen)


def _shown(pictures: Iterable[str], screen: Screen) -> str:
    text = "\n".join(pictures)
    return text if screen.unicode else "".join(map(_plain, text))


def _picture(result: Curves, drawn: Curves, group: list[int], screen: Screen, look: Look, height: int) -> str:
    """Some of the curves. What is drawn is in the coordinates of the picture."""
    dots = drawn.dots if 0 in group else None
    shown = [drawn.curves[k].values for k in group]
    low, high = heights(shown, air=0.0)
    if dots is not None:
        low, high = _around(dots.values, low, high)
    frame = _Frame(screen, (number(low, look.log_y), number(high, look.log_y)))
    first, last = float(drawn.points[0]), float(drawn.points[-1])
    if dots is not None:
        first, last = _around(dots.points, first, last)
    canvas = frame.canvas(height, first, last, (low, high))
    lines = [_cut(look.up, screen.columns)] if look.up and (0 in group or not screen.colours) else []
    for k in group:
        colour = _COLOURS[k % len(_COLOURS)] if screen.colours else None
        label = result.curves[k].label
        if k == 0 and result.title:
            label = result.title
        if not (look.title and len(result.curves) == 1):
            lines += _wrapped(label, screen.columns - 3, colour)
        for stroke in strokes(drawn.points, drawn.curves[k].values, low, high):
            for start, end in zip(stroke, stroke[1:] or stroke, strict=False):
                canvas.line(start, end, colour)
    if dots is not None:
        layer = Layer("dots", dots.label, dots.points, dots.values)
        colour = _COLOURS[len(result.curves) % len(_COLOURS)] if screen.colours else None
        lines += _wrapped(f"• {dots.label}", screen.columns - 3, colour)
        _draw(canvas, Panel("", "", "", (layer,)), layer, View(first, last, low, high), colour)
    ends = number(first, look.log_x), number(last, look.log_x)
    across = look.across if look.across is not None else result.variable
    return frame.around(lines, canvas, ends, across + _SCALES[look.log_x, look.log_y])


_SCALES = {(False, False): "", (True, False): " (log)", (False, True): " (log y)", (True, True): " (log x, y)"}
"""What is said of logarithmic axes."""


def _around(values: Column, low: float, high: float) -> tuple[float, float]:
    """A view that has all numbers, too."""
    finite = [float(value) for value in values if isfinite(value) and abs(value) <= LARGEST]
    return min([low, *finite]), max([high, *finite])


def _panel(panel: Panel, seen: View, frame: _Frame, height: int) -> str:
    screen = frame.screen
    canvas = frame.canvas(height, seen.left, seen.right, (seen.low, seen.high))
    title = panel.up + (" (logarithmic scale)" if panel.logarithmic else "")
    if panel.title:
        title = panel.title if panel.title.startswith(title) else f"{title}: {panel.title}"
    lines = [_cut(title, screen.columns)]
    if panel.level and seen.low < 0 < seen.high:
        for k in range(0, frame.width, 2):
            canvas.point(seen.left + (seen.right - seen.left) * k / frame.width, 0.0)
    for k, layer in sorted(enumerate(panel.layers), key=lambda item: _large(item[1])):
        colour = _COLOURS[k % len(_COLOURS)] if screen.colours else None
        if len(panel.layers) > 1 and screen.colours:
            lines += _wrapped(layer.label, screen.columns - 3, colour)
        _draw(canvas, panel, layer, seen, colour)
    if len(panel.layers) > 1 and not screen.colours:
        lines.append(_cut(", ".join(layer.label for layer in panel.layers), screen.columns))
    return frame.around(lines, canvas, (seen.left, seen.right), panel.across)


def _draw(canvas: _Canvas, panel: Panel, layer: Layer, seen: View, colour: str | None) -> None:
    """A layer on the canvas; of a band the edges, dotted."""
    if layer.kind == "line":
        for stroke in unbroken(panel, layer):
            for start, end in zip(stroke, stroke[1:] or stroke, strict=False):
                canvas.line(start, end, colour)
        return
    found = places(panel, layer)
    if layer.kind == "band":
        step = max(len(found) // canvas.width, 1) * 2
        found = found[::step] + places(panel, layer, layer.high)[::step]
    right = seen.right - 0.6 * (seen.right - seen.left) / (2 * canvas.width)  # characters on an edge would be outside
    top = seen.high - 0.6 * (seen.high - seen.low) / (4 * canvas.height)
    for x, y in filter(None, found):
        if not seen.low <= y <= seen.high:
            continue
        if _large(layer):
            canvas.text(min(x, right), min(y, top), "•", color=colour)
        else:
            canvas.point(x, y, color=colour)


def _large(layer: Layer) -> bool:
    """Whether there are so few dots that each is drawn large, in front of the curve."""
    return layer.kind == "dots" and len(layer.points) <= _FEW


class _Canvas:
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
        return _fraction(x, *self._across), _fraction(y, *self._up)


def _fraction(number: float, low: float, high: float) -> float:
    """Where a number lies between two others, from 0 to 1; halves, as their difference has to be finite."""
    return (number / 2 - low / 2) / (high / 2 - low / 2)


class _Frame:
    """What stands around a canvas: numbers at the left, and below."""

    def __init__(self, screen: Screen, ends: tuple[float, float], margin: int = 0) -> None:
        """`ends` are the numbers at the bottom and at the top; `margin` is the least room for them."""
        digits = screen.digits or (_DIGITS if screen.columns >= _NARROW else 2)
        self.screen = screen
        self.labels = [f"{ends[1]:.{digits}g}", f"{ends[0]:.{digits}g}"]
        self.margin = max(margin, *map(len, self.labels))
        self.width = max(screen.columns - self.margin - 3, _NARROWEST)

    def canvas(self, height: int, first: float, last: float, ends: tuple[float, float]) -> _Canvas:
        kwargs = {"mode": "names"} if self.screen.colours else {}
        return _Canvas(plotille.Canvas(self.width, height, **kwargs), (first, last), ends)

    def around(self, lines: list[str], canvas: _Canvas, ends: tuple[float, float], name: str) -> str:
        """The picture, below some lines."""
        margin, width = self.margin, self.width
        rows = canvas.plot().split("\n")
        for k, row in enumerate(rows):
            label = self.labels[0] if k == 0 else self.labels[1] if k == len(rows) - 1 else ""
            lines.append(f"{label:>{margin}} ┤{row}" if label else f"{'':>{margin}} │{row}")
        left, right = (f"{end:.{self.screen.digits or _DIGITS}g}" for end in ends)
        space = width - len(left) - len(right)
        axis = f"{left}{name:^{space}}{right}" if space > len(name) + 1 else f"{name}: {left} … {right}"
        lines.append(f"{'':>{margin}} └{'─' * width}")
        lines.append(" " * (margin + 2) + axis)
        return "".join(f"{line.rstrip(' ⠀')}\n" for line in lines)


def _cut(text: str, width: int) -> str:
    width = max(width, 8)
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _wrapped(label: str, width: int, colour: str | None) -> list[str]:
    """The lines of the legend for a curve."""
    text = _cut(label, width)
    return [f"{plotille.color('━━', fg=colour)} {text}"] if colour else [text]


def _plain(character: str) -> str:
    """A character in ASCII: dots above the middle are a quote, below it a point."""
    dots = ord(character) - _BRAILLE
    if 0 <= dots < 256:
        if not dots:
            return " "
        above, below = bool(dots & (_TOP | 0b00010010)), bool(dots & (_BOTTOM | 0b00100100))
        return ":" if above and below else "'" if above else "."
    if character in _RAISED:
        return str(_RAISED.index(character))
    return {"┤": "+", "│": "|", "└": "+", "─": "-", "━": "-", "…": "~", "•": "o"}.get(
        character, character if character.isascii() else "?"
    )
