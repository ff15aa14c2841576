"""`exprgrad plot`: the value and its derivatives as pictures."""

from __future__ import annotations

import sys
from functools import partial
from math import prod
from typing import Any

import click

from exprgrad.arguments import separate
from exprgrad.cli.line.bindings import Binding, Interval, interval
from exprgrad.cli.line.columns import bind_columns
from exprgrad.cli.line.command import ExpressionCommand, expression_command
from exprgrad.cli.line.optional import OptionalValue
from exprgrad.cli.options.data import DataOptions, data_options, open_table, taken
from exprgrad.cli.options.files import OutputFile
from exprgrad.cli.options.pictures import kind_of, screen
from exprgrad.cli.output import deliver, digits_option, emit, note
from exprgrad.columns.values import Column
from exprgrad.errors import ExitCode, LimitError, UnboundError, UsageError
from exprgrad.expression import Expression
from exprgrad.jobs.plot.curves import curves, field
from exprgrad.jobs.plot.result import Curves, Field

MOST = 1_000_000
"""Points of a plot."""
_ALONG, _SIDE = 501, 81
"""Points along a curve, and along each side of a grid, where the user does not say how many: odd, so that the
middle is among them."""


class PlotCommand(ExpressionCommand):
    """Where `first:last` is an interval."""

    read = staticmethod(interval)


@expression_command("plot", cls=PlotCommand, shown=False)
@click.option(
    "-o", "--output", "target", type=OutputFile(), default="-", metavar="FILE", help="A picture: .svg, .png or .pdf."
)
@click.option(
    "--derivative",
    "order",
    cls=OptionalValue,
    otherwise=1,
    default=0,
    type=click.IntRange(min=0),
    metavar="[N]",
    help="Draw the derivatives, too, up to the N-th; the first without N.",
)
@click.option("--points", type=click.IntRange(2), metavar="N", help="How many points along each range.")
@data_options
@partial(digits_option, what="at the axes of a plot, by default as many as there is room for")
def command(
    expression: Expression,
    values: dict[str, Binding],
    *,
    target: str,
    order: int,
    points: int | None,
    digits: int | None,
    quiet: bool,
    **options: Any,
) -> int:
    """Draw an expression over a range of a variable.

    \b
    exprgrad plot "sin(x)/x" --x 0:20
    exprgrad plot "x^3 - x" --x -2:2 --derivative 2 -o cubic.svg
    exprgrad plot "a*exp(-b*t)" --t 0:5 --a 2 --b 0.7 -o decay.pdf
    exprgrad plot "mean((w*x-y)^2)" --w 0:4 --data points.csv
    exprgrad plot "sin(x)*cos(y)" --x -3:3 --y -3:3 -o field.png

    Without a file the curves are drawn on the terminal. Two ranges give a contour plot with arrows along
    the gradient. Needs the extra: pip install "exprgrad[plot]".
    """
    kind, files = kind_of(target), taken(options)
    ranges = {name: value for name, value in values.items() if isinstance(value, Interval)}
    numbers, data = separate({name: value for name, value in values.items() if name not in ranges})
    if files.files:
        data |= _columns(expression, values, files)
    model = expression.lowered.model_for(numbers, [*ranges, *data])
    bindings = {**model.defaults, **numbers}
    missing = [name for name in model.graph.inputs() if name not in {*bindings, *ranges, *data}]
    for name in ranges:
        if not model.graph.has_input(name):
            raise UsageError(f"the value does not depend on {name}")
    if not ranges:
        raise UsageError("there is no range to draw over", hint=f"give one as --{(missing or ['x'])[0]} -5:5")
    if missing:
        raise UnboundError(missing)
    _check(len(ranges), order, kind)
    axes = _spread(ranges, points)
    result: Curves | Field
    if len(axes) == 2:
        result = field(model, bindings, axes, data, files.engine)
    else:
        ((name, along),) = axes.items()
        result = curves(model, bindings, name, along, order, data, files.engine)
    _draw(result, kind, target, digits)
    return ExitCode.DONE


def _columns(expression: Expression, values: dict[str, Binding], options: DataOptions) -> dict[str, Column]:
    """The columns that the expression names, in memory: each point of a curve needs all of their rows."""
    from exprgrad.data.resident import held

    source = bind_columns(expression, open_table(options, lambda: False), options.columns, values, free=True)
    found = held(source, list(source.names), None)
    if found is None:
        raise LimitError("the columns of the data take more than half of the memory")
    return {**found.columns}


def _check(ranges: int, order: int, kind: str | None) -> None:
    """Raises UsageError for what cannot be drawn over so many ranges."""
    if ranges > 2:
        raise UsageError(f"{ranges} ranges: a plot has one or two", hint="give the other variables numbers")
    if ranges == 2 and order:
        raise UsageError("--derivative is for one range: over two the gradient is drawn anyway")
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

        emit(plot(result, screen(sys.stdout)._replace(digits=digits)))
    if not any(abs(float(value)) < float("inf") for column in drawn for value in column):
        note("no value is finite: there is nothing to see")
