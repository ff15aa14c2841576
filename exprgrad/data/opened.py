"""The table of some files as a user asks for it, by the command line or by Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exprgrad.data.read_options import ReadOptions
from exprgrad.data.table import Table, open_table


def opened(
    files: Sequence[str],
    nulls: str,
    options: ReadOptions,
    query: str | None = None,
    again: Callable[[], bool] = lambda: True,
) -> Table:
    """The files as one table, or the answer to a query over it; `again` as in `open_table`."""
    if query is None:
        return open_table(files, nulls=nulls, options=options, again=again)
    from exprgrad.data.query import open_query

    table = open_table(files, options=options, again=lambda: True)  # the first rows are read for their types, too
    return open_query(table.with_nulls(nulls), query)
