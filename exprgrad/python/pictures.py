"""`exprgrad.graph` and `exprgrad.plot`: pictures that show themselves in a notebook, and are saved to files."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from exprgrad.arguments import as_number, checked, separate
from exprgrad.binding import bind
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Column
from exprgrad.errors import LimitError, UnboundError, UsageError, check_installed
from exprgrad.expression import Expression
from exprgrad.jobs.draw import formats as drawings
from exprgrad.jobs.draw.result import Drawing
from exprgrad.jobs.plot.result import Curves, Field
from exprgrad.python.ranges import Range, ranges_in
from exprgrad.python.words import expression_of, own_words, sorted_words
from exprgrad.text.escapes import visible

if TYPE_CHECKING:
    from exprgrad.data.read import Table
    from exprgrad.graph.lower import Model

MOST = 1_000_000
"""Points of a plot."""
_ALONG, _SIDE = 501, 81
"""Points along a curve, and along each side of a grid, where the user does not say how many."""


class Picture(ABC):
    """A picture: a notebook shows it, and `save` writes it to a file."""

    formats: tuple[str, ...]
    """What it can be saved as."""

    @abstractmethod
    def _repr_svg_(self) -> str:
        """As SVG, for notebooks."""

    @abstractmethod
    def _content(self, kind: str) -> bytes: ...

    def _kind(self, suffix: str) -> str | None:
        """The format of files that are called so."""
        kind = suffix.removeprefix(".")
        return kind if kind in self.formats else None

    @checked
    def save(self, path: str | os.PathLike[str], *, format: str | None = None) -> None:  # noqa: A002
        """Write it to a file, which appears when it is whole, in the `format` that is said, or that its name says.
        Raises UsageError for what tells no format, OutputError."""
        from exprgrad.data.output.target import Target

        kind = format or self._kind(os.path.splitext(os.fspath(path))[1].lower())
        if kind not in self.formats:
            named = f"there is no format {kind}" if kind else f"the name {visible(os.fspath(path))} tells no format"
            raise UsageError(named, hint=f"end it in one of {', '.join(f'.{name}' for name in self.formats)}")
        found = self._content(kind)
        target = Target(os.fspath(path))
        try:
            target.write(found)
            target.commit()
        finally:
            target.discard()


class GraphPicture(Picture):
    """The graph of an expression, drawn."""

    formats = drawings.FORMATS

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing

    def __repr__(self) -> str:
        nodes = len(self.drawing.nodes)
        return f'<graph of {visible(self.drawing.expression)}: {nodes:,} nodes; save("graph.html")>'

    def _repr_svg_(self) -> str:
        from exprgrad.jobs.draw.svg import svg

        drawings.check_size(len(self.drawing.nodes), "svg")
        return svg(self.drawing)

    def _kind(self, suffix: str) -> str | None:
        return drawings.SUFFIXES.get(suffix.removeprefix("."))

    def _content(self, kind: str) -> bytes:
        drawings.check_size(len(self.drawing.nodes), kind)
        return self._repr_svg_().encode() if kind == "svg" else drawings.content(self.drawing, kind)


class PlotPicture(Picture):
    """Curves along one variable, or a field over two; `result` has the numbers."""

    formats = ("svg", "png", "pdf")

    def __init__(self, result: Curves | Field, digits: int | None = None) -> None:
        self.result = result
        self._digits = digits

    def __repr__(self) -> str:
        """On a terminal, the curves in dots."""
        if isinstance(self.result, Curves):
            from exprgrad.errors import MissingError

            try:
                from exprgrad.render.pictures.terminal import Screen, plot

                return plot(self.result, Screen(80, 20, False, True, self._digits)).rstrip("\n")
            except MissingError:
                pass
        return f'<plot of {visible(self.result.expression)}; save("plot.svg")>'

    def _repr_svg_(self) -> str:
        return self._content("svg").decode()

    def _content(self, kind: str) -> bytes:
        from exprgrad.render.pictures.figure import draw

        return draw(self.result, kind, self._digits)


@checked
def graph(expression: str | Expression, /, **bindings: Any) -> GraphPicture:
    """The graph of an expression, drawn: `exprgrad.graph("(a*b + c)*d", a=3, b=2, c=5, d=5)`. Where every variable has
    a value, the nodes have their values and derivatives.

    A notebook shows it; `.save("graph.html")` writes a page that plays both passes, which needs no network, and
    .svg, .png (by Graphviz), .dot, .mmd files.
    """
    from exprgrad.jobs.draw.drawing import draw

    parsed = expression_of(expression)
    words = sorted_words("graph", parsed, bindings)
    size = len(parsed.model.graph)
    return GraphPicture(draw(*bind(parsed.lowered, words.bindings), steps=size <= drawings.MOST_DRAWN))


@checked
def plot(
    expression: str | Expression,
    data: Table | None = None,
    /,
    *,
    order: int = 0,
    points: int | None = None,
    digits: int | None = None,
    **bindings: Any,
) -> PlotPicture:
    """An expression along a variable: `exprgrad.plot("sin(x)/x", x=(0, 20))`; over two, contours with arrows along the
    gradient: `exprgrad.plot("sin(x)*cos(y)", x=(-3, 3), y=(-3, 3))`.

    A range is a pair (first, last), or a text "0:20" as on the command line; an array is drawn through, point by
    point. `order` adds the derivatives up to that order, `points` is how many there are along each range,
    `digits` how many the numbers at the axes have. The columns of `data` are folded by the expression, as in
    `exprgrad.plot("mean((w*x - y)^2)", df, w=(0, 4))`. A notebook shows it; `.save("plot.svg")` writes .svg, .png and
    .pdf files. Raises UsageError, MissingError without the extra `plot`.
    """
    check_installed("exprgrad.plot", "plot", "matplotlib")
    from exprgrad.data.read import Wanted
    from exprgrad.data.tables import Given, taken

    parsed = expression_of(expression)
    words = sorted_words("plot", parsed, bindings, more=own_words(plot))
    ranges, others = ranges_in(words.bindings)
    numbers, columns = separate(others)
    if not ranges:
        ranges, columns = _along(parsed, columns)
    wanted = Wanted(over=ranges.keys(), parameters=parsed.variables)
    with taken(parsed.lowered, Given(data, {**numbers, **columns}, None, words.reading), wanted) as call:
        given, folded = separate(call.bindings)
        values = {name: as_number(name, value) for name, value in given.items()}
        if call.source is not None:
            (batch,) = call.source.read(list(call.source.names)) if call.source.names else ({},)
            folded = {**folded, **batch}
        model = parsed.lowered.model_for(values, [*ranges, *folded])
        result = _result(model, {**model.defaults, **values}, ranges, folded, order, points)
    return PlotPicture(result, digits)


def _along(expression: Expression, columns: Mapping[str, Column]) -> tuple[dict[str, Range], dict[str, Column]]:
    """Where there is no range: the columns that the value follows row by row are drawn through."""
    model = expression.lowered.model_for((), list(columns))
    if not columns or not Shapes(model.graph, list(columns)).is_column(model.output):
        name = next(iter(expression.variables), "x")
        raise UsageError("there is no range to draw over", hint=f"give one as {name}=(-5, 5)")
    return {name: Range.through(name, column) for name, column in columns.items()}, {}


def _result(
    model: Model,
    numbers: Mapping[str, float],
    ranges: Mapping[str, Range],
    columns: Mapping[str, Column],
    order: int,
    points: int | None,
) -> Curves | Field:
    from exprgrad.jobs.plot.curves import curves, field

    for name in ranges:
        if not model.graph.has_input(name):
            raise UsageError(f"the value does not depend on {name}")
    known = {*numbers, *ranges, *columns}
    if missing := [name for name in model.graph.inputs() if name not in known]:
        raise UnboundError(missing)
    if len(ranges) > 2:
        raise UsageError(f"{len(ranges)} ranges: a plot has one or two", hint="give the other variables numbers")
    if len(ranges) == 2 and order:
        raise UsageError("order is for one range: over two the gradient is drawn anyway")
    otherwise = _ALONG if len(ranges) == 1 else _SIDE
    axes: dict[str, Sequence[float]] = {name: span.spread(points, otherwise) for name, span in ranges.items()}
    total = prod(map(len, axes.values()))
    if total > MOST:
        raise LimitError(f"a plot of {total:,} points: the limit is {MOST:,}", hint="give fewer points")
    if len(axes) == 2:
        return field(model, numbers, axes, columns)
    ((name, along),) = axes.items()
    return curves(model, numbers, name, along, order, columns)
