"""`exprgrad.graph` and `exprgrad.plot`: pictures that show themselves in a notebook, and are saved to files."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, overload

from exprgrad.arguments import checked, separate
from exprgrad.backends.engine import Engine
from exprgrad.binding import bind
from exprgrad.columns.shapes import Shapes
from exprgrad.errors import UsageError, check_installed
from exprgrad.expression import Expression
from exprgrad.jobs.draw import formats as drawings
from exprgrad.jobs.draw.result import DIGITS, Drawing
from exprgrad.jobs.plot.program import drawn, is_formula
from exprgrad.jobs.plot.result import Curves, Field
from exprgrad.jobs.plot.spans import Span
from exprgrad.jobs.uncertainty.result import Uncertainty
from exprgrad.python.ranges import ranges_in, through
from exprgrad.python.words import expression_of, own_words, sorted_words
from exprgrad.render.formats import PICTURES
from exprgrad.render.pictures.look import PLAIN, Look, look_of
from exprgrad.syntax import parse
from exprgrad.text.escapes import visible

if TYPE_CHECKING:
    from exprgrad.data.read import Table


class Picture(ABC):
    """A picture: a notebook shows it, and `save` writes it to a file."""

    suffixes: ClassVar[Mapping[str, str]]
    """The formats that it can be saved in, by the suffixes of files; a format is a suffix of its own."""

    @abstractmethod
    def _repr_svg_(self) -> str:
        """As SVG, for notebooks."""

    @abstractmethod
    def _content(self, kind: str) -> bytes: ...

    @checked
    def save(self, path: str | os.PathLike[str], *, format: str | None = None) -> None:  # noqa: A002
        """Write it to a file, which appears when it is whole, in the `format` that is said, or that its name says.
        Raises UsageError for what tells no format, OutputError."""
        from exprgrad.data.output.target import write_whole

        formats = dict.fromkeys(self.suffixes.values())
        kind = format or self.suffixes.get(os.path.splitext(os.fspath(path))[1].lower().removeprefix("."))
        if kind not in formats:
            named = f"there is no format {kind}" if kind else f"the name {visible(os.fspath(path))} tells no format"
            raise UsageError(named, hint=f"end it in one of {', '.join(f'.{name}' for name in formats)}")
        write_whole(os.fspath(path), self._content(kind))


class GraphPicture(Picture):
    """The graph of an expression, drawn."""

    suffixes: ClassVar[Mapping[str, str]] = drawings.SUFFIXES

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing

    def __repr__(self) -> str:
        nodes = len(self.drawing.nodes)
        return f'<graph of {visible(self.drawing.expression)}: {nodes:,} nodes; save("graph.html")>'

    def _repr_svg_(self) -> str:
        from exprgrad.jobs.draw.svg import svg

        drawings.check_size(len(self.drawing.nodes), "svg")
        return svg(self.drawing)

    def _content(self, kind: str) -> bytes:
        drawings.check_size(len(self.drawing.nodes), kind)
        return self._repr_svg_().encode() if kind == "svg" else drawings.content(self.drawing, kind)


class PlotPicture(Picture):
    """Curves along one variable, or a field over two; `result` has the numbers."""

    suffixes: ClassVar[Mapping[str, str]] = dict(zip(PICTURES, PICTURES, strict=True))

    def __init__(self, result: Curves | Field, digits: int | None = None, look: Look = PLAIN) -> None:
        self.result = result
        self._digits = digits
        self._look = look

    def __repr__(self) -> str:
        """On a terminal, the curves in dots."""
        if isinstance(self.result, Curves):
            from exprgrad.errors import MissingError

            try:
                from exprgrad.render.pictures.screen import Screen
                from exprgrad.render.pictures.terminal import plot

                return plot(self.result, Screen(80, 20, False, True, self._digits), self._look).rstrip("\n")
            except MissingError:
                pass
        return f'<plot of {visible(self.result.expression)}; save("plot.svg")>'

    def _repr_svg_(self) -> str:
        return self._content("svg").decode()

    def _content(self, kind: str) -> bytes:
        from exprgrad.render.pictures.figure import draw

        return draw(self.result, kind, self._digits, self._look)


class BudgetPicture(Picture):
    """The budget of an uncertainty as bars, and how dense its trials lie; `result` has the numbers."""

    suffixes: ClassVar[Mapping[str, str]] = PlotPicture.suffixes

    def __init__(self, result: Uncertainty) -> None:
        from exprgrad.render.pictures.uncertain import pictures

        self.result = result
        self._shown = pictures(result)
        if not self._shown:
            raise UsageError("nothing contributes to the uncertainty: there is nothing to draw")

    def __repr__(self) -> str:
        """On a terminal, in blocks and dots."""
        from exprgrad.errors import MissingError

        try:
            from exprgrad.render.pictures.screen import Screen
            from exprgrad.render.pictures.terminal import plot_pictures

            return plot_pictures(self._shown, Screen(80, 20, False, True)).rstrip("\n")
        except MissingError:
            return f'<budget of {visible(self.result.expression)}; save("budget.svg")>'

    def _repr_svg_(self) -> str:
        return self._content("svg").decode()

    def _content(self, kind: str) -> bytes:
        from exprgrad.render.pictures.stack import draw_pictures

        return draw_pictures(self._shown, kind)


@checked
def graph(
    expression: str | Expression, /, *, wrt: Sequence[str] = (), digits: int = DIGITS, **bindings: Any
) -> GraphPicture:
    """The graph of an expression, drawn: `exprgrad.graph("(a*b + c)*d", a=3, b=2, c=5, d=5)`. Where every variable has
    a value, the nodes have their values and derivatives.

    `wrt` are the variables and named values that the derivatives lead to, by default all; `digits` is how many its
    numbers have. A notebook shows it; `.save("graph.html")` writes a page that plays both passes, which needs no
    network, and .svg, .png (by Graphviz), .dot, .mmd files.
    """
    from exprgrad.jobs.draw.drawing import draw

    parsed = expression_of(expression)
    words = sorted_words("graph", parsed, bindings, more=own_words(graph))
    model, inputs = bind(parsed.lowered, words.bindings)
    parsed.lowered.check_wrt(model, wrt)
    steps = len(parsed.model.graph) <= drawings.MOST_DRAWN
    return GraphPicture(draw(model, inputs, wrt=wrt, steps=steps, digits=digits))


@overload
def plot(expression: Uncertainty, /) -> BudgetPicture: ...
@overload
def plot(expression: str | Expression, data: Table | None = ..., /, **more: Any) -> PlotPicture: ...
@checked
def plot(
    expression: str | Expression | Uncertainty,
    data: Table | None = None,
    /,
    *,
    wrt: Sequence[str] = (),
    order: int = 0,
    points: int | None = None,
    digits: int | None = None,
    log: str | None = None,
    title: str | None = None,
    x_label: str | None = None,
    y_label: str | None = None,
    threads: int | None = None,
    backend: str = "auto",
    **bindings: Any,
) -> PlotPicture | BudgetPicture:
    """An expression along a variable: `exprgrad.plot("sin(x)/x", x=(0, 20))`; over two, contours with arrows along the
    gradient: `exprgrad.plot("sin(x)*cos(y)", x=(-3, 3), y=(-3, 3))`.

    A range is a pair (first, last), or a text "0:20" as on the command line; an array is drawn through, point by
    point. Several expressions are separated by semicolons. A formula is drawn with the rows of the data as dots:
    `exprgrad.plot("y ~ a*x + b", df, **fit.parameters)`. The columns of `data` are folded by an expression, as in
    `exprgrad.plot("mean((w*x - y)^2)", df, w=(0, 4))`.

    `order` adds the derivatives up to that order, `wrt` those with respect to other variables than that of the range,
    `points` is how many there are along each range, `digits` how many the numbers at the axes have. `log` names the
    axes that are logarithmic, "x", "y" or "xy"; `title`, `x_label` and `y_label` are what stands above the picture and
    at its axes. A notebook shows it; `.save("plot.svg")` writes .svg, .png and .pdf files. Raises UsageError,
    MissingError without the extra `plot`.
    """
    check_installed("exprgrad.plot", "plot", "matplotlib")
    if isinstance(expression, Uncertainty):
        said = (data, wrt, order, points, digits, log, title, x_label, y_label, threads, bindings)
        if any(said) or backend != "auto":
            raise UsageError("the result of uncertainty is drawn alone", hint="as exprgrad.plot(found)")
        return BudgetPicture(expression)
    from exprgrad.data.read import Wanted
    from exprgrad.data.tables import Given, taken
    from exprgrad.jobs.plot import run

    parsed = _drawn(expression)
    words = sorted_words("plot", parsed, bindings, more=own_words(plot))
    ranges, others = ranges_in(words.bindings)
    if not ranges and not parsed.lowered.formula:
        ranges, others = _along(parsed, others)
    wanted = Wanted(parameters=parsed.variables, hold=False)
    with taken(parsed.lowered, Given(data, others, None, words.reading), wanted) as call:
        numbers, columns = separate(call.bindings)
        request = run.Request(wrt, order or None, points, log or "")
        result = run.plot(
            parsed.lowered, run.Given(numbers, ranges, columns, call.source), request, Engine.of(backend, threads)
        )
    look = look_of(title, x_label, y_label, request.log)
    return PlotPicture(result, digits, look)


def _drawn(expression: str | Expression) -> Expression:
    """The expression with all that it draws: a program may have several, or end in a formula."""
    program = parse(expression) if isinstance(expression, str) else expression_of(expression).lowered.program
    return Expression(drawn(program), formula=is_formula(program)) if program else expression_of(expression)


def _along(expression: Expression, bindings: Mapping[str, Any]) -> tuple[dict[str, Span], dict[str, Any]]:
    """Where there is no range: the columns that the value follows row by row are drawn through."""
    numbers, columns = separate(bindings)
    model = expression.lowered.model_for((), list(columns))
    if not columns or not Shapes(model.graph, list(columns)).is_column(model.output):
        return {}, {**bindings}
    return {name: through(name, column) for name, column in columns.items()}, numbers
