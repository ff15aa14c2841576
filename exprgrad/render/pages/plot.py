"""Panels as SVG that fills whatever width it is given: lines and dots are stretched, letters and strokes are not; and
bars as the rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10
from typing import Any

from exprgrad.render.pictures.bars import Bar, Bars
from exprgrad.render.pictures.panels import Layer, Panel, View, goes_on, places, unbroken, views
from exprgrad.render.pictures.uncertain import Picture
from exprgrad.text.escapes import visible

_SIDE = 1000.0
"""The side of the square that is stretched over the plot."""
_AIR = 0.02
_TICKS = 6
"""The most numbers along an axis."""
_FEW = 200
"""Up to so many dots, each is drawn large."""


def plots(pictures: Sequence[Picture]) -> str:
    """A figure for each. One that goes on with the axis of the panel above is half as high."""
    found, panels = [], iter(enumerate(reach(pictures)))
    for k, picture in enumerate(pictures):
        if isinstance(picture, Bars):
            found.append(_bars(picture))
        else:
            index, seen = next(panels)
            found.append(_figure(index, picture, seen, minor=goes_on(pictures, k)))
    return "\n".join(found)


def reach(pictures: Sequence[Picture]) -> list[View]:
    """The view of each panel, with air on both sides."""
    seen = views([picture for picture in pictures if isinstance(picture, Panel)])
    airs = [_AIR * (one.right - one.left) for one in seen]
    return [one._replace(left=one.left - air, right=one.right + air) for one, air in zip(seen, airs, strict=True)]


def content(pictures: Sequence[Picture]) -> list[dict[str, Any]]:
    """What the script needs for reading off the points of each panel, without those that have no place."""
    panels = [picture for picture in pictures if isinstance(picture, Panel)]
    return [
        {
            "across": visible(panel.across),
            "up": visible(panel.up),
            "logarithmic": panel.logarithmic,
            "view": list(seen),
            "layers": [_layer(panel, layer) for layer in panel.layers if layer.kind != "interval"],
        }
        for panel, seen in zip(panels, reach(panels), strict=True)
    ]


def _bars(bars: Bars) -> str:
    """Each bar in a row, between its name and its number."""
    low, high = bars.ends
    rows = "".join(_row(bar, 100 / (high - low), low) for bar in bars.bars)
    title = escape(visible(bars.title))
    return f'<figure class="bars"><p class="legend"><b>{title}</b></p><table><tbody>{rows}</tbody></table></figure>'


def _row(bar: Bar, scale: float, low: float) -> str:
    start, width = scale * (min(bar.share, 0.0) - low), scale * abs(bar.share)
    drawn = f'<svg aria-hidden="true"><rect x="{start:.2f}%" width="{width:.2f}%" height="100%"/></svg>'
    return (
        f'<tr><th scope="row">{escape(visible(bar.label))}</th><td>{drawn}</td><td class="number">{bar.text}</td></tr>'
    )


def _layer(panel: Panel, layer: Layer) -> dict[str, Any]:
    high = layer.high if layer.kind == "band" else layer.values
    edges = zip(places(panel, layer), places(panel, layer, high), strict=True)
    kept = [k for k, pair in enumerate(edges) if all(pair)]
    columns = {"x": layer.points, "y": layer.values} | ({"high": high} if layer.kind == "band" else {})
    found = {name: [float(column[k]) for k in kept] for name, column in columns.items()}
    return {"kind": layer.kind, "label": visible(layer.label), **found}


def _figure(index: int, panel: Panel, seen: View, *, minor: bool) -> str:
    shapes = "".join(_shape(panel, seen, layer) for layer in panel.layers)
    level = f'<path class="level" d="M0 {_up(seen, 0.0)}H{_SIDE:.0f}"/>' if panel.level else ""
    named = [layer for layer in panel.layers if layer.kind != "interval"]  # which looks like the line of the same name
    legend = "".join(f'<span class="{_class(layer)}">{escape(visible(layer.label))}</span>' for layer in named)
    up = escape(visible(panel.up)) + (" (logarithmic scale)" if panel.logarithmic else "")
    name = escape(f"{visible(panel.up)} against {visible(panel.across)}")
    return (
        f'<figure class="panel{" minor" if minor else ""}"><p class="legend"><b>{up}</b>'
        f"{legend if len(named) > 1 else ''}</p>"
        f'<div class="plot" data-panel="{index}" tabindex="0" role="img" aria-label="{name}">'
        f'<svg class="axes" aria-hidden="true">{_axes(panel, seen)}'
        f'<svg viewBox="0 0 {_SIDE:.0f} {_SIDE:.0f}" preserveAspectRatio="none">{level}{shapes}</svg></svg>'
        f"<output hidden></output></div><figcaption>{escape(visible(panel.across))}</figcaption></figure>"
    )


def _shape(panel: Panel, seen: View, layer: Layer) -> str:
    if layer.kind == "dots":
        dots = [_place(seen, *place) for place in places(panel, layer) if place]
        few = " few" if len(dots) <= _FEW else ""
        return f'<path class="dots{few}" d="{"".join(f"M{dot}h0" for dot in dots)}"/>'
    if layer.kind == "band":
        there = [_place(seen, *place) for place in places(panel, layer) if place]
        back = [_place(seen, *place) for place in places(panel, layer, layer.high) if place]
        return f'<path class="band" d="{_joined([*there, *reversed(back)])}"/>'
    if layer.kind == "interval":
        ends = [_place(seen, *place).split()[0] for place in places(panel, layer) if place]
        return f'<path class="{_class(layer)}" d="{"".join(f"M{end} 0V{_SIDE:.0f}" for end in ends)}"/>'
    lines = [_joined([_place(seen, *place) for place in line]) for line in unbroken(panel, layer)]
    return f'<path class="{_class(layer)}" d="{"".join(lines)}"/>'


def _class(layer: Layer) -> str:
    """The classes of a shape, and of its name in the legend."""
    return f"{layer.kind} dashed" if layer.dashed else layer.kind


def _joined(dots: list[str]) -> str:
    """A line; a single point is a dot."""
    return f"M{'L'.join(dots)}{'h0' if len(dots) == 1 else ''}" if dots else ""


def _place(seen: View, x: float, y: float) -> str:
    across = _SIDE * (x - seen.left) / (seen.right - seen.left)
    return f"{across:.1f} {_up(seen, y)}"


def _up(seen: View, y: float) -> str:
    """The distance from the top. A place far outside is moved nearer, as renderers fail at huge numbers."""
    place = _SIDE * ((seen.high - y) / (seen.high - seen.low))
    return f"{min(max(place, -9 * _SIDE), 10 * _SIDE):.1f}"


def _axes(panel: Panel, seen: View) -> str:
    parts = []
    for tick in ticks(seen.left, seen.right, 1.0 if panel.counts else 0.0):
        place = f"{100 * (tick - seen.left) / (seen.right - seen.left):.2f}%"
        parts.append(f'<line x1="{place}" x2="{place}" y1="0" y2="100%"/>')
        parts.append(f'<text class="across" x="{place}" y="100%" dy="1.5em">{_number(tick)}</text>')
    for tick in decades(seen.low, seen.high) if panel.logarithmic else ticks(seen.low, seen.high):
        place = f"{100 * (seen.high - tick) / (seen.high - seen.low):.2f}%"
        parts.append(f'<line x1="0" x2="100%" y1="{place}" y2="{place}"/>')
        text = _number(10**tick) if panel.logarithmic else _number(tick)
        parts.append(f'<text class="up" x="-8" y="{place}" dy="0.35em">{text}</text>')
    return "".join(parts)


def ticks(low: float, high: float, least: float = 0.0) -> list[float]:
    """Round numbers between two: steps of 1, 2 or 5 times a power of ten, and at least so far apart."""
    raw = max((high - low) / _TICKS, least)
    power = 10.0 ** floor(log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * (1 - 1e-9))
    return [step * k for k in range(ceil(low / step), floor(high / step) + 1)]


def decades(low: float, high: float) -> list[float]:
    """Whole logarithms between two."""
    step = max(ceil((high - low) / _TICKS), 1)
    return [float(k) for k in range(ceil(low), floor(high) + 1) if k % step == 0]


def _number(value: float) -> str:
    return f"{value:.6g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")
