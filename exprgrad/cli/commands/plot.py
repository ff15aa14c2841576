"""`exprgrad plot`: the value and its derivatives as pictures."""

from __future__ import annotations

import sys
from collections.abc import Collection
from math import exp, prod
from math import log as logarithm
from typing import TYPE_CHECKING, Any

import click

from exprgrad.arguments import separate
from exprgrad.cli.line.bindings import Binding, Interval, interval, names_of
from exprgrad.cli.line.columns import bind_columns
from exprgrad.cli.line.command import NUMBER, ExpressionCommand, expression_command
from exprgrad.cli.options.compute import ORDER, WRT
from exprgrad.cli.options.data import DataOptions, data_options, open_table, taken
from exprgrad.cli.options.dots import Rows, dots_beside, rows_of_formula
from exprgrad.cli.options.option import COMPUTE, OUTPUT, Whole, row, take
from exprgrad.cli.options.pictures import FORMATS, kind_of, screen
from exprgrad.cli.options.results import DIGITS, FormatName, file_and_format
from exprgrad.cli.output import deliver, emit, note, to_terminal
from exprgrad.columns.values import Column
from exprgrad.errors import ExitCode, LimitError, UnboundError, UsageError
from exprgrad.expression import Expression
from exprgrad.graph.reach import cone
from exprgrad.jobs.plot.curves import curves, field
from exprgrad.jobs.plot.program import drawn, is_formula, labelled, named, outputs
from exprgrad.jobs.plot.result import Curves, Dots, Field, together
from exprgrad.render.pictures.look import Look
from exprgrad.syntax import parse

if TYPE_CHECKING:
    from exprgrad.data.table import Table

TERMINAL = "terminal"
"""The format of a picture made of characters."""
MOST = 1_000_000
"""Points of a plot."""
_ALONG, _SIDE = 501, 81
"""Points along a curve, and along each side of a grid, where the user does not say how many: odd, so that the
middle is among them."""


class PlotCommand(ExpressionCommand):
    """Where `first:last` is an interval, and there may be several expressions, or a formula."""

    read = staticmethod(interval)
    values = f"{NUMBER}, or of one or two variables a range (0:6) to draw over"

    def parse(self, text: str, name: str) -> Expression:
        program = parse(text, name)
        return Expression(drawn(program), formula=is_formula(program))


@expression_command("plot", cls=PlotCommand, shown=False)
@take(
    WRT.otherwise("the variable of the range"),
    ORDER.otherwise("the value alone, with --wrt 1"),
    row("--points", heading=COMPUTE, type=Whole(2), help="How many points along each range."),
    row("--log", heading=OUTPUT, type=click.Choice(["x", "y", "xy"]), help="Which axes are logarithmic."),
    row("--title", heading=OUTPUT, metavar="WORDS", help="What stands above the picture instead of the expression."),
    row("--x-label", heading=OUTPUT, metavar="WORDS", help="What is written at the horizontal axis."),
    row("--y-label", heading=OUTPUT, metavar="WORDS", help="What is written at the vertical axis."),
    DIGITS.otherwise("as many as there is room for"),
)
@file_and_format(FormatName((TERMINAL, *FORMATS)), "by the suffix of FILE, else terminal")
@data_options
def command(
    expression: Expression,
    values: dict[str, Binding],
    *,
    output: str,
    format: str | None,  # noqa: A002
    wrt: str | None,
    order: int | None,
    points: int | None,
    log: str | None,
    title: str | None,
    x_label: str | None,
    y_label: str | None,
    digits: int | None,
    quiet: bool,
    **options: Any,
) -> int:
    """Draw expressions over a range of a variable.

    \b
    exprgrad plot "sin(x)/x" --x 0:20
    exprgrad plot "x^3 - x" --x -2:2 --order 2 -o cubic.svg
    exprgrad plot "a*exp(-b*t)" --t 0:5 --a 2 --b 0.7 -o decay.pdf
    exprgrad plot "mean((w*x-y)^2)" --w 0:4 --data points.csv
    exprgrad plot "sin(x)*cos(y)" --x -3:3 --y -3:3 -o field.png
    exprgrad plot "sin(x); x - x^3/6" --x -3:3 --title "A sine and its series"
    exprgrad plot "y ~ a*exp(-b*t) + c" --a 1.6 --b 0.2 --c 0.5 --data decay.csv
    exprgrad plot "1/(1 + x^2)" --x 0.01:100 --log xy

    Several expressions are separated by semicolons. A formula, as fit has it, is drawn with the rows of the data as
    dots. A curve that would be lost beside a larger one has a panel of its own. --order draws the derivatives up to the
    N-th, too, --wrt those with respect to other variables than that of the range. Without a file the curves are drawn
    on the terminal. Two ranges give a contour plot with arrows along the gradient.
    Needs the extra: pip install "exprgrad[plot]".
    """
    kind, files = _kind(format, output), taken(options)
    look = Look(title, x_label, y_label or "", "x" in (log or ""), "y" in (log or ""))
    ranges = {name: value for name, value in values.items() if isinstance(value, Interval)}
    numbers, data = separate({name: value for name, value in values.items() if name not in ranges})
    dots: Dots | None = None
    rows: Rows | None = None
    if files.files:
        table = open_table(files, lambda: False)
        if expression.lowered.formula:
            rows = rows_of_formula(expression, table, files.columns, values, ranges)
            ranges = ranges or {rows.variable: Interval(rows.ends)}
        else:
            data |= _folded(expression, table, files, values, ranges)
            dots = dots_beside(table, next(iter(ranges))) if len(ranges) == 1 and not data else None
    model = expression.lowered.model_for(numbers, [*ranges, *data])
    bindings = {**model.defaults, **numbers}
    shown = outputs(model)
    used = {model.graph.name(node) for node in cone(model.graph, [node for _, node in shown])}
    names = names_of(wrt, "--wrt")
    for name in names:
        if name not in used or name in data:
            raise expression.lowered.unknown(name) if name not in data else _of_a_column(name)
    missing = [name for name in model.graph.inputs() if name in used and name not in {*bindings, *ranges, *data}]
    for name in ranges:
        if name not in used:
            raise UsageError(f"the value does not depend on {name}")
    if not ranges:
        raise UsageError("there is no range to draw over", hint=f"give one as --{(missing or ['x'])[0]} -5:5")
    if missing:
        raise UnboundError(missing)
    _check(len(ranges), len(shown), order, names, log, kind)
    axes = _spread(ranges, points, logarithmic=look.log_x)
    result: Curves | Field
    if len(axes) == 2:
        result = field(model, bindings, axes, data, files.engine)
    else:
        ((name, along),) = axes.items()
        if rows is not None:
            dots = rows.dots(model, bindings, files.engine)
        orders = order or int(bool(names))
        found = []
        for (said, _), (own, node) in zip(shown, named(shown, orders), strict=True):
            one = model._replace(output=node, name=own)
            each = curves(one, bindings, name, along, orders, data, files.engine, names)
            found.append(labelled(each, said) if len(shown) > 1 or dots is not None else each)
        result = together(found, dots)
    _draw(result, kind, output, digits, look)
    return ExitCode.DONE


def _folded(
    expression: Expression,
    table: Table,
    options: DataOptions,
    bound: Collection[str],
    ranges: Collection[str],
) -> dict[str, Column]:
    """The columns that the expression folds, in memory: each point of a curve needs all of their rows."""
    from exprgrad.data.resident import held
    from exprgrad.data.source import TableSource

    others = [name for name in bound if name not in ranges]
    source = bind_columns(expression, table, options.columns, others, free=True)
    columns = {name: header for name, header in source.columns.items() if name not in ranges}
    if columns and len(columns) < len(source.columns):
        source = bind_columns(expression, table, options.columns, bound, free=True)  # says which is given twice
    source = TableSource(table, columns)
    found = held(source, list(source.names), None)
    if found is None:
        raise LimitError("the columns of the data take more than half of the memory")
    return {**found.columns}


def _kind(format: str | None, target: str) -> str | None:  # noqa: A002
    """The format of the picture; None for the terminal."""
    if format is None:
        return kind_of(target)
    if format == TERMINAL:
        return None
    if format in ("png", "pdf") and target == "-" and to_terminal():
        raise UsageError(f"a {format.upper()} is not for the terminal", hint=f"give -o FILE.{format}")
    return format


def _of_a_column(name: str) -> UsageError:
    return UsageError(f"{name} is a column of the data: curves have derivatives with respect to numbers")


def _check(ranges: int, expressions: int, order: int | None, wrt: list[str], log: str | None, kind: str | None) -> None:
    """Raises UsageError for what cannot be drawn over so many ranges."""
    if ranges > 2:
        raise UsageError(f"{ranges} ranges: a plot has one or two", hint="give the other variables numbers")
    if ranges == 2 and (order or wrt):
        option = "--order" if order else "--wrt"
        raise UsageError(f"{option} is for one range: over two the gradient is drawn anyway")
    if ranges == 2 and expressions > 1:
        raise UsageError(f"{expressions} expressions: over two ranges there can be one")
    if ranges == 2 and log:
        raise UsageError("--log is for one range")
    if ranges == 2 and kind is None:
        hint = "give -o FILE.svg, .png or .pdf"
        raise UsageError("two ranges make a contour plot, which no terminal shows", hint=hint)


def _spread(ranges: dict[str, Interval], points: int | None, *, logarithmic: bool) -> dict[str, list[float]]:
    """The points along each range. Raises LimitError for too many, UsageError for a range that no logarithms have."""
    otherwise = _ALONG if len(ranges) == 1 else _SIDE
    total = prod(points or len(span.steps or ()) or otherwise for span in ranges.values())
    if total > MOST:
        raise LimitError(f"a plot of {total:,} points: the limit is {MOST:,}", hint="give fewer --points")
    for name, span in ranges.items():
        if logarithmic and not span[0] > 0:
            hint = f"give a range above 0, as --{name} {span[1] / 1000 if span[1] > 0 else 0.1:g}:{max(span[1], 1):g}"
            raise UsageError(f"--log x: the range of {name} begins at {span[0]:g}", hint=hint)
    if not logarithmic:
        return {name: span.spread(points, otherwise) for name, span in ranges.items()}
    return {name: _geometric(span, points, otherwise) for name, span in ranges.items()}


def _geometric(span: Interval, points: int | None, otherwise: int) -> list[float]:
    """Points that are evenly spread on a logarithmic axis, unless the range gives them."""
    if span.steps and not points:
        return span.steps
    first, last = map(logarithm, span)
    return [span[0], *map(exp, Interval([first, last]).spread(points, otherwise)[1:-1]), span[1]]


def _draw(result: Curves | Field, kind: str | None, target: str, digits: int | None, look: Look) -> None:
    shown: list[Column] = [curve.values for curve in result.curves] if isinstance(result, Curves) else [result.values]
    if kind is not None:
        from exprgrad.render.pictures.figure import draw

        deliver(draw(result, kind, digits, look), target)
    elif isinstance(result, Curves):
        from exprgrad.render.pictures.terminal import plot

        drawn_on = screen(sys.stdout) if target == "-" else screen(None)._replace(colours=False)
        text = plot(result, drawn_on._replace(digits=digits), look)
        emit(text) if target == "-" else deliver(text, target)
    if not any(abs(float(value)) < float("inf") for column in shown for value in column):
        note("no value is finite: there is nothing to see")
