"""Panels and bars, one below the other, as SVG, PNG and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from exprgrad.functions.numerics.ieee import plain_sum
from exprgrad.render.pictures.bars import Bars
from exprgrad.render.pictures.figure import COLOURS, FEW, drawable, legend, saved, shortened, styled
from exprgrad.render.pictures.panels import Panel, View, goes_on, views


def draw_pictures(shown: Sequence[Panel | Bars], kind: str) -> bytes:
    """Pictures one below the other; panels that go on with the axis of the one above are half as high: see `draw`."""
    with styled():
        heights = [_height(shown, k) for k in range(len(shown))]
        figure = Figure(figsize=(6.4, plain_sum(heights)), layout="constrained")
        grid = figure.subplots(len(shown), squeeze=False, height_ratios=heights)[:, 0]
        seen = iter(views([picture for picture in shown if isinstance(picture, Panel)]))
        for k, (axes, picture) in enumerate(zip(grid, shown, strict=True)):
            if isinstance(picture, Bars):
                _bars(axes, picture)
                continue
            _panel(axes, picture, next(seen))
            if k + 1 < len(shown) and goes_on(shown, k + 1):
                axes.tick_params(labelbottom=False)
            else:
                axes.set_xlabel(shortened(picture.across, 60), parse_math=False)
        figure.align_ylabels()
        return saved(figure, kind)


def _height(shown: Sequence[Panel | Bars], k: int) -> float:
    """Inches."""
    picture = shown[k]
    if isinstance(picture, Bars):
        return 0.9 + 0.3 * len(picture.bars)
    if goes_on(shown, k):
        return 5.8 / 3
    return 11.6 / 3 if k + 1 < len(shown) and goes_on(shown, k + 1) else 4.2


def _bars(axes: Any, bars: Bars) -> None:
    low, high = bars.ends
    places = range(len(bars.bars))
    axes.grid(False, axis="y")
    axes.barh(places, [bar.share for bar in bars.bars], height=0.7, color=COLOURS[0])
    axes.axvline(0.0, color="black", linewidth=0.6)
    room = 0.14 * (high - low)
    for place, bar in zip(places, bars.bars, strict=True):
        side, gap = ("right", -0.1) if bar.share < 0 else ("left", 0.1)
        axes.text(bar.share + gap * room, place, bar.text, ha=side, va="center", fontsize=9, parse_math=False)
    axes.set_xlim(low - (room if low < 0 else 0.0), high + room)
    axes.set_ylim(len(bars.bars) - 0.5, -0.5)
    axes.set_yticks(places, [shortened(bar.label, 30) for bar in bars.bars], parse_math=False)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_title(shortened(bars.title), parse_math=False, fontsize=11)


def _panel(axes: Any, panel: Panel, seen: View) -> None:
    air = 0.02 * (seen.right - seen.left)
    axes.set_xlim(seen.left - air, seen.right + air)
    if panel.logarithmic:
        axes.set_yscale("log")
        axes.set_ylim(10**seen.low, 10**seen.high)
    else:
        axes.set_ylim(seen.low, seen.high)
    if panel.counts:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if panel.level:
        axes.axhline(0.0, color="black", linewidth=0.6)
    for layer in panel.layers:
        xs, ys = [*layer.points], drawable(layer.values)
        line: Any = {"color": COLOURS[0 if layer.dashed else 1], "linestyle": "--" if layer.dashed else "-"}
        if layer.kind == "line":
            axes.plot(xs, ys, label=layer.label, linewidth=1.8, **line)
        elif layer.kind == "interval":
            for end in xs:
                axes.axvline(end, linewidth=1.0, **line)
        elif layer.kind == "band":
            shade = {"color": COLOURS[1], "alpha": 0.2, "linewidth": 0}
            axes.fill_between(xs, ys, drawable(layer.high), label=layer.label, **shade)
        else:
            size = 5.0 if len(xs) <= FEW else 2.5
            dots = {"marker": "o", "linestyle": "none", "markersize": size, "markeredgewidth": 0, "alpha": 0.75}
            axes.plot(xs, ys, label=layer.label, color=COLOURS[0], **dots)
    axes.set_ylabel(shortened(panel.up, 40), parse_math=False)
    if panel.title:
        axes.set_title(shortened(panel.title), parse_math=False, fontsize=11)
    if len(panel.layers) > 1:  # an interval looks like the line of the same name
        legend(axes)
