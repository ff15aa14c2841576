"""The table of some files as a user asks for it, by the command line or by Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exprgrad.data.choices import is_utf8
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.table import Table, open_table
from exprgrad.errors import UsageError


def opened(
    files: Sequence[str],
    nulls: str,
    options: ReadOptions,
    query: str | None = None,
    again: Callable[[], bool] = lambda: True,
) -> Table:
    """The files as one table, or the answer to a query over it; `again` as in `open_table`."""
    table = open_table(files, nulls=nulls, options=options, again=again)
    if query is None:
        return table
    if not isinstance(query, str) or not is_utf8(query):
        raise UsageError(f"a query is a text in UTF-8, not {query!r}", hint="as in: SELECT x, y FROM data WHERE x > 0")
    from exprgrad.data.query import open_query

    return open_query(table, query)
