"""`exprgrad.map` and `exprgrad.columns`: new columns of a table, and what a table holds."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exprgrad.arguments import bindings as named_values
from exprgrad.arguments import checked, separate
from exprgrad.backends.engine import Engine
from exprgrad.binding import bind
from exprgrad.errors import UsageError, check_installed
from exprgrad.expression import Expression
from exprgrad.keywords import unknown
from exprgrad.python.words import expression_of, own_words, sorted_words

if TYPE_CHECKING:
    from exprgrad.data.read import Data, Table
    from exprgrad.data.source import TableSource
    from exprgrad.jobs.columns.result import Overview
    from exprgrad.jobs.map.result import Written
    from exprgrad.jobs.map.rows import RowMap


@checked
def map(  # noqa: A001 - the name of the command
    expression: str | Expression,
    data: Table,
    *,
    wrt: Sequence[str] = (),
    order: int = 1,
    name: str | None = None,
    add: Sequence[str] | None = None,
    u: Mapping[str, Any] = MappingProxyType({}),
    output: str | os.PathLike[str] | None = None,
    format: str | None = None,  # noqa: A002
    threads: int | None = None,
    backend: str = "auto",
    **bindings: Any,
) -> Any:
    """The rows of a table, with values and derivatives beside them: `exprgrad.map("sqrt(x^2 + y^2)", df, wrt=["x"])`
    gives `df` with the columns `value` and `d_x`.

    A table of the same kind comes back: a data frame of pandas with the same index, a dict, an array; of files a table
    of Arrow's. With `output` the rows go to that file, in its `format`, and how many there were comes back. `name` is
    what the column of values is called; `add` are named values of the program, to have instead of the result. With an
    `order` the derivatives are of that order. `u` has the uncertainties of variables, each a column, a number
    or a percentage ("3%"): it adds the column `value_u` of those that follow.
    Keywords that are variables have values, and win over columns of the same name; others say how the table is read.
    Rows that lack a number are an error, or as `nulls` says. Raises UsageError, DataError, OutputError.
    """
    check_installed("exprgrad.map", "data", "numpy", "pyarrow")
    from exprgrad.data.read import Wanted, opened, source_of, warn
    from exprgrad.jobs.map.request import Request, row_map
    from exprgrad.jobs.map.spread import spreads

    parsed = expression_of(expression)
    words = sorted_words("map", parsed, bindings, more=own_words(map)[2:])
    numbers, given = separate(words.bindings)
    column = named_values("column", words.reading.pop("column", {}))
    table = opened(data, words.reading)
    if given:
        table = table.with_columns(given)
    texts = [(variable, str(size)) for variable, size in named_values("u", u).items()]
    spread = spreads(texts, lambda text: table.table.names.find(text) is not None)
    beside = [one.column for one in spread.values() if one.column]
    wishes = Wanted(over=numbers.keys(), column=column, more=beside, hold=False)
    with source_of(table, parsed.lowered, wishes) as source:
        model, inputs = bind(parsed.lowered, numbers, source, beside=beside)
        request = Request(wrt, order if order > 1 else None, name, add, spread)
        rows = row_map(parsed.lowered, model, request, source, table.columns, Engine.of(backend, threads))
        if output is None and table.in_memory:
            from exprgrad.jobs.map.widen import widened

            found, written = widened(table.frame, source, rows, inputs.numbers)
        else:
            found, written = _streamed(table, source, rows, inputs.numbers, output, format)
    if written.lost and table.table.nulls != "nan":
        warn([written.note(rows.names)])
    return found


def _streamed(
    table: Data,
    source: TableSource,
    rows: RowMap,
    numbers: Mapping[str, float],
    output: str | os.PathLike[str] | None,
    format: str | None,  # noqa: A002
) -> tuple[Any, Written]:
    """The rows of files as a table of Arrow's, or rows that go to a file; and how many there are."""
    from exprgrad.data.output.writer import open_writer
    from exprgrad.data.rows import Collected
    from exprgrad.jobs.map.write import write_rows

    if output is None:
        if format is not None:
            raise UsageError("format is that of a file", hint='give output="rows.parquet"')
        collected = Collected()
        written = write_rows(table.table, source.columns, partial(rows.stream, numbers), rows.names, collected)
        return collected.table, written
    with open_writer(os.fspath(output), format) as writer:
        written = write_rows(table.table, source.columns, partial(rows.stream, numbers), rows.names, writer)
    return written, written


@checked
def columns(data: Table, **reading: Any) -> Overview:
    """What a table holds: its columns with their types, extremes and missing values, and its first rows. Keywords say
    how it is read, as in `exprgrad.read`. Raises UsageError, DataError."""
    check_installed("exprgrad.columns", "data", "numpy", "pyarrow")
    from exprgrad.data.choices import KEYWORDS
    from exprgrad.data.read import opened
    from exprgrad.jobs.columns.describe import describe

    for name in reading:
        if name not in KEYWORDS:
            raise unknown("columns", name, ["data", *KEYWORDS])
    return describe(opened(data, reading).table)
