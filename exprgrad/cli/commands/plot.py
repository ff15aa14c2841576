"""`exprgrad plot`: the value and its derivatives as pictures."""

from __future__ import annotations

import sys
from math import prod
from typing import Any

from exprgrad.arguments import separate
from exprgrad.cli.line.bindings import Binding, Interval, interval, names_of
from exprgrad.cli.line.columns import bind_columns
from exprgrad.cli.line.command import NUMBER, ExpressionCommand, expression_command
from exprgrad.cli.options.compute import ORDER, WRT
from exprgrad.cli.options.data import DataOptions, data_options, open_table, taken
from exprgrad.cli.options.option import COMPUTE, Whole, row, take
from exprgrad.cli.options.pictures import FORMATS, kind_of, screen
from exprgrad.cli.options.results import DIGITS, FormatName, file_and_format
from exprgrad.cli.output import deliver, emit, note, to_terminal
from exprgrad.columns.values import Column
from exprgrad.errors import ExitCode, LimitError, UnboundError, UsageError
from exprgrad.expression import Expression
from exprgrad.jobs.plot.curves import curves, field
from exprgrad.jobs.plot.result import Curves, Field

TERMINAL = "terminal"
"""The format of a picture made of characters."""
MOST = 1_000_000
"""Points of a plot."""
_ALONG, _SIDE = 501, 81
"""Points along a curve, and along each side of a grid, where the user does not say how many: odd, so that the
middle is among them."""


class PlotCommand(ExpressionCommand):
    """Where `first:last` is an interval."""

    read = staticmethod(interval)
    values = f"{NUMBER}, or of one or two variables a range (0:6) to draw over"


@expression_command("plot", cls=PlotCommand, shown=False)
@take(
    WRT.otherwise("the variable of the range"),
    ORDER.otherwise("the value alone, with --wrt 1"),
    row("--points", heading=COMPUTE, type=Whole(2), help="How many points along each range."),
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
    digits: int | None,
    quiet: bool,
    **options: Any,
) -> int:
    """Draw an expression over a range of a variable.

    \b
    exprgrad plot "sin(x)/x" --x 0:20
    exprgrad plot "x^3 - x" --x -2:2 --order 2 -o cubic.svg
    exprgrad plot "a*exp(-b*t)" --t 0:5 --a 2 --b 0.7 -o decay.pdf
    exprgrad plot "mean((w*x-y)^2)" --w 0:4 --data points.csv
    exprgrad plot "sin(x)*cos(y)" --x -3:3 --y -3:3 -o field.png

    Without a file the curves are drawn on the terminal. --order draws the derivatives up to the N-th, too, --wrt those
    with respect to other variables than that of the range. Two ranges give a contour plot with arrows along
    the gradient. Needs the extra: pip install "exprgrad[plot]".
    """
    kind, files = _kind(format, output), taken(options)
    ranges = {name: value for name, value in values.items() if isinstance(value, Interval)}
    numbers, data = separate({name: value for name, value in values.items() if name not in ranges})
    if files.files:
        data |= _columns(expression, values, files)
    model = expression.lowered.model_for(numbers, [*ranges, *data])
    bindings = {**model.defaults, **numbers}
    names = names_of(wrt, "--wrt")
    for name in names:
        if not model.graph.has_input(name) or name in data:
            raise expression.lowered.unknown(name) if name not in data else _of_a_column(name)
    missing = [name for name in model.graph.inputs() if name not in {*bindings, *ranges, *data}]
    for name in ranges:
        if not model.graph.has_input(name):
            raise UsageError(f"the value does not depend on {name}")
    if not ranges:
        raise UsageError("there is no range to draw over", hint=f"give one as --{(missing or ['x'])[0]} -5:5")
    if missing:
        raise UnboundError(missing)
    _check(len(ranges), order, names, kind)
    axes = _spread(ranges, points)
    result: Curves | Field
    if len(axes) == 2:
        result = field(model, bindings, axes, data, files.engine)
    else:
        ((name, along),) = axes.items()
        result = curves(model, bindings, name, along, order or int(bool(names)), data, files.engine, names)
    _draw(result, kind, output, digits)
    return ExitCode.DONE


def _columns(expression: Expression, values: dict[str, Binding], options: DataOptions) -> dict[str, Column]:
    """The columns that the expression names, in memory: each point of a curve needs all of their rows."""
    from exprgrad.data.resident import held

    source = bind_columns(expression, open_table(options, lambda: False), options.columns, values, free=True)
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


def _check(ranges: int, order: int | None, wrt: list[str], kind: str | None) -> None:
    """Raises UsageError for what cannot be drawn over so many ranges."""
    if ranges > 2:
        raise UsageError(f"{ranges} ranges: a plot has one or two", hint="give the other variables numbers")
    if ranges == 2 and (order or wrt):
        option = "--order" if order else "--wrt"
        raise UsageError(f"{option} is for one range: over two the gradient is drawn anyway")
    if ranges == 2 and kind is None:
        hint = "give -o FILE.svg, .png or .pdf"
        raise UsageError("two ranges make a contour plot, which no terminal shows", hint=hint)


def _spread(ranges: dict[str, Interval], points: int | None) -> dict[str, list[float]]:
    """The points along each range. Raises LimitError for too many."""
    otherwise = _ALONG if len(ranges) == 1 else _SIDE
    total = prod(points or len(span.steps or ()) or otherwise for span in ranges.values())
    if total > MOST:
        raise LimitError(f"a plot of {total:,} points: the limit is {MOST:,}", hint="give fewer --points")
    return {name: span.spread(points, otherwise) for name, span in ranges.items()}


def _draw(result: Curves | Field, kind: str | None, target: str, digits: int | None) -> None:
    drawn: list[Column] = [curve.values for curve in result.curves] if isinstance(result, Curves) else [result.values]
    if kind is not None:
        from exprgrad.render.pictures.figure import draw

        deliver(draw(result, kind, digits), target)
    elif isinstance(result, Curves):
        from exprgrad.render.pictures.terminal import plot

        drawn_on = screen(sys.stdout) if target == "-" else screen(None)._replace(colours=False)
        text = plot(result, drawn_on._replace(digits=digits))
        emit(text) if target == "-" else deliver(text, target)
    if not any(abs(float(value)) < float("inf") for column in drawn for value in column):
        note("no value is finite: there is nothing to see")
