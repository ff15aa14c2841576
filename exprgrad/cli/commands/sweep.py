"""`exprgrad sweep`: values and derivatives over all of some ranges, or over the points of a design."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from exprgrad.backends.prepared import Engine
from exprgrad.binding import bind
from exprgrad.cli.config.digits import digits_of
from exprgrad.cli.line import mistakes
from exprgrad.cli.line.command import NUMBER, ExpressionCommand, expression_command
from exprgrad.cli.line.readings import load
from exprgrad.cli.options.compute import SEED, THREADS
from exprgrad.cli.options.data import BACKEND, NEEDED, rows_read
from exprgrad.cli.options.option import COMPUTE, Whole, row, take
from exprgrad.cli.options.results import file_and_format
from exprgrad.cli.options.tables import FORMATS_OF_SWEEPS, NEW_COLUMNS, TABLE, request_of, write_table
from exprgrad.cli.output import deliver, note, to_terminal
from exprgrad.errors import ExitCode, ExprgradError, check_installed
from exprgrad.expression import Expression
from exprgrad.jobs.sweep.axes import Axis, listed, swept
from exprgrad.jobs.sweep.read import axis, is_distribution
from exprgrad.jobs.sweep.request import DESIGNS, GRID, POINTS, Design
from exprgrad.render.formats import render

if TYPE_CHECKING:
    from exprgrad.columns.values import Column
    from exprgrad.data.frames.given import Maker
    from exprgrad.data.source import TableSource

    Compute = Callable[[Any], Iterator[tuple[Any, list[Column]]]]


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
    row("--n", heading=COMPUTE, type=Whole(1), otherwise=str(POINTS), help="How many rows latin and sobol make."),
    SEED,
    *NEW_COLUMNS,
)
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

    A range is FIRST:LAST:STEP, in steps of 1 without a STEP; a list is 1,2,3; a number is held, and is no column. The
    columns are what is swept, in the order of the line, then the new ones as map names them: value, d_x, d2_x. The rows
    stream to a file or a pipe; a terminal shows the first and the last ones.
    The designs latin and sobol make --n rows that fill the ranges evenly. For them 1:3 is all between 1 and 3, a list
    has each of its numbers equally often, and a variable may be uncertain: 1.0±0.1, 2.006(5), readings(…), @FILE, or a
    distribution as uncertainty has them.
    """
    check_installed("sweep", "data", *NEEDED)
    from exprgrad.data.frames.given import table_made
    from exprgrad.data.source import TableSource
    from exprgrad.jobs.map.request import row_map
    from exprgrad.jobs.sweep.designs import rows_of

    numbers, axes = swept(values)
    chosen = Design(design, n, seed)
    maker = rows_of(axes, chosen)
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
    if kind == TABLE:
        _show(compute, rows.names, source, maker, output)
        return ExitCode.DONE
    with rows_read(source, quiet=quiet) as watch:
        written = write_table(table, source.columns, rows.names, compute, output, kind, watch)
    if written.lost:
        note(written.note(rows.names))
    return ExitCode.DONE


def _show(compute: Compute, names: tuple[str, ...], source: TableSource, maker: Maker, target: str) -> None:
    """Show the first and the last rows as a table, and say what is left out."""
    from exprgrad.data.frames.given import table_made
    from exprgrad.data.rows import Collected
    from exprgrad.jobs.map.write import write_rows
    from exprgrad.jobs.sweep.result import Excerpt, parts

    collected = Collected()
    written = write_rows(table_made(maker, parts(maker.rows)), source.columns, compute, names, collected)
    found = collected.table
    excerpt = Excerpt(maker.header, tuple(found.column_names), [*map(_numbers, found.columns)], maker.rows)
    deliver(render(excerpt, TABLE, digits_of(TABLE, None), to_file=target != "-"), target)
    if excerpt.shown < maker.rows:
        note(f"{excerpt.shown} of {maker.rows:,} rows are shown; -o FILE writes all, as does a pipe")
    if written.lost:
        shown = f"the {excerpt.shown} rows shown" if excerpt.shown < maker.rows else f"{maker.rows} rows"
        note(f"{', '.join(names)}: nan or infinite in {written.lost} of {shown}")


def _numbers(column: Any) -> list[float]:
    return [*map(float, column.to_pylist())]
