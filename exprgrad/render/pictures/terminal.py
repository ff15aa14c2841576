"""Curves, panels and bars on a terminal, in dots of Braille and in blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite

from exprgrad.columns.values import Column
from exprgrad.jobs.plot.result import Curves
from exprgrad.render.pictures.bars import Bars, characters
from exprgrad.render.pictures.canvas import Canvas, Frame, fraction, painted
from exprgrad.render.pictures.look import PLAIN, Look, number, panels, placed
from exprgrad.render.pictures.panels import Layer, Panel, View, goes_on, places, unbroken, views
from exprgrad.render.pictures.screen import Screen, cut, plain
from exprgrad.render.pictures.view import LARGEST, heights, strokes

_COLOURS = ("cyan", "magenta", "green", "red", "bright_blue")
"""Colours that are read on white and on black: no yellow, no bright cyan, no dark blue."""
_FEW = 200
"""Up to so many dots, each is drawn as a character of its own."""


def plot(result: Curves, screen: Screen, look: Look = PLAIN) -> str:
    """The curves in one picture, by colour; in pictures of their own where there are no colours, or where one would be
    lost beside another."""
    drawn = placed(result, look)
    alone = [[k] for k in range(len(drawn.curves))]
    groups = panels(drawn.curves) if screen.colours else alone
    height = max(screen.lines // len(groups), 4)
    pictures = [_picture(result, drawn, group, screen, look, height) for group in groups]
    if look.title:
        pictures[0] = f"{cut(look.title, screen.columns)}\n{pictures[0]}"
    return _shown(pictures, screen)


def plot_pictures(shown: Sequence[Panel | Bars], screen: Screen) -> str:
    """The pictures one below the other; panels that go on with the axis of the one above are half as high."""
    groups: list[list[Panel | Bars]] = []
    for k, picture in enumerate(shown):
        if goes_on(shown, k):
            groups[-1].append(picture)
        else:
            groups.append([picture])
    return "\n".join(_group(group, screen) for group in groups)


def _group(group: list[Panel | Bars], screen: Screen) -> str:
    """Bars, or panels with one horizontal axis."""
    shown = [picture for picture in group if isinstance(picture, Panel)]
    if not shown:
        paint = (lambda text: painted(text, _COLOURS[0])) if screen.colours else str
        return "\n".join(characters(bars, screen, paint) for bars in group if isinstance(bars, Bars))
    lines = 2 * screen.lines // (len(shown) + 1)
    heights = [max(lines if k == 0 else lines // 2, 4) for k in range(len(shown))]
    dotted = any(layer.kind == "dots" for panel in shown for layer in panel.layers)
    seen = views(shown, air=0.03 if dotted else 0.0)
    ends = [
        (10**one.low, 10**one.high) if panel.logarithmic else (one.low, one.high)
        for panel, one in zip(shown, seen, strict=True)
    ]
    margin = max(Frame(screen, pair).margin for pair in ends)
    frames = [Frame(screen, pair, margin) for pair in ends]
    return _shown(map(_panel, shown, seen, frames, heights), screen)


def _shown(pictures: Iterable[str], screen: Screen) -> str:
    text = "\n".join(pictures)
    return text if screen.unicode else "".join(map(plain, text))


def _picture(result: Curves, drawn: Curves, group: list[int], screen: Screen, look: Look, height: int) -> str:
    """Some of the curves. What is drawn is in the coordinates of the picture."""
    dots = drawn.dots if 0 in group else None
    shown = [drawn.curves[k].values for k in group]
    low, high = heights(shown, air=0.0)
    if dots is not None:
        low, high = _around(dots.values, low, high)
    frame = Frame(screen, (number(low, look.log_y), number(high, look.log_y)))
    first, last = float(drawn.points[0]), float(drawn.points[-1])
    if dots is not None:
        first, last = _around(dots.points, first, last)
    canvas = frame.canvas(height, first, last, (low, high))
    lines = [cut(look.up, screen.columns)] if look.up and (0 in group or not screen.colours) else []
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


def _panel(panel: Panel, seen: View, frame: Frame, height: int) -> str:
    screen = frame.screen
    canvas = frame.canvas(height, seen.left, seen.right, (seen.low, seen.high))
    title = panel.up + (" (logarithmic scale)" if panel.logarithmic else "")
    if panel.title:
        title = panel.title if panel.title.startswith(title) else f"{title}: {panel.title}"
    lines = [cut(title, screen.columns)]
    if panel.level and seen.low < 0 < seen.high:
        for k in range(0, frame.width, 2):
            canvas.point(seen.left + (seen.right - seen.left) * k / frame.width, 0.0)
    below = []
    for k, layer in sorted(enumerate(panel.layers), key=lambda item: _large(item[1])):
        colour = _COLOURS[k % len(_COLOURS)] if screen.colours else None
        if layer.kind == "interval":
            colour = _COLOURS[1 if layer.dashed else 0] if screen.colours else None
            below.append(_bracket(layer, seen, frame.width, colour))
            continue
        if len(panel.layers) > 1 and screen.colours:
            lines += _wrapped(_said(layer), screen.columns - 3, colour)
        _draw(canvas, panel, layer, seen, colour)
    if len(panel.layers) > 1 and not screen.colours:
        named = [_said(layer) for layer in panel.layers if layer.kind != "interval"]
        lines.append(cut(", ".join(named), screen.columns))
    return frame.around(lines, canvas, (seen.left, seen.right), panel.across, below)


def _said(layer: Layer) -> str:
    return f"{layer.label} (dots)" if layer.dashed else layer.label


def _bracket(layer: Layer, seen: View, width: int, colour: str | None) -> str:
    """An interval as it lies along the axis, with its name in it, or beside it where it is too short for that."""
    low, high = (round((width - 1) * fraction(float(end), seen.left, seen.right)) for end in layer.points)
    line = f"├{'─' * (high - low - 1)}┤" if high > low else "┤"
    name = f" {layer.label} "
    if len(line) >= len(name) + 2:
        line = f"├{name:─^{len(line) - 2}}┤"
    elif low + len(line) + len(name) <= width:
        line += name.rstrip()
    elif low >= len(name):
        low, line = low - len(name) + 1, name.lstrip() + line
    return " " * low + (painted(line, colour) if colour else line)


def _draw(canvas: Canvas, panel: Panel, layer: Layer, seen: View, colour: str | None) -> None:
    """A layer on the canvas; of a band the edges, dotted."""
    if layer.kind == "line" and not layer.dashed:
        for stroke in unbroken(panel, layer):
            for start, end in zip(stroke, stroke[1:] or stroke, strict=False):
                canvas.line(start, end, colour)
        return
    found = places(panel, layer)
    if layer.kind == "band":
        step = max(len(found) // canvas.width, 1) * 2
        found = found[::step] + places(panel, layer, layer.high)[::step]
    if layer.dashed:
        found = found[:: max(len(found) // canvas.width, 1)]
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


def _wrapped(label: str, width: int, colour: str | None) -> list[str]:
    """The lines of the legend for a curve."""
    text = cut(label, width)
    return [f"{painted('━━', colour)} {text}"] if colour else [text]
