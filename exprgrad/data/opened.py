"""The table of some files as a user asks for it, by the command line or by Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from exprgrad.data.choices import is_utf8
from exprgrad.data.frames.frame import Frame
from exprgrad.data.read_options import FROM_THE_FILE, ReadOptions
from exprgrad.data.table import Table, check_nulls, check_times, open_table
from exprgrad.errors import UsageError


def opened(
    files: Sequence[str],
    nulls: str,
    options: ReadOptions,
    query: str | None = None,
    again: Callable[[], bool] = lambda: True,
) -> Table:
    """The files as one table, or the answer to a query over it; `again` as in `open_table`."""
    return _asked(open_table(files, nulls=nulls, options=options, again=again), query)


def framed(
    frame: Frame, nulls: str, options: ReadOptions, query: str | None = None, instead: Mapping[str, Any] | None = None
) -> Table:
    """A table in memory, such as a data frame, or the answer to a query over it. Columns stand `instead` of some."""
    from exprgrad.data.frames.reader import FrameReader

    check_nulls(nulls)
    for field, value in options._asdict().items():
        if field != "times" and value != getattr(FROM_THE_FILE, field):
            name = {"format": "data_format"}.get(field, field)
            raise UsageError(f"{name} says how files are read, and this is a table", hint="leave it out")
    found = Table([FrameReader(frame, instead)], nulls, options)
    check_times(found)
    return _asked(found, query)


def _asked(table: Table, query: str | None) -> Table:
    if query is None:
        return table
    if not isinstance(query, str) or not is_utf8(query):
        raise UsageError(f"a query is a text in UTF-8, not {query!r}", hint="as in: SELECT x, y FROM data WHERE x > 0")
    from exprgrad.data.query import open_query

    return open_query(table, query)
