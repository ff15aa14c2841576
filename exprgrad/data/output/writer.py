"""Tables out: CSV, NDJSON, Parquet and Arrow IPC."""

from __future__ import annotations

import errno
import os
from types import TracebackType
from typing import Any, Protocol

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.faults import quoted
from exprgrad.data.formats.encoders import Encoder, check_types, csv_header, csv_rows, ndjson_rows
from exprgrad.data.output.target import Target, descriptor_of
from exprgrad.data.table import COMPRESSED, format_of
from exprgrad.errors import OutputError, UsageError
from exprgrad.text.escapes import visible

_GROUP_ROWS = 1 << 20
_GROUP_BYTES = 64 << 20
"""A row group of Parquet is written at the first of these."""

_CELLS = 1 << 19
"""Fields turned to text at a time: what fits the cache, and an Arrow array of texts (2 GB)."""


class Encoding(Protocol):
    """A format's way to put batches into a sink."""

    def write(self, batch: pa.RecordBatch) -> None: ...
    def close(self) -> None: ...


class Writer:
    """Batches of one schema to a file, which appears under its name only when all are written.

    A context manager: left by an exception, nothing stays. Raises OutputError where the system refuses.
    """

    def __init__(self, target: Target, kind: str, compression: str | None, stream: bool):
        self._target = target
        self._kind = kind
        self._compression = compression
        self._stream = stream
        self._encoding: Encoding | None = None

    @property
    def takes_texts(self) -> bool:
        """Whether the fields of a CSV can be written as the texts that they were."""
        return self._kind in ("csv", "tsv")

    def write(self, batch: pa.RecordBatch) -> None:
        """Append the rows; the first batch (it may have none) gives the columns."""
        if self._encoding is None:
            self._encoding = self._begin(batch.schema)
        self._encoding.write(batch)

    def close(self) -> None:
        """Finish the file and give it its name."""
        if self._encoding is not None:
            self._encoding.close()
        self._target.commit()

    def abort(self) -> None:
        """Throw away what was written."""
        self._target.discard()

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.close()
        finally:
            self.abort()

    def _begin(self, schema: pa.Schema) -> Encoding:
        if self._kind in ("csv", "tsv", "ndjson"):
            check_types(schema, "JSON" if self._kind == "ndjson" else "CSV")
        match self._kind:
            case "parquet":
                return _Parquet(self._target, schema)
            case "arrow":
                return _Arrow(self._target, schema, self._stream)
            case "ndjson":
                return _Text(self._target, self._compression, b"", ndjson_rows)
            case text:
                delimiter = "," if text == "csv" else "\t"
                return _Text(self._target, self._compression, csv_header(schema.names, delimiter), csv_rows(delimiter))


def open_writer(path: str, format: str | None) -> Writer:  # noqa: A002
    """A writer to a file, or to standard output for "-" (CSV unless `format` says otherwise).

    `format` is csv, tsv, ndjson, parquet or arrow; without it the suffix tells, also whether text is
    compressed (.gz, .zst). Raises UsageError for a format that is not known, OutputError for a place
    that cannot be written.
    """
    suffix = os.path.splitext(path.lower())[1]
    compression = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}[suffix] if suffix in COMPRESSED else None
    known = "csv, tsv, ndjson, parquet or arrow"
    standing = path == "-" or descriptor_of(path) is not None
    kind = format or format_of(path) or ("csv" if standing else None)
    if kind is None and os.path.isdir(path):
        raise OutputError(f"cannot write {visible(path)}: {os.strerror(errno.EISDIR)}")
    if kind is None:
        raise UsageError(f"the name {visible(path)} tells no format", hint=f"give --format: {known}")
    if kind not in ("csv", "tsv", "ndjson", "parquet", "arrow"):
        raise UsageError(f"no such data format: {visible(kind)}", hint=f"give {known}")
    if compression and kind in ("parquet", "arrow"):
        raise UsageError(f"{kind} is not written inside {compression}", hint=f"leave out {suffix}")
    return Writer(Target(path), kind, compression, stream=standing or suffix == ".arrows")


class _Text:
    """A text format, perhaps compressed."""

    def __init__(self, target: Target, compression: str | None, header: bytes, encode: Encoder):
        self._encode = encode
        self._packed = compression is not None
        self._sink: Any = _packing(target, compression) if compression else target
        self._sink.write(header)

    def write(self, batch: pa.RecordBatch) -> None:
        rows = max(_CELLS // max(batch.num_columns, 1), 1)
        for start in range(0, batch.num_rows, rows):
            self._sink.write(self._encode(batch.slice(start, rows)))

    def close(self) -> None:
        if self._packed:
            self._sink.close()


def _packing(target: Target, compression: str) -> Any:
    """A sink that compresses. Arrow's own gzip takes the slowest level, and the time of day stays out."""
    if compression == "gzip":
        from gzip import GzipFile

        return GzipFile("", "wb", compresslevel=4, fileobj=target, mtime=0)
    return pa.CompressedOutputStream(pa.PythonFile(target, mode="w"), compression)


class _Parquet:
    """Parquet, in row groups of a size that readers like."""

    def __init__(self, target: Target, schema: pa.Schema):
        import pyarrow.parquet as pq  # type: ignore[import-untyped]

        for field in schema:
            try:
                pq.write_metadata(pa.schema([field]), pa.BufferOutputStream())
            except pa.ArrowException:
                what = f"column {quoted(field.name)} holds {field.type}, which Parquet has no form for"
                raise OutputError(what, hint="try --format arrow") from None
        self._writer = pq.ParquetWriter(pa.PythonFile(target, mode="w"), schema)
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


def _coded(field: pa.Field) -> bool:
    return bool(pa.types.is_dictionary(field.type))


class _Arrow:
    """Arrow IPC: a file, or on a pipe a stream."""

    def __init__(self, target: Target, schema: pa.Schema, stream: bool):
        sink = pa.PythonFile(target, mode="w")
        if not stream:  # a file holds one dictionary for each column, batches may come with others
            schema = pa.schema([f.with_type(getattr(f.type, "value_type", f.type)) if _coded(f) else f for f in schema])
        self._schema = schema
        self._writer = pa.ipc.new_stream(sink, schema) if stream else pa.ipc.new_file(sink, schema)

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch if batch.schema == self._schema else batch.cast(self._schema))

    def close(self) -> None:
        self._writer.close()
