"""Tables of DuckDB databases, read only, in batches as DuckDB gives them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.batch import FileBatch
from exprgrad.data.formats.columnar import file_batch, uncompressed
from exprgrad.data.formats.foreign.choice import chosen, in_sql
from exprgrad.data.formats.nested import paths_of
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.stores.bytesource import Bounds, ByteSource
from exprgrad.errors import DataError, check_installed
from exprgrad.text.escapes import visible

_ROWS = 1 << 17
CLOSED: dict[str, Any] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,  # no variable of this program is a table
    "lock_configuration": True,
}
"""A DuckDB that reads no files but its own, loads no extensions and reaches no network."""

_TABLES = """
    SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database() AND NOT internal
    UNION ALL
    SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = current_database() AND NOT internal
"""


def read(source: ByteSource, options: ReadOptions, bounds: Bounds | None, types: object) -> DuckDb:
    """A reader: see `format.Codec`. Raises MissingError where DuckDB is not installed."""
    check_installed(f"{visible(source.name)}, a DuckDB database,", "sql", "duckdb")
    return DuckDb(source, options)


class DuckDb:
    """One table or view of a database."""

    notes = ()
    first = 0

    def __init__(self, source: ByteSource, options: ReadOptions) -> None:
        self.name = source.name
        self.origin = source.origin
        self._source = uncompressed(source, "DuckDB")
        with self._opened() as database:
            tables = {
                name if schema == "main" else f"{schema}.{name}": (schema, name)
                for schema, name in database.execute(_TABLES).fetchall()
            }
            path = tables[chosen(list(tables), options.sheet, self.name, "table")]
            self._query = "FROM " + ".".join(map(in_sql, path))
            self._schema = database.sql(self._query).limit(0).to_arrow_reader(1).schema
        self.header = tuple(self._schema.names)
        self.nested = paths_of(self._schema).keys()

    def batches(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[FileBatch]:
        """The used columns in the types of the file."""
        rows = 0
        tops = [name for name in self.header if any(each == name or each.startswith(f"{name}.") for each in used)]
        columns = ", ".join(map(in_sql, tops or self.header[:1]))
        with self._opened() as database:
            answer = database.sql(self._query if whole else f"SELECT {columns} {self._query}").to_arrow_reader(_ROWS)
            for batch in answer:
                if batch.num_rows:
                    yield file_batch(batch, used, whole)
                    rows += batch.num_rows
        if whole and not rows:
            yield file_batch(pa.RecordBatch.from_pylist([], self._schema), used, whole)

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        import duckdb

        try:
            with duckdb.connect(self._source.on_disk(), read_only=True, config=CLOSED) as database:
                yield database
        except duckdb.Error as error:
            raise DataError(f"{visible(self.name)} cannot be read as a DuckDB database: {_line(error)}") from None


def _line(error: Exception) -> str:
    return str(error).partition("\n")[0]
