"""How curves are to be drawn: the words around them, logarithmic axes, and which curves share a panel."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite, log10, nan
from typing import NamedTuple

from exprgrad.columns.values import Column
from exprgrad.jobs.plot.result import Curve, Curves
from exprgrad.render.pictures.view import heights
from exprgrad.text.escapes import visible

APART = 20.0
"""How many times as high as a curve a panel may be, so that the curve is still seen as one."""


_FARTHEST = 200.0
"""The decimal logarithm of the largest number at an axis: the ticks of matplotlib reach further."""


class Look(NamedTuple):
    """What the user says about a picture."""

    title: str | None = None
    """What stands above it instead of the expression."""
    across: str | None = None
    """What is written at the horizontal axis instead of the variable."""
    up: str = ""
    """What is written at the vertical axis."""
    log_x: bool = False
    log_y: bool = False
    """Whether the axes are logarithmic."""


PLAIN = Look()


def look_of(title: str | None, across: str | None, up: str | None, log: str) -> Look:
    """What the user says: words, which are shown as text, and the axes `log` that are logarithmic, as in "xy"."""
    title, across = (None if words is None else visible(words) for words in (title, across))
    return Look(title, across, visible(up or ""), "x" in log, "y" in log)


def placed(result: Curves, look: Look) -> Curves:
    """The curves in the coordinates of the picture: decimal logarithms on a logarithmic axis, nan where there are
    none."""
    if not (look.log_x or look.log_y):
        return result
    curves = tuple(Curve(curve.label, _along(curve.values, look.log_y)) for curve in result.curves)
    dots = result.dots
    if dots is not None:
        dots = dots._replace(points=_along(dots.points, look.log_x), values=_along(dots.values, look.log_y))
    return result._replace(points=_along(result.points, look.log_x), curves=curves, dots=dots)


def _along(values: Column, logarithmic: bool) -> Column:
    return [logarithm(float(value)) for value in values] if logarithmic else values


def logarithm(value: float) -> float:
    """Where a number stands on a logarithmic axis; nan for what stands nowhere."""
    return log10(value) if 0 < value < inf else nan


def number(place: float, logarithmic: bool) -> float:
    """The number that stands at a place of an axis."""
    return 10.0 ** min(max(place, -_FARTHEST), _FARTHEST) if logarithmic else place


def panels(curves: Sequence[Curve], dots: Column = ()) -> list[list[int]]:
    """The indices of the curves that share a panel, in their order: those that are all seen as curves there. Dots
    stand in the first one."""
    found: list[list[int]] = []
    spans = [heights([curve.values], air=0.0) for curve in curves]
    for k, span in enumerate(spans):
        for group in found:
            if _go_together([*(spans[other] for other in group), span]):
                group.append(k)
                break
        else:
            found.append([k])
    return found


def _go_together(spans: Sequence[tuple[float, float]]) -> bool:
    """Whether no curve is lost beside the others: flat ones go with all that are near."""
    whole = max(high for _, high in spans) - min(low for low, _ in spans)
    heights = [high - low for low, high in spans if high - low > 1e-9 * max(abs(low), abs(high))]
    return not isfinite(whole) or whole <= APART * min(heights, default=inf)
