"""A query in SQL over the files of a table, by DuckDB: the files are the table `data`, the answer is a table again.

The rows go through as they come, in both directions. DuckDB sees nothing but these rows: it reads no other files, loads
no extensions and reaches no network. What it cannot hold in memory goes to a temporary folder of its own.
"""

from __future__ import annotations

import shutil
import weakref
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.batch import FileBatch
from exprgrad.data.faults import quoted
from exprgrad.data.formats.columnar import file_batch
from exprgrad.data.formats.foreign.duckdb_file import CLOSED
from exprgrad.data.formats.nested import paths_of
from exprgrad.data.stores.pipe import temporary_folder
from exprgrad.data.table import Table
from exprgrad.errors import ExprgradError, LimitError, UsageError, check_installed
from exprgrad.text.escapes import visible

_ROWS = 1 << 17
"""Rows of the answer that are fetched at a time."""


def open_query(table: Table, sql: str, memory: int | None = None) -> Table:
    """The answer to a query over a table, which is called `data` in it; each pass over the rows asks it anew.

    `memory` limits the bytes that DuckDB holds; by default it takes what it does by itself. Raises MissingError where
    DuckDB is not installed, UsageError for what is no query or does not fit the columns.
    """
    check_installed("--query", "sql", "duckdb")
    asked = Query(Table(table.readers, "nan", table.options), sql, memory)
    return Table([asked], table.nulls, table.options)


class Query:
    """The rows of an answer, as if they were those of a file: see `format.Reader`."""

    name = "the answer to the query"
    origin = None
    first = 0

    def __init__(self, table: Table, sql: str, memory: int | None = None) -> None:
        self._sql = sql
        self._data = _Data(table)
        self._memory = memory
        self._folder = temporary_folder("the query")
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        with self._told(), self._connected() as connection:
            self._check(connection)
            answer = connection.sql(sql)
            if answer is None or not answer.columns:
                raise UsageError("the query has no answer", hint="as in: SELECT x, y FROM data WHERE x > 0")
            schema = answer.limit(0).to_arrow_reader(1).schema
        self.header = tuple(schema.names)
        self.nested = paths_of(schema).keys()
        self.notes = (*table.notes, *self._data.notes)

    def batches(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[FileBatch]:
        """The used columns in the types of the answer."""
        rows = 0
        with self._told(), self._connected() as connection:
            answer = connection.sql(self._sql).to_arrow_reader(_ROWS)
            for batch in answer:
                if batch.num_rows:
                    yield file_batch(batch, used, whole)
                    rows += batch.num_rows
            if not rows and (whole or used):
                yield file_batch(pa.RecordBatch.from_pylist([], answer.schema), used, whole)

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        import duckdb

        config = CLOSED | {"temp_directory": self._folder}
        if self._memory is not None:
            config["memory_limit"] = f"{self._memory}B"
        with duckdb.connect(":memory:", config=config) as connection:
            connection.register("data", self._data)
            yield connection

    def _check(self, connection: Any) -> None:
        import duckdb

        found = connection.extract_statements(self._sql)
        if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
            what = f"{len(found)} statements" if len(found) != 1 else "another statement"
            raise UsageError(f"--query takes one SELECT, not {what}", hint="as in: SELECT x, y FROM data WHERE x > 0")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Within it, what DuckDB says is an error of ours, in one line. What our own reader told it, we know."""
        import duckdb

        try:
            yield
        except duckdb.Error as error:
            failure, self._data.failure = self._data.failure, None
            if failure is not None:
                raise failure from None
            if isinstance(error, duckdb.OutOfMemoryException):
                raise LimitError(f"the query takes more memory than it may: {_line(error)}") from None
            raise UsageError(f"the query: {_line(error)}") from None


def _line(error: Exception) -> str:
    """What DuckDB says, in one line, without the place that it draws and all that could have been meant."""
    text, *_ = str(error).partition("\n\nLINE ")
    first, *more = (line.strip() for line in text.splitlines() if line.strip())
    near = [line for line in more if line.startswith(("Did you mean", "Candidate bindings"))]
    return "; ".join([first, *near])


class _Data:
    """The table as DuckDB reads it: a stream of Arrow batches, opened anew for each time that a query reads it."""

    def __init__(self, table: Table) -> None:
        self._table = table
        batches = self._batches()
        first = next(batches, None)
        schema = first.schema if first is not None else pa.schema([(name, pa.string()) for name in table.header])
        self._started: Iterator[pa.RecordBatch] | None = chain([] if first is None else [first], batches)
        self._names, self.notes = _told_apart(schema.names)
        self.schema = pa.schema([field.with_name(name) for field, name in zip(schema, self._names, strict=True)])
        self.failure: ExprgradError | None = None
        """What went wrong while DuckDB read."""

    def __arrow_c_schema__(self) -> Any:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        batches, self._started = self._started or self._batches(), None
        return pa.RecordBatchReader.from_batches(self.schema, self._renamed(batches)).__arrow_c_stream__()

    def _batches(self) -> Iterator[pa.RecordBatch]:
        return (batch for batch, _ in self._table.rows([], texts=False))

    def _renamed(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            for batch in batches:
                yield pa.RecordBatch.from_arrays(batch.columns, schema=self.schema)
        except ExprgradError as error:
            self.failure = error
            raise


def _told_apart(names: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Names that SQL can tell apart, in which the case of letters does not count; and a note about those that had to be
    changed. DuckDB would take the first of two without a word."""
    counts = Counter(name.casefold() for name in names)
    taken = set(counts)
    found, changed = [], []
    for place, name in enumerate(names, 1):
        new = name
        while counts[name.casefold()] > 1 and (new == name or new.casefold() in taken):
            new = f"{new}_{place}" if new == name else f"{new}_"
        taken.add(new.casefold())
        found.append(new)
        changed += [(name, new)] if new != name else []
    if not changed:
        return found, ()
    old, new = (", ".join(quoted(pair[k]) for pair in changed[:8]) for k in (0, 1))
    return found, (f"SQL does not tell the columns {visible(old)} apart: in the query they are {visible(new)}",)
