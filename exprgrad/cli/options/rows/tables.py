"""Rows of data that a command writes: in which formats, and beside which new columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exprgrad.cli.options.results import FormatName
from exprgrad.cli.output import ReaderGone, terminated_cleanly
from exprgrad.data.formats.registry import FORMATS
from exprgrad.errors import UsageError
from exprgrad.text.escapes import visible

if TYPE_CHECKING:
    from exprgrad.columns.values import Column
    from exprgrad.data.table import Table

FORMATS_OF_ROWS = FormatName(
    [name for name, known in FORMATS.items() if known.written],
    {"jsonl": "ndjson", "feather": "arrow", "ipc": "arrow", "pq": "parquet", "tab": "tsv"},
)


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
) -> None:
    """Write the rows of a table with new columns, as `map` does. Raises UsageError where it has such columns."""
    from exprgrad.data.output.writer import open_writer
    from exprgrad.jobs.map.write import write_rows

    if taken := [name for name in names if name in table.header]:
        raise UsageError(f"the data have a column {taken[0]} already", hint="rename it")
    try:
        with terminated_cleanly(), open_writer(target, kind) as writer:
            write_rows(table, headers, compute, names, writer)
    except BrokenPipeError:
        raise ReaderGone from None
