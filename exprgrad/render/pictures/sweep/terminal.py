"""Pictures of sweeps in characters: panels side by side where there is room, and the bars of tornadoes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isfinite

from exprgrad.jobs.plot.result import Curve, Curves
from exprgrad.jobs.sweep.picture import Cloud, Heat, Lines, Picture
from exprgrad.jobs.sweep.tornado import Bar, Tornado
from exprgrad.render.pictures.look import Look
from exprgrad.render.pictures.panels import Layer, Panel
from exprgrad.render.pictures.screen import Screen, cut, plain
from exprgrad.render.pictures.sweep.heat import characters
from exprgrad.render.pictures.view import heights
from exprgrad.text.numbers import rounded

_CODES = re.compile(r"\x1b\[[0-9;]*m")
_ROOM = 38
"""The columns of a panel beside others."""
_LOW = 10
"""Lines of a panel among several."""
_DIGITS = 4
_BARS = "\x1b[36m"
"""Cyan, which is read on white and on black."""


def drawn(picture: Picture, screen: Screen) -> str:
    """All panels; the maps of one column have one scale."""
    scales = scales_of(picture)
    beside = 1 if len(picture.panels) == 1 else max(screen.columns // _ROOM, 1)
    room = screen._replace(columns=(screen.columns - 2 * (beside - 1)) // beside)
    low = min(screen.lines, _LOW)
    if len(picture.panels) > 1:
        room = room._replace(lines=low)
    texts = [_panel(panel, scales, room) for panel in picture.panels]
    rows = [texts[k : k + beside] for k in range(0, len(texts), beside)]
    return "\n".join(_side_by_side(row, room.columns + 2) for row in rows)


def scales_of(picture: Picture) -> dict[str, tuple[float, float]]:
    """The scale of the maps of each column."""
    maps = [panel for panel in picture.panels if isinstance(panel, Heat)]
    return {of: heights([heat.values for heat in maps if heat.of == of], air=0.0) for of in {heat.of for heat in maps}}


def _panel(panel: Lines | Heat | Cloud, scales: Mapping[str, tuple[float, float]], room: Screen) -> str:
    if isinstance(panel, Heat):
        return characters(panel, scales[panel.of], room, room.lines)
    from exprgrad.render.pictures.terminal import plot, plot_pictures

    if isinstance(panel, Cloud):
        dots = Layer("dots", panel.of, panel.points, panel.values)
        return plot_pictures([Panel("", panel.across, panel.of, (dots,))], room)
    title = f"{panel.of}, {panel.title}" if panel.title else panel.of
    single = len(panel.lines) == 1
    curves = tuple(Curve(title if single else label, values) for label, values in panel.lines)
    return plot(Curves("", panel.across, panel.points, curves), room, Look(None if single else title))


def _side_by_side(texts: Sequence[str], width: int) -> str:
    """Blocks of lines beside one another, each as wide as said. What escapes say takes no room."""
    blocks = [text.rstrip("\n").split("\n") for text in texts]
    found = []
    for k in range(max(map(len, blocks))):
        cells = [block[k] if k < len(block) else "" for block in blocks]
        line = "".join(cell + " " * max(width - len(_CODES.sub("", cell)), 0) for cell in cells)
        found.append(line.rstrip())
    return "".join(f"{line}\n" for line in found)


def bars(result: Tornado, screen: Screen) -> str:
    """The bars of each column, below its value in the middle."""
    text = "\n".join(_tornado(of, middle, result.of(of), screen) for of, middle in result.middle.items())
    return text if screen.unicode else "".join(map(plain, text))


def _tornado(of: str, middle: float, shown: Sequence[Bar], screen: Screen) -> str:
    """One tornado: each bar goes from the least to the most that its variable makes of the value, and is marked where
    the value is with all of them in the middle."""
    lines = [cut(f"{of} = {rounded(middle, _DIGITS)} where all are in the middle", screen.columns)]
    finite = [bar for bar in shown if isfinite(bar.swing)]
    low = min([middle, *(bar.least for bar in finite)])
    high = max([middle, *(bar.most for bar in finite)])
    names = [_said(bar, wide=screen.columns >= 60) for bar in shown]
    margin = min(max(map(len, names)), screen.columns // 2)
    width = max(screen.columns - margin - 2, 8)
    across = (high - low) or 1.0

    def place(value: float) -> int:
        return min(max(round((width - 1) * (value - low) / across), 0), width - 1)

    for bar, name in zip(shown, names, strict=True):
        label = f"{cut(name, margin):<{margin}} "
        if not isfinite(bar.swing):
            lines.append(f"{label} no number")
            continue
        start, end, mark = place(bar.least), place(bar.most), place(middle)
        cells = "".join("│" if k == mark else "█" if start <= k <= end else " " for k in range(width)).rstrip()
        painted = f"{_BARS}{cells}\x1b[0m" if screen.colours else cells
        lines.append(f"{label}{painted}")
    left, right = rounded(low, _DIGITS), rounded(high, _DIGITS)
    lines.append(" " * (margin + 1) + f"{left}{right:>{max(width - len(left), len(right) + 1)}}")
    return "".join(f"{line}\n" for line in lines)


def _said(bar: Bar, *, wide: bool) -> str:
    """A variable, and where there is room what it is moved over."""
    return f"{bar.input} {rounded(bar.low, _DIGITS)} … {rounded(bar.high, _DIGITS)}" if wide else bar.input
