"""Tables as Parquet files, read and written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.batch import FileBatch
from exprgrad.data.faults import quoted
from exprgrad.data.formats.columnar import MOST_ROWS, damage, file_batch, header, opened, sound, uncompressed
from exprgrad.data.formats.nested import paths_of
from exprgrad.data.formats.threads import ahead
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.stores.bytesource import Bounds, ByteSource
from exprgrad.errors import OutputError

_VALUES = 1 << 22
"""Numbers of a batch, about: 32 MB in all of its columns."""

_BUFFER = 1 << 20
"""Bytes read ahead in each column, so that a row group of any size fits into memory."""

_FAR_BUFFER = 8 << 20
"""The same where each read is a request."""

_PART_ROWS = 1 << 18
"""Rows of a part at the least: row groups of fewer go together."""

_GROUP_ROWS = 1 << 20
_GROUP_BYTES = 64 << 20
"""A row group is written at the first of these."""


def read(source: ByteSource, options: ReadOptions, bounds: Bounds | None, types: object) -> Parquet:
    """A reader: see `format.Codec`."""
    return Parquet(source, bounds)


def write(sink: Any, schema: pa.Schema, streamed: bool) -> ParquetEncoder:
    """An encoder: see `format.Codec`."""
    return ParquetEncoder(sink, schema)


class Parquet:
    """A Parquet file; a pipe goes to a temporary file first, as the format begins at its end."""

    notes = ()

    def __init__(self, source: ByteSource, groups: Bounds | None = None):
        """All of its row groups, or those from one on, before another."""
        self.name = source.name
        self.origin = source.origin
        self._source = uncompressed(source, "Parquet")
        self.rows_read = 0
        with damage(self, "is not a Parquet file, or is damaged"), opened(source) as raw:
            file = self._file(raw)
            self._schema = file.schema_arrow
            self.header = header(self._schema)
            self.nested = paths_of(self._schema).keys()
            sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
        self._sizes = sizes
        """Rows of each row group."""
        self._groups = range(*groups) if groups else None
        self.first = sum(sizes[: groups[0]]) if groups else 0

    def batches(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[FileBatch]:
        """The used columns in the types of the file."""
        self.rows_read = self.first
        with damage(self, "is damaged"), opened(self._source) as raw:
            columns = None if whole else list(dict.fromkeys(used)) or list(self.header[:1])
            rows = min(max(_VALUES // len(columns or self.header), 1 << 12), MOST_ROWS)
            batches = self._file(raw).iter_batches(batch_size=rows, columns=columns, row_groups=self._groups)
            for batch in ahead(sound(batches, self.name, self.first)):
                yield file_batch(batch, used, whole)
                self.rows_read += batch.num_rows
        if whole and not self.rows_read:
            yield file_batch(pa.RecordBatch.from_pylist([], self._schema), used, whole)

    def divisions(self, size: int | None) -> list[tuple[Bounds, float]]:
        """Row groups of together about as many rows as are worth a task: see `format.DivisibleReader`."""
        if len(self._sizes) < 2:
            return []
        bytes_of_row = (size or 0.0) / (sum(self._sizes) or 1)
        found: list[tuple[Bounds, float]] = []
        first = rows = 0
        for group, count in enumerate(self._sizes):
            rows += count
            if rows >= _PART_ROWS or group == len(self._sizes) - 1:
                found.append(((first, group + 1), rows * bytes_of_row))
                first, rows = group + 1, 0
        return found

    def _file(self, raw: pa.NativeFile) -> "pq.ParquetFile":  # type: ignore[name-defined]  # noqa: F821, UP037
        import pyarrow.parquet as pq  # type: ignore[import-untyped]

        size = _FAR_BUFFER if self._source.far else _BUFFER
        return pq.ParquetFile(raw, buffer_size=size, pre_buffer=False, page_checksum_verification=True)


class ParquetEncoder:
    """Parquet, in row groups of a size that readers like."""

    def __init__(self, sink: Any, schema: pa.Schema):
        import pyarrow.parquet as pq

        for field in schema:
            try:
                pq.write_metadata(pa.schema([field]), pa.BufferOutputStream())
            except pa.ArrowException:
                what = f"column {quoted(field.name)} holds {field.type}, which cannot be written as Parquet"
                raise OutputError(what, hint="try --format arrow") from None
        self._writer = pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema)
        self._waiting: list[pa.RecordBatch] = []

    def write(self, batch: pa.RecordBatch) -> None:
        self._waiting.append(batch)
        rows = sum(waiting.num_rows for waiting in self._waiting)
        if rows >= _GROUP_ROWS or sum(waiting.nbytes for waiting in self._waiting) >= _GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        if self._waiting:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        table = pa.Table.from_batches(self._waiting)
        if table.num_rows:
            self._writer.write_table(table, row_group_size=_GROUP_ROWS)
        self._waiting = []
