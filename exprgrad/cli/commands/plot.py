"""`exprgrad plot`: the value and its derivatives as pictures."""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import click

from exprgrad.arguments import separate
from exprgrad.cli.line.bindings import Binding, Interval, interval, names_of
from exprgrad.cli.line.columns import bind_columns
from exprgrad.cli.line.command import NUMBER, ExpressionCommand, expression_command
from exprgrad.cli.options.compute import ORDER, WRT
from exprgrad.cli.options.data import DataOptions, data_options, open_table, taken
from exprgrad.cli.options.option import COMPUTE, OUTPUT, Whole, row, take
from exprgrad.cli.options.pictures import check_terminal, kind_of, screen
from exprgrad.cli.options.results import DIGITS, FormatName, file_and_format
from exprgrad.cli.output import deliver, emit, note
from exprgrad.columns.values import Column
from exprgrad.errors import ExitCode, UsageError
from exprgrad.expression import Expression
from exprgrad.jobs.plot.program import drawn, is_formula
from exprgrad.jobs.plot.result import Curves, Field
from exprgrad.jobs.plot.run import Given, Request, plot
from exprgrad.jobs.plot.spans import Span
from exprgrad.render.formats import PICTURES
from exprgrad.render.pictures.look import Look, look_of
from exprgrad.syntax import parse

if TYPE_CHECKING:
    from exprgrad.data.source import TableSource

TERMINAL = "terminal"
"""The format of a picture made of characters."""


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
@file_and_format(FormatName((TERMINAL, *PICTURES)), "by the suffix of FILE, else terminal")
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
    look = look_of(title, x_label, y_label, log or "")
    spans = {name: value for name, value in values.items() if isinstance(value, Interval)}
    ranges = {name: Span(value[0], value[1], value.steps) for name, value in spans.items()}
    numbers, lists = separate({name: value for name, value in values.items() if name not in ranges})
    source = _source(expression, files, values, ranges) if files.files else None
    request = Request(names_of(wrt, "--wrt"), order, points, log or "")
    result = plot(expression.lowered, Given(numbers, ranges, lists, source), request, files.engine)
    _draw(result, kind, output, digits, look)
    return ExitCode.DONE


def _source(
    expression: Expression, options: DataOptions, bound: Collection[str], ranges: Collection[str]
) -> TableSource:
    """The columns of the data: those of a formula may be that of the range, too."""
    table = open_table(options, lambda: False)
    source = bind_columns(expression, table, options.columns, [name for name in bound if name not in ranges], free=True)
    if not expression.lowered.formula and any(name not in ranges for name in source.names):
        source = bind_columns(expression, table, options.columns, bound, free=True)  # says which is given twice
    return source


def _kind(format: str | None, target: str) -> str | None:  # noqa: A002
    """The format of the picture; None for the terminal."""
    if format is None:
        return kind_of(target)
    if format == TERMINAL:
        return None
    check_terminal(format, target)
    return format


def _draw(result: Curves | Field, kind: str | None, target: str, digits: int | None, look: Look) -> None:
    shown: list[Column] = [curve.values for curve in result.curves] if isinstance(result, Curves) else [result.values]
    if kind is not None:
        from exprgrad.render.pictures.figure import draw

        deliver(draw(result, kind, digits, look), target)
    elif isinstance(result, Field):
        hint = "give -o FILE.svg, .png or .pdf"
        raise UsageError("two ranges make a contour plot, which no terminal shows", hint=hint)
    else:
        from exprgrad.render.pictures.terminal import plot as characters

        drawn_on = screen(sys.stdout) if target == "-" else screen(None)._replace(colours=False)
        text = characters(result, drawn_on._replace(digits=digits), look)
        emit(text) if target == "-" else deliver(text, target)
    if not any(abs(float(value)) < float("inf") for column in shown for value in column):
        note("no value is finite: there is nothing to see")
