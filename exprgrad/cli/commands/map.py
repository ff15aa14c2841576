"""`exprgrad map`: rows in, the same rows with values and derivatives out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from exprgrad.arguments import separate
from exprgrad.binding import bind
from exprgrad.cli.line.bindings import Binding
from exprgrad.cli.line.columns import bind_columns
from exprgrad.cli.line.command import VALUES, ExpressionCommand, expression_command
from exprgrad.cli.line.source import is_piped, waits
from exprgrad.cli.options import cluster
from exprgrad.cli.options.data import NEEDED, DataOptions, data_options, open_table, rows_read, taken
from exprgrad.cli.options.option import COMPUTE, flag_of, row, take
from exprgrad.cli.options.results import file_and_format
from exprgrad.cli.options.tables import FORMATS_OF_ROWS, NEW_COLUMNS, request_of, write_table
from exprgrad.cli.output import note
from exprgrad.errors import ExitCode, UsageError, check_installed
from exprgrad.expression import Expression

if TYPE_CHECKING:
    from exprgrad.columns.values import Column
    from exprgrad.data.parts.folder import Folder
    from exprgrad.data.source import TableSource
    from exprgrad.data.table import Table
    from exprgrad.jobs.map.result import Written
    from exprgrad.jobs.map.rows import RowMap


class MapCommand(ExpressionCommand):
    """Takes its data from standard input where the line names none."""

    takes_piped_data = True
    values = VALUES


@expression_command("map", cls=MapCommand, shown=False)
@take(
    *NEW_COLUMNS,
    row(
        "--grid",
        heading=COMPUTE,
        is_flag=True,
        help="Make rows of each number of a list or range with all of the others.",
    ),
)
@file_and_format(FORMATS_OF_ROWS, "by the suffix of FILE, else csv")
@data_options
@cluster.cluster_options
def command(
    expression: Expression,
    values: dict[str, Binding],
    *,
    output: str,
    format: str | None,  # noqa: A002
    grid: bool,
    quiet: bool,
    **options: Any,
) -> int:
    """Add values and derivatives to rows of data.

    \b
    exprgrad map "sqrt(x^2+y^2)" --data in.csv --wrt x,y -o out.parquet
    exprgrad map "x/y" --data in.csv --u x=5%,y=dy
    exprgrad map "p = a*x; q = p^2 + y" --a 2 --data in.csv --add p,q
    cat in.csv | exprgrad map "w*x" --w 3 | head
    exprgrad map "max(S - K, 0)" --S 80:120:10 --K 90,100,110 --grid
    exprgrad map "w*x" --w 3 --data "in-*.csv" --cluster local -o out.parquet

    The rows stream through, so they may be more than memory holds. Their columns come out as they are, then
    the new ones: value, and d_x for --wrt x, d2_x with --order 2; with --add p,q: p, q, and dp_dx, dq_dx. Without
    data the lists and ranges of the line are the columns. --u adds the uncertainty of each, value_u, by the law of
    propagation for independent variables.
    """
    data, workers = taken(options), cluster.taken(options)
    numbers, lists = separate(values)
    passes: list[int] = []
    table = _table(data, lists, grid, workers, lambda: passes != [1])
    request = request_of(options, table)
    beside = [one.column for one in request.spread.values() if one.column]
    source = bind_columns(expression, table, data.columns, numbers, more=beside)
    model, inputs = bind(expression.lowered, numbers, source, beside=beside)
    inputs.check_complete(model)
    request.columns(expression.lowered, model)
    from exprgrad.data.parts.folder import folder_of

    folder = folder_of(output, format) if workers.address is not None else None
    with (
        rows_read(source, quiet=quiet) as watch,
        cluster.engine_on(workers, source, data.engine, quiet=quiet) as engine,
    ):
        from exprgrad.jobs.map.request import row_map

        rows = row_map(expression.lowered, model, request, source, table.header, engine)
        passes.append(rows.passes)
        if folder is None:
            compute = partial(rows.stream, inputs.numbers)
            written = write_table(source.table, source.columns, rows.names, compute, output, format, watch)
        else:
            written = _write_folder(rows, source, inputs.numbers, folder, engine.cluster)
    if written.lost:
        note(written.note(rows.names))
    return ExitCode.DONE


def _table(
    data: DataOptions,
    lists: Mapping[str, Column],
    grid: bool,
    workers: cluster.ClusterOptions,
    again: Callable[[], bool],
) -> Table:
    """The rows: those of files or of a pipe, or those that the lists and ranges of the line make. Raises UsageError for
    both, and for neither."""
    if not lists:
        if grid:
            raise UsageError("--grid takes lists or ranges", hint="give two, as --x 0:1:0.1 --y 1,2,3")
        if not data.files and not is_piped():
            raise UsageError("there are no data", hint="give --data FILE, pipe them in, or give a range: --x 0:1:0.1")
        return open_table(data if data.files else data._replace(files=("-",)), again)
    name = next(iter(lists))
    if data.files:
        raise UsageError(f"{name} is a list", hint="map takes its columns from the data, or all of them from lists")
    if waits():
        raise UsageError(f"{name} is a list, and rows are piped in", hint="leave one out: < /dev/null pipes in none")
    if data.columns or data.reading:
        option = "--column" if data.columns else flag_of(next(iter(data.reading)))
        raise UsageError(f"{option} says how data are read", hint="name them: --data FILE")
    if workers.address is not None:
        raise UsageError("a cluster computes on the rows of files", hint="give --data FILE, or leave out --cluster")
    check_installed("lists", "data", *NEEDED)
    from exprgrad.data.frames.given import table_of

    return table_of(lists, grid=grid)


def _write_folder(
    rows: RowMap, source: TableSource, bindings: Mapping[str, float], folder: Folder, workers: Any
) -> Written:
    """Have all rows written to a folder by the workers."""
    from exprgrad.data.parts.folder import schema_of

    used = list(dict.fromkeys(source.columns[name] for name in rows.plan.inputs))
    written: Written = workers.write(rows, bindings, schema_of(source.table, used, folder.takes_texts), folder)
    return written
