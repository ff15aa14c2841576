"""Plots as SVG, PNG and PDF. The only import of matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from math import hypot, isfinite, nan
from typing import Any

from exprgrad.columns.values import Column
from exprgrad.errors import MissingError
from exprgrad.jobs.plot.result import Curves, Field
from exprgrad.render.pictures.look import PLAIN, Look, number, panels, placed
from exprgrad.render.pictures.view import LARGEST, heights, strokes, thinned

try:
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator
except ImportError:
    raise MissingError("a picture", "matplotlib", "plot") from None

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colours that colour-blind people can tell apart (Okabe, Ito 2008); in grey, the strokes tell curves apart."""
_STROKES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
_TITLE = 70
"""The most characters of an expression above a picture."""
_LEGEND = 40
"""The same in a legend, which would lie across the curves."""
_LEVELS = 14
_ARROWS = 15
"""Arrows along each side."""
FEW = 200
"""Up to so many dots, each is drawn large."""
_SIDES = 1.4, 1.0
"""How long the sides of the axes are, as fractions of the height."""
_STYLE: Any = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "svg.fonttype": "none",
    "svg.hashsalt": "exprgrad",
    "pdf.fonttype": 42,
}


def draw(result: Curves | Field, kind: str, digits: int | None = None, look: Look = PLAIN) -> bytes:
    """The picture in a format: svg, png or pdf. The numbers at the axes have as many digits as they need, or at most
    `digits`. The same result gives the same bytes."""
    with styled():
        figure = Figure(figsize=(6.4, 4.2), layout="constrained")
        if isinstance(result, Curves):
            _curves(figure, result, look)
        else:
            _field(figure, result, look)
        for axes in figure.axes if digits is not None and not (look.log_x or look.log_y) else ():
            axes.xaxis.set_major_formatter(f"{{x:.{digits}g}}")
            axes.yaxis.set_major_formatter(f"{{x:.{digits}g}}")
        return saved(figure, kind)


def styled() -> Any:
    """The context in which all pictures are drawn."""
    return matplotlib.rc_context(_STYLE)


def saved(figure: Figure, kind: str) -> bytes:
    """The figure in a format. The same one gives the same bytes."""
    sink = BytesIO()
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    figure.savefig(sink, format=kind, dpi=150, metadata=undated)
    return sink.getvalue()


def _curves(figure: Figure, result: Curves, look: Look) -> None:
    """The curves in as many panels as it takes for each to be seen, with one horizontal axis."""
    drawn = placed(result, look)
    groups = panels(drawn.curves)
    figure.set_size_inches(6.4, 4.2 + 2.2 * (len(groups) - 1))
    grid = figure.subplots(len(groups), squeeze=False, sharex=True)[:, 0]
    for axes, group in zip(grid, groups, strict=True):
        _group(axes, result, drawn, group, look)
    across = look.across if look.across is not None else result.variable
    grid[-1].set_xlabel(shortened(across, 60), parse_math=False)
    grid[0].set_ylabel(shortened(look.up, 60), parse_math=False)
    title = result.title if look.title is None else look.title
    grid[0].set_title(shortened(title), parse_math=False, fontsize=11)


def _group(axes: Any, result: Curves, drawn: Curves, group: list[int], look: Look) -> None:
    """The curves of one panel. Places are found in the coordinates of the picture; the numbers there are drawn."""
    low, high = heights(drawn.curves[k].values for k in group)
    left, right = float(drawn.points[0]), float(drawn.points[-1])
    dots = drawn.dots if 0 in group else None
    if dots is not None:
        low, high = _with_air(dots.values, low, high)
        left, right = _with_air(dots.points, left, right)
    far = 100 * (high - low)  # enough for the slope of what leaves the picture
    axes.autoscale(False)
    axes.set_xscale("log" if look.log_x else "linear")
    axes.set_yscale("log" if look.log_y else "linear")
    axes.set_xlim(number(left, look.log_x), number(right, look.log_x))
    axes.set_ylim(number(low, look.log_y), number(high, look.log_y))
    for k in group:
        xs: list[float] = []
        ys: list[float] = []
        for stroke in strokes(drawn.points, drawn.curves[k].values, low, high):
            xs += [*(number(x, look.log_x) for x, _ in stroke), number(stroke[-1][0], look.log_x)]
            ys += [*(number(min(max(y, low - far), high + far), look.log_y) for _, y in stroke), nan]
        line = {"color": COLOURS[k % len(COLOURS)], "linestyle": _STROKES[k % len(_STROKES)]}
        axes.plot(xs, ys, label=shortened(result.curves[k].label, _LEGEND), linewidth=1.8, **line)
    if dots is not None:
        size = 5.0 if len(dots.points) <= FEW else 2.5
        style = {"marker": "o", "linestyle": "none", "markersize": size, "markeredgewidth": 0, "alpha": 0.75}
        places = [
            [number(float(place), logarithmic) for place in column]
            for column, logarithmic in ((dots.points, look.log_x), (dots.values, look.log_y))
        ]
        axes.plot(
            *places, label=shortened(dots.label, _LEGEND), color=COLOURS[len(result.curves) % len(COLOURS)], **style
        )
    if low < 0 < high and not look.log_y:
        axes.axhline(0.0, color="black", linewidth=0.6)
    if len(result.curves) > 1 or dots is not None:
        legend(axes)


def _with_air(places: Column, low: float, high: float) -> tuple[float, float]:
    """A view that has all places, too, and some air around them."""
    finite = [float(place) for place in places if abs(place) <= LARGEST]
    air = 0.02 * (max([high, *finite]) - min([low, *finite]))
    return min([low, *(place - air for place in finite)]), max([high, *(place + air for place in finite)])


def _field(figure: Figure, result: Field, look: Look) -> None:
    axes = figure.add_subplot()
    axes.grid(False)
    xs, ys = result.points
    low, high = heights([result.values], air=0.0)
    levels = [*MaxNLocator(_LEVELS).tick_values(low, high)]
    low, high = levels[0], levels[-1]
    width = len(xs)
    rows = [
        [min(max(float(z), low), high) if isfinite(z) else nan for z in result.values[k : k + width]]
        for k in range(0, width * len(ys), width)
    ]
    shades = axes.contourf([*xs], [*ys], rows, levels=levels, cmap="cividis")
    axes.contour([*xs], [*ys], rows, levels=levels, colors="black", linewidths=0.3, alpha=0.6)
    _arrows(axes, result, xs, ys)
    axes.set_xlabel(result.variables[0] if look.across is None else look.across, parse_math=False)
    axes.set_ylabel(look.up or result.variables[1], parse_math=False)
    title = f"{shortened(result.title, 56)}, and its gradient" if look.title is None else shortened(look.title)
    axes.set_title(title, parse_math=False, fontsize=11)
    figure.colorbar(shades, ax=axes, pad=0.02)


def _arrows(axes: Any, result: Field, xs: Column, ys: Column) -> None:
    """Arrows in the direction that leads up, as seen on the page, so at right angles to the contours; longer where it
    is steeper."""
    across, up = ((float(side[-1]) - float(side[0])) / length for side, length in zip((xs, ys), _SIDES, strict=True))
    found: list[tuple[float, float, float, float]] = []
    for row in thinned(ys, _ARROWS + 2)[1:-1]:
        for column in thinned(xs, _ARROWS + 2)[1:-1]:
            by_x, by_y = (float(slope[row * len(xs) + column]) for slope in result.slopes)
            if isfinite(by_x * across) and isfinite(by_y * up):
                found.append((float(xs[column]), float(ys[row]), by_x * across, by_y * up))
    steepest = _steepest([hypot(right, upward) for _, _, right, upward in found])
    arrows = []
    for x, y, right, upward in found:
        size = hypot(right, upward)
        if size and isfinite(size):
            shown = (min(size / steepest, 1.0) ** 0.5 if steepest else 1.0) * 0.8 / _ARROWS / size
            arrows.append((x, y, right * shown * across, upward * shown * up))
    if arrows:
        columns = zip(*arrows, strict=True)
        axes.quiver(*columns, angles="xy", scale_units="xy", scale=1, width=0.003, color="white", pivot="mid")


def _steepest(sizes: Sequence[float]) -> float:
    """The slope of the longest arrows: nine tenths are below it."""
    return sorted(sizes)[len(sizes) * 9 // 10] if sizes else 0.0


def legend(axes: Any, **how: Any) -> None:
    """Name what is drawn, where there is the most room. Names are shown as they are: a dollar is no mathematics."""
    for text in axes.legend(frameon=False, loc="best", **how).get_texts():
        text.set_parse_math(False)


def drawable(values: Column) -> list[float]:
    """The values, with nan for those that are too large to be drawn."""
    return [float(value) if abs(value) <= LARGEST else nan for value in values]


def shortened(text: str, length: int = _TITLE) -> str:
    """A text that has room there."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
