"""The options of commands that take columns of data, and what they open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from exprgrad.backends.engine import Engine
from exprgrad.backends.registry import AUTO, BACKENDS
from exprgrad.cli.options.compute import THREADS
from exprgrad.cli.options.files import InputFile, check_inputs
from exprgrad.cli.options.option import DATA, row, take
from exprgrad.cli.options.reading import read_options, reading, reading_options
from exprgrad.cli.output import note
from exprgrad.errors import check_installed

if TYPE_CHECKING:
    from exprgrad.data.source import TableSource
    from exprgrad.data.table import Table

C = TypeVar("C", bound=Callable[..., Any])

NEEDED = ("numpy", "pyarrow", "llvmlite", "scipy")
"""The packages that columns need."""


class DataOptions(NamedTuple):
    """What the command line says about data."""

    files: tuple[str, ...]
    columns: tuple[str, ...]
    nulls: str
    threads: int | None
    backend: str
    reading: dict[str, Any]
    """How the files are to be read: see `reading.read_options`."""

    @property
    def engine(self) -> Engine:
        return Engine(self.backend, self.threads)


BACKEND = row(
    "--backend",
    heading=DATA,
    type=click.Choice([AUTO, *BACKENDS]),
    default="auto",
    help="What computes over columns.",
)
_ROWS = (
    row(
        "--data",
        field="data_files",
        heading=DATA,
        multiple=True,
        type=InputFile(),
        metavar="FILE",
        help="Columns: CSV and other texts, Parquet, NDJSON, Arrow, workbooks, …, here or at a URL "
        "(https, s3, gs); - is standard input. Several files, also those of a pattern such as 'x-*.csv' or "
        "of a folder that map wrote, are one table.",
    ),
    row(
        "--column",
        field="data_columns",
        heading=DATA,
        multiple=True,
        metavar="NAME=HEADER",
        help="The column that a variable stands for, where the header differs.",
    ),
    row(
        "--nulls",
        field="data_nulls",
        heading=DATA,
        type=click.Choice(["error", "skip", "nan"]),
        default="error",
        help="What to do with rows that lack a number.",
    ),
    THREADS._replace(field="data_threads"),
    BACKEND._replace(field="data_backend"),
)


def data_options(command: C) -> C:
    """The options, given to the command as the fields of DataOptions with `data_` before them; and those that say how
    files are read."""
    return take(*_ROWS)(reading_options(command))


def taken(options: dict[str, Any]) -> DataOptions:
    """The data options, taken out of a command's options."""
    said = reading(options)
    return DataOptions(**{name: options.pop(f"data_{name}") for name in DataOptions._fields[:-1]}, reading=said)


def open_table(options: DataOptions, again: Callable[[], bool] = lambda: True) -> Table:
    """The table of the files; a pipe is kept for more than one pass if `again()`. Notes how it is read.

    Raises UsageError if the extra is missing and for what --delimiter and the like say wrongly, DataError for what
    cannot be read.
    """
    return opened(options.files, options.reading, options.nulls, again)


def opened(
    paths: Sequence[str],
    said: Mapping[str, Any],
    nulls: str = "error",
    again: Callable[[], bool] = lambda: True,
    *,
    option: str = "--data",
) -> Table:
    """The table of some files, which `option` names: see `open_table`."""
    check_installed(option, "data", *NEEDED)
    from exprgrad.data.opened import opened as table_of
    from exprgrad.data.parts.files import matching

    options, context = read_options(said), click.get_current_context()
    files = matching(paths)
    check_inputs(context, option, files)
    table = table_of(files, nulls, options, said.get("query"), again)
    _say(table.notes)
    context.call_on_close(lambda: _say(table.told))
    return table


def _say(notes: Iterable[str]) -> None:
    for message in notes:
        note(message)


@contextmanager
def rows_read(source: TableSource | None, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how many rows have been read, where that takes long; gives what to call with their number."""
    if source is None:
        yield lambda rows: None
        return
    from exprgrad.render.progress import Bar

    with Bar(None, quiet=quiet) as bar:

        def watch(rows: int) -> None:
            bar(rows, f"{rows:,} rows")

        source.watch = watch
        yield watch
