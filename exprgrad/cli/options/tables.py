"""Rows of data that a command writes: in which formats, and beside which new columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exprgrad.cli.line.bindings import names_of
from exprgrad.cli.options.compute import NAME, ORDER, WRT
from exprgrad.cli.options.option import COMPUTE, row
from exprgrad.cli.options.results import FormatName
from exprgrad.cli.output import ReaderGone, terminated_cleanly
from exprgrad.data.formats.registry import FORMATS
from exprgrad.errors import UsageError
from exprgrad.text.escapes import visible

if TYPE_CHECKING:
    from exprgrad.columns.values import Column
    from exprgrad.data.table import Table
    from exprgrad.jobs.map.request import Request
    from exprgrad.jobs.map.result import Written

TABLE = "table"
_WRITTEN = [name for name, known in FORMATS.items() if known.written]
_SYNONYMS = {"jsonl": "ndjson", "feather": "arrow", "ipc": "arrow", "pq": "parquet", "tab": "tsv"}
FORMATS_OF_ROWS = FormatName(_WRITTEN, _SYNONYMS)
FORMATS_OF_SWEEPS = FormatName([TABLE, *_WRITTEN], _SYNONYMS | {"plain": "tsv"})

NEW_COLUMNS = (
    WRT.otherwise("none"),
    ORDER.otherwise("1"),
    NAME.otherwise("value"),
    row(
        "--add",
        read=lambda text, flag: None if text is None else names_of(text, flag),
        heading=COMPUTE,
        metavar="NAMES",
        otherwise="the result alone",
        help="Add these named values of the program, as p,q.",
    ),
    row(
        "--u",
        heading=COMPUTE,
        metavar="NAME=SIZE,…",
        help="Add a column of uncertainties from those of variables: a column, a number or a percentage, as x=sx,y=3%.",
    ),
)
"""The options that say which columns are computed beside those of some rows; `request_of` takes their values."""


def request_of(options: dict[str, Any], table: Table) -> Request:
    """The new columns that the line asks for beside those of a table."""
    from exprgrad.jobs.map.request import Request
    from exprgrad.jobs.map.spread import pairs, spreads

    wrt, order, name, add, u = (each.take(options) for each in NEW_COLUMNS)
    spread = {} if u is None else spreads(pairs(u), lambda text: table.names.find(text) is not None)
    return Request(names_of(wrt, "--wrt"), order, name, add, spread)


def check_format(target: str, kind: str | None = None) -> None:
    """Raise UsageError where neither a format nor the suffix of a file says how it is written."""
    from exprgrad.data.formats.registry import format_named, format_of, known_formats, to_write

    found = format_named(kind, write=True) if kind else format_of(target)
    if found is not None:
        to_write(found)
    elif target != "-":
        hint = f"end it in .csv or .parquet; the formats are {known_formats(write=True)}"
        raise UsageError(f"the name {visible(target)} tells no format", hint=hint)


def write_table(
    table: Table,
    headers: Mapping[str, str],
    names: Sequence[str],
    compute: Callable[[Any], Iterator[tuple[Any, list[Column]]]],
    target: str,
    kind: str | None = None,
    watch: Callable[[int], None] = lambda rows: None,
) -> Written:
    """Write the rows of a table with new columns, and tell `watch` how many there are so far. Raises UsageError where
    the table has such columns."""
    from exprgrad.data.output.writer import open_writer
    from exprgrad.jobs.map.write import write_rows

    if taken := [name for name in names if name in table.header]:
        raise UsageError(f"the data have a column {taken[0]} already", hint="rename it")
    try:
        with terminated_cleanly(), open_writer(target, kind) as writer:
            return write_rows(table, headers, compute, names, writer, watch)
    except BrokenPipeError:
        raise ReaderGone from None
