"""`exprgrad sweep`: values and derivatives over all of some ranges, or over the points of a design."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import click

from exprgrad.backends.engine import Engine
from exprgrad.binding import bind
from exprgrad.cli.line import mistakes
from exprgrad.cli.line.command import NUMBER, ExpressionCommand, expression_command
from exprgrad.cli.line.readings import load
from exprgrad.cli.options.compute import SEED, THREADS, N
from exprgrad.cli.options.data import BACKEND, NEEDED, rows_read
from exprgrad.cli.options.option import COMPUTE, row, take
from exprgrad.cli.options.pictures import check_plot
from exprgrad.cli.options.results import file_and_format
from exprgrad.cli.options.sweep import PLOT_OF_SWEEPS, draw, show, show_tornado
from exprgrad.cli.options.tables import FORMATS_OF_SWEEPS, NEW_COLUMNS, TABLE, request_of, write_table
from exprgrad.cli.output import note, to_terminal
from exprgrad.errors import ExitCode, ExprgradError, check_installed
from exprgrad.expression import Expression
from exprgrad.jobs.sweep.axes import Axis, listed, swept
from exprgrad.jobs.sweep.read import axis, is_distribution
from exprgrad.jobs.sweep.request import DESIGNS, GRID, POINTS, Design, picture_of


def _read(text: str, option: str) -> float | Axis:
    """What a variable goes through. Raises UsageError, which says what is meant by what other programs write."""
    try:
        return axis(text, option, load)
    except ExprgradError as error:
        meant = None if is_distribution(text.strip()) else mistakes.value(text, option)
        raise meant or error from None


class SweepCommand(ExpressionCommand):
    """Where a variable is held at a number, or goes through a list, a range or a distribution."""

    read = staticmethod(_read)  # type: ignore[assignment]
    values = f"{NUMBER}, which is held; a list (1,2,3); a range (1:3:0.1); for a design also 1.0±0.1, normal(1, 0.1), …"

    def bound(  # type: ignore[override]
        self, ctx: click.Context, names: list[str], settings: Iterable[str], files: Iterable[str]
    ) -> dict[str, float | Axis]:
        found: dict[str, Any] = super().bound(ctx, names, settings, files)
        return {name: listed(name, value) if isinstance(value, list) else value for name, value in found.items()}


@expression_command("sweep", cls=SweepCommand, shown=False)
@take(
    row(
        "--design",
        heading=COMPUTE,
        type=click.Choice(DESIGNS),
        default=GRID,
        help="Which rows there are: each number with all of the others, a Latin hypercube, or Sobol' points.",
    ),
    N.otherwise(str(POINTS)),
    SEED,
    *NEW_COLUMNS,
)
@take(PLOT_OF_SWEEPS)
@file_and_format(FORMATS_OF_SWEEPS, "by the suffix of FILE, else a table on a terminal, tsv elsewhere")
@take(THREADS, BACKEND)
def command(
    expression: Expression,
    values: dict[str, float | Axis],
    *,
    output: str,
    format: str | None,  # noqa: A002
    design: str,
    n: int | None,
    seed: int,
    plot: str | None,
    threads: int | None,
    backend: str,
    quiet: bool,
    **options: Any,
) -> int:
    """Give values and derivatives for each number of a range with all of the others.

    \b
    exprgrad sweep "4*pi^2*L/T^2" --L 1:3:0.1 --T 2,3,4
    exprgrad sweep "x*exp(-y)" --x 0:1:0.1 --y 0:5:0.5 --wrt x,y -o sweep.parquet
    exprgrad sweep "a*x^2" --a 9.81 --x 1,2,5 --json
    exprgrad sweep "4*pi^2*L/T^2" --L 1:3 --T "normal(2, 0.1)" --design latin --n 100
    exprgrad sweep "x^2*sin(y)" --x 0:2:0.05 --y 0:6:0.1 --plot
    exprgrad sweep "4*pi^2*L/T^2" --L 1.0±0.1 --T 1.9:2.1 --plot tornado

    A range is FIRST:LAST:STEP, in steps of 1 without a STEP; a list is 1,2,3; a number is held, and is no column. The
    columns are what is swept, in the order of the line, then the new ones as map names them: value, d_x, d2_x. The rows
    stream to a file or a pipe; a terminal shows the first and the last ones.
    The designs latin and sobol make --n rows that fill the ranges evenly. For them 1:3 is all between 1 and 3, a list
    has each of its numbers equally often, and a variable may be uncertain: 1.0±0.1, 2.006(5), readings(…), @FILE, or a
    distribution as uncertainty has them.
    --plot draws lines along one range, with a line for each number of a list; over two ranges a heat map; and for each
    number of what else is swept a panel; of a design its rows as dots. --plot tornado, or tornado:FILE, moves each
    variable alone, the others in their middle, and gives the bars as rows. Needs the extra: pip install
    "exprgrad[plot]".
    """
    check_installed("sweep", "data", *NEEDED)
    from exprgrad.data.frames.given import table_made
    from exprgrad.data.source import TableSource
    from exprgrad.jobs.map.request import row_map
    from exprgrad.jobs.sweep.designs import one_row, rows_of
    from exprgrad.jobs.sweep.picture import evaluated

    numbers, axes = swept(values)
    tornado, target = picture_of(plot)
    check_plot(target)
    chosen = Design(design, n, seed)
    maker = one_row(axes, chosen) if tornado else rows_of(axes, chosen)
    if chosen.note:
        note(chosen.note)
    table = table_made(maker)
    request = request_of(options, table)
    source = TableSource(table, {name: name for name in axes})
    model, inputs = bind(expression.lowered, numbers, source)
    inputs.check_complete(model)
    rows = row_map(expression.lowered, model, request, source, table.header, Engine.of(backend, threads))
    kind = format or (TABLE if output == "-" and to_terminal() else "tsv" if output == "-" else None)
    compute = partial(rows.stream, inputs.numbers)
    if tornado:
        assert target is not None
        show_tornado(axes, rows.names, evaluated(compute), output, kind, target)
        return ExitCode.DONE
    if kind == TABLE:
        show(compute, rows.names, source, maker, output)
    else:
        with rows_read(source, quiet=quiet) as watch:
            written = write_table(table, source.columns, rows.names, compute, output, kind, watch)
        if written.lost:
            note(written.note(rows.names))
    if target is not None:
        draw(axes, rows.names, evaluated(compute), None if design == GRID else maker, target, beside=kind == TABLE)
    return ExitCode.DONE
