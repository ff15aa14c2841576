"""Pictures of sweeps as SVG, PNG and PDF."""

from __future__ import annotations

from math import ceil, isfinite
from typing import Any

from matplotlib.figure import Figure

from exprgrad.jobs.sweep.picture import Heat, Lines, Picture
from exprgrad.jobs.sweep.tornado import Tornado
from exprgrad.render.pictures.figure import COLOURS, drawable, legend, saved, shortened, styled
from exprgrad.render.pictures.sweep.terminal import scales_of
from exprgrad.render.pictures.view import heights
from exprgrad.text.numbers import rounded

_SINGLE, _MULTIPLE = (6.4, 4.2), (3.2, 2.6)
"""Inches of a panel that is alone, and of one among several."""
_BESIDE = 3
_DIGITS = 4


def draw(picture: Picture, kind: str) -> bytes:
    """The panels in a format: svg, png or pdf. The maps of one column have one scale. The same picture gives the same
    bytes."""
    count = len(picture.panels)
    across = min(count, _BESIDE)
    down = ceil(count / across)
    width, height = _SINGLE if count == 1 else (_MULTIPLE[0] * across, _MULTIPLE[1] * down)
    scales = scales_of(picture)
    with styled():
        figure = Figure(figsize=(width, height), layout="constrained")
        grid = figure.subplots(down, across, squeeze=False).ravel()
        for axes in grid[count:]:
            axes.set_axis_off()
        maps: dict[str, tuple[Any, list[Any]]] = {}
        for axes, panel in zip(grid, picture.panels, strict=False):
            axes.set_title(shortened(panel.title or panel.of), parse_math=False, fontsize=11)
            axes.set_xlabel(shortened(panel.across, 40), parse_math=False)
            if isinstance(panel, Heat):
                maps.setdefault(panel.of, (_heat(axes, panel, scales[panel.of]), []))[1].append(axes)
            elif isinstance(panel, Lines):
                _lines(axes, panel)
            else:
                axes.plot(panel.points, drawable(panel.values), "o", markersize=3, color=COLOURS[0], alpha=0.75)
                axes.set_ylabel(shortened(panel.of, 40), parse_math=False)
        for of, (shades, beside) in maps.items():
            figure.colorbar(shades, ax=beside, pad=0.02).set_label(shortened(of, 40), parse_math=False)
        return saved(figure, kind)


def _heat(axes: Any, heat: Heat, scale: tuple[float, float]) -> Any:
    xs, ys = ([*map(float, points)] for points in heat.points)
    values = drawable(heat.values)
    rows = [values[k : k + len(xs)] for k in range(0, len(values), len(xs))]
    axes.grid(False)
    axes.set_ylabel(shortened(heat.up, 40), parse_math=False)
    return axes.pcolormesh(
        xs, ys, rows, shading="nearest", cmap="cividis", vmin=scale[0], vmax=scale[1], rasterized=True
    )


def _lines(axes: Any, panel: Lines) -> None:
    for k, (label, values) in enumerate(panel.lines):
        axes.plot(panel.points, drawable(values), label=label, linewidth=1.8, color=COLOURS[k % len(COLOURS)])
    axes.set_ylim(*heights(values for _, values in panel.lines))
    axes.set_ylabel(shortened(panel.of, 40), parse_math=False)
    if len(panel.lines) > 1:
        legend(axes, fontsize=8)


def draw_tornado(result: Tornado, kind: str) -> bytes:
    """The bars of each column, in a format: see `draw`."""
    count = len(result.middle)
    most = max(len(result.of(of)) for of in result.middle)
    with styled():
        figure = Figure(figsize=(6.4, count * (1.2 + 0.4 * most)), layout="constrained")
        for axes, (of, middle) in zip(figure.subplots(count, squeeze=False)[:, 0], result.middle.items(), strict=True):
            shown = result.of(of)
            for k, bar in enumerate(shown):
                if isfinite(bar.swing):
                    axes.barh(k, bar.swing, left=bar.least, height=0.7, color=COLOURS[0])
            labels = [f"{bar.input}: {rounded(bar.low, _DIGITS)} … {rounded(bar.high, _DIGITS)}" for bar in shown]
            axes.set_yticks(range(len(shown)), [shortened(label, 40) for label in labels], parse_math=False)
            axes.set_ylim(len(shown) - 0.5, -0.5)
            axes.use_sticky_edges = False
            axes.autoscale_view(scaley=False)
            axes.grid(False, axis="y")
            if isfinite(middle):
                axes.axvline(middle, color="black", linewidth=0.8)
            axes.set_xlabel(shortened(of, 60), parse_math=False)
        return saved(figure, kind)
