"""Tables of SQLite databases, read only, some thousand rows at a time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from urllib.parse import quote

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.batch import FileBatch
from exprgrad.data.faults import unreadable
from exprgrad.data.formats.columnar import uncompressed
from exprgrad.data.formats.foreign.cells import batch_of, kinds_of
from exprgrad.data.formats.foreign.choice import chosen, in_sql
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.stores.bytesource import Bounds, ByteSource
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

_ROWS = 1 << 14
_WAL = b"\x02"
"""The version in the header of a database whose last changes may stand in another file beside it."""

_TABLES = r"""
    SELECT name FROM sqlite_schema
    WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY rowid
"""


def read(source: ByteSource, options: ReadOptions, bounds: Bounds | None, types: object) -> Sqlite:
    """A reader: see `format.Codec`."""
    return Sqlite(source, options)


class Sqlite:
    """One table or view of a database."""

    notes = ()
    first = 0

    def __init__(self, source: ByteSource, options: ReadOptions) -> None:
        self.name = source.name
        self.origin = source.origin
        self._source = uncompressed(source, "SQLite")
        with self._opened() as database:
            names = [str(name) for (name,) in database.execute(_TABLES)]
            table = chosen(names, options.sheet, self.name, "table")
            self._table = in_sql(table)
            with closing(database.execute(f"SELECT * FROM {self._table} LIMIT 0")) as rows:
                self.header = tuple(column[0] for column in rows.description)

    def batches(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[FileBatch]:
        """The used columns in the types that their values have; whole rows in those that the first rows show."""
        kinds: list[pa.DataType] | None = None
        names = list(self.header if whole else dict.fromkeys(used))
        wanted = "*" if whole else ", ".join(map(in_sql, names))
        query = f"SELECT {wanted} FROM {self._table}"
        with self._opened() as database, closing(database.execute(query)) as rows:
            while (some := rows.fetchmany(_ROWS)) or (whole and kinds is None):
                columns = list(zip(*some, strict=True)) or [()] * len(names)
                if whole and kinds is None:
                    kinds = kinds_of(columns)
                yield batch_of(names, columns, used, kinds)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        path = self._source.on_disk()
        modes = "mode=ro" if self._is_live(path) else "mode=ro&immutable=1"
        try:
            with closing(sqlite3.connect(f"file:{quote(path)}?{modes}", uri=True, check_same_thread=False)) as database:
                database.execute("PRAGMA trusted_schema = OFF")
                database.execute("PRAGMA cell_size_check = ON")
                database.text_factory = lambda text: text.decode("utf-8", "backslashreplace")
                yield database
        except (sqlite3.Error, OverflowError, ValueError) as error:
            raise DataError(
                f"{visible(self.name)} cannot be read as a SQLite database: {visible(str(error))}"
            ) from None
        except OSError as error:
            raise unreadable(self.name, error) from None

    def _is_live(self, path: str) -> bool:
        """Whether others may write the database, or have left changes of it beside it. To read one whose changes go to
        such a file, SQLite would make files beside it; where there are no changes, it need not."""
        if path != (self.origin.path if self.origin else None):
            return False
        try:
            return self._source.start[18:19] != _WAL or os.path.getsize(f"{path}-wal") > 0
        except OSError:
            return False
