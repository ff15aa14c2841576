"""The plots of a result, for whatever draws them: panels with lines, dots, bands and intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite, log10
from typing import NamedTuple

from exprgrad.columns.values import Column
from exprgrad.jobs.fit.result import Fit, Fitted
from exprgrad.jobs.train.result import Training
from exprgrad.render.pictures.view import LARGEST, heights, spans_decades, thinned
from exprgrad.text.numbers import format_number

_SHOWN = 2_000
"""The most points of a line."""
_AIR = 0.5
"""How far a curve and its band may widen the view of the data, as a fraction of their height on each side."""

_WHOLE = 1e9
"""Up to this number, the view of a single point reaches half a unit to both sides."""


class Layer(NamedTuple):
    """A line, dots, a band or an interval, drawn in one colour."""

    kind: str
    """"line", "dots", "band", which lies between `values` and `high`, or "interval", whose `points` are its ends, and
    which belongs to the line with its label."""
    label: str
    points: Column
    values: Column
    high: Column = ()
    dashed: bool = False
    """Whether it is drawn dashed and in the second colour, as what another layer is compared with."""


class Panel(NamedTuple):
    """One pair of axes, and what is drawn there from the back to the front."""

    title: str
    across: str
    up: str
    layers: tuple[Layer, ...]
    logarithmic: bool = False
    """Whether the vertical axis is logarithmic."""
    level: bool = False
    """Whether a line marks where 0 is."""
    counts: bool = False
    """Whether the numbers of the horizontal axis are whole."""
    whole: bool = False
    """Whether all of its lines are seen, and not only what is near its dots; then it does not go on with another."""


class View(NamedTuple):
    """The ranges of a panel that are shown; the vertical one in decimal logarithms where that axis is logarithmic."""

    left: float
    right: float
    low: float
    high: float


def loss_panel(result: Training) -> Panel:
    """The loss by epoch, from the epochs recorded and the last one."""
    epochs, losses = [], []
    for k in thinned(range(len(result.history)), _SHOWN):
        epochs.append(float(result.history[k].epoch))
        losses.append(result.history[k].loss)
    if not epochs or result.final.epoch > epochs[-1]:
        epochs.append(float(result.final.epoch))
        losses.append(result.final.loss)
    layers = (Layer("line", "loss", epochs, losses),)
    return Panel(result.expression, "epoch", "loss", layers, spans_decades(losses), counts=True)


def fit_panels(result: Fitted) -> tuple[Panel, Panel]:
    """The data with the fitted curve, or observations against predictions; below, the residuals."""
    residuals = [float(y) - float(p) for y, p in zip(result.observed, result.predicted, strict=True)]
    shown, data = len(result.observed), "data"
    if shown < result.rows:
        data = f"data ({shown:,} of {result.rows:,} rows)"
    if result.curve is None:
        across, points, up = "predicted", result.predicted, f"observed {result.response}"
        ends = _ends([*result.predicted, *result.observed])
        layers = [Layer("dots", data, points, result.observed), Layer("line", "observed = predicted", ends, ends)]
    else:
        across, points, up, curve = result.variable, result.points, result.response, result.curve
        layers = [Layer("dots", data, points, result.observed), Layer("line", "fit", curve.points, curve.values)]
        if any(map(isfinite, curve.low)):
            band = f"{format_number(100 * result.confidence)}% band"
            layers.insert(0, Layer("band", band, curve.points, curve.low, curve.high))
    counts = result.variable == "row"
    data_panel = Panel(result.formula, across, up, tuple(layers), counts=counts)
    return data_panel, Panel(
        "", across, "residual", (Layer("dots", "residual", points, residuals),), level=True, counts=counts
    )


def contour_panels(result: Fit) -> list[Panel]:
    """The joint regions of pairs of parameters: the boundary by profile, and the ellipse of the linear law."""
    found = []
    for region in result.intervals.contours if result.intervals is not None else ():
        x, y = ([result.parameters[name].value] for name in region.names)
        level = f"{format_number(100 * region.confidence)}%"
        layers = (
            Layer("dots", "ellipse of the linear law", *region.ellipse),
            Layer("line", f"{level} region by profile", *region.boundary),
            Layer("dots", "estimate", x, y),
        )
        title = f"{level} region of {region.names[0]} and {region.names[1]}"
        found.append(Panel(title, *region.names, layers, whole=True))
    return found


def _ends(values: list[float]) -> list[float]:
    finite = [float(value) for value in values if isfinite(value)]
    return [min(finite), max(finite)] if finite else []


def places(panel: Panel, layer: Layer, values: Column | None = None) -> list[tuple[float, float] | None]:
    """The places of the points of a layer in a view. None stands for nan, for numbers so large that the distance of
    two would overflow, and on a logarithmic axis for 0 and what is below. `values` may be the layer's other edge."""
    heights = layer.values if values is None else values
    found: list[tuple[float, float] | None] = []
    for x, y in zip(layer.points, heights, strict=True):
        across, up = float(x), float(y)
        shown = abs(across) <= LARGEST and abs(up) <= LARGEST and (up > 0 or not panel.logarithmic)
        found.append((across, log10(up) if panel.logarithmic else up) if shown else None)
    return found


def unbroken(panel: Panel, layer: Layer) -> Iterator[list[tuple[float, float]]]:
    """A line, as the lines between points that have no place."""
    line: list[tuple[float, float]] = []
    for place in [*places(panel, layer), None]:
        if place is not None:
            line.append(place)
        elif line:
            yield line
            line = []


def views(panels: Sequence[Panel], air: float = 0.05) -> list[View]:
    """The views of panels that stand one below the other: those with the same name at the horizontal axis have one
    range there."""
    each = [_view(panel, air) for panel in panels]
    found = []
    for panel, seen in zip(panels, each, strict=True):
        along = [one for other, one in zip(panels, each, strict=True) if other.across == panel.across]
        left, right = min(one.left for one in along), max(one.right for one in along)
        found.append(seen._replace(left=left, right=right))
    return found


def goes_on(pictures: Sequence[object], k: int) -> bool:
    """Whether the k-th panel stands below one with the same horizontal axis, and is a minor one."""
    above, panel = pictures[k - 1] if k else None, pictures[k]
    return isinstance(above, Panel) and isinstance(panel, Panel) and above.across == panel.across and not panel.whole


def _view(panel: Panel, air: float) -> View:
    """A view of all dots, or, where there are none, of all lines; and of the other layers what is near these."""
    edges = [(layer.kind, places(panel, layer, edge)) for layer in panel.layers for edge in _edges(layer)]
    across = [place[0] for _, found in edges for place in found if place] or [0.0, 1.0]
    left, right = min(across), max(across)
    if not right - left > 1e-12 * max(abs(left), abs(right)):  # one point, up to rounding
        room = abs(left) / 2 if abs(left) > _WHOLE else 0.5
        left, right = left - room, right + room
    first = {"dots"} if any(kind == "dots" for kind, _ in edges) else {"line"}
    first = {"dots", "line"} if panel.whole else first
    low, high = heights(
        ([y for _, y in filter(None, found)] for kind, found in edges if kind in first), air, cut_poles=False
    )
    room = _AIR * (high - low)
    others = [y for kind, found in edges if kind not in first for _, y in filter(None, found)]
    low, high = max(min([low, *others]), low - room), min(max([high, *others]), high + room)
    return View(left, right, low, high)


def _edges(layer: Layer) -> tuple[Column, ...]:
    return (layer.values, layer.high) if layer.kind == "band" else (layer.values,)
