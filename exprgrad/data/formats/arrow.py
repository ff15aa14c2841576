"""Tables as Arrow IPC (Feather), files and streams, read and written."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.batch import FileBatch
from exprgrad.data.formats.columnar import MOST_ROWS, damage, file_batch, header, opened, sound, uncompressed
from exprgrad.data.formats.nested import paths_of
from exprgrad.data.formats.threads import ahead
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.stores.bytesource import Bounds, ByteSource

_BUFFER = 1 << 20
"""Bytes of a stream that are read at a time."""


def read(source: ByteSource, options: ReadOptions, bounds: Bounds | None, types: object) -> Arrow:
    """A reader: see `format.Codec`."""
    return Arrow(source)


def write(sink: Any, schema: pa.Schema, streamed: bool) -> ArrowEncoder:
    """An encoder: see `format.Codec`."""
    return ArrowEncoder(sink, schema, streamed)


class Arrow:
    """An Arrow IPC file or stream."""

    first = 0
    notes = ()

    def __init__(self, source: ByteSource):
        self.name = source.name
        self.origin = source.origin
        self._source = source
        self.rows_read = 0
        self._is_file = source.start.startswith(b"ARROW1")
        if self._is_file:
            uncompressed(source, "Arrow")
        with damage(self, "is not an Arrow file, or is damaged"):
            if self._is_file:
                with opened(source) as raw:
                    schema = pa.ipc.open_file(raw).schema
            else:
                schema = _stream_schema(source)
            self.header = header(schema)
            self._paths = paths_of(schema)
        self._schema = schema

    @property
    def nested(self) -> Collection[str]:
        """See `format.NestedReader`."""
        return self._paths.keys()

    def batches(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[FileBatch]:
        """The used columns in the types of the file."""
        self.rows_read = 0
        tops = {name if name in self.header else self._paths[name][0] for name in used}
        places = sorted(map(self.header.index, tops)) or [0]
        options = pa.ipc.IpcReadOptions(included_fields=None if whole else places)
        with damage(self, "is damaged"):
            batches = self._file(options) if self._is_file else self._stream(options)
            for batch in ahead(sound(batches, self.name)):
                for start in range(0, batch.num_rows, MOST_ROWS):
                    rows = batch.slice(start, MOST_ROWS)
                    yield file_batch(rows, used, whole)
                    self.rows_read += rows.num_rows
        if whole and not self.rows_read:
            yield file_batch(pa.RecordBatch.from_pylist([], self._schema), used, whole)

    def _file(self, options: pa.ipc.IpcReadOptions) -> Iterator[pa.RecordBatch]:
        with opened(self._source) as raw:
            file = pa.ipc.open_file(raw, options=options)
            for index in range(file.num_record_batches):
                yield file.get_batch(index)

    def _stream(self, options: pa.ipc.IpcReadOptions) -> Iterator[pa.RecordBatch]:
        with closing(self._source.open()) as raw:
            # A read of a pipe may give less than was asked for, which pyarrow takes for the end.
            whole = io.BufferedReader(raw, _BUFFER) if isinstance(raw, io.RawIOBase) else raw
            yield from pa.ipc.open_stream(whole, options=options)


def _stream_schema(source: ByteSource) -> pa.Schema:
    """The schema, which a stream begins with; a wide one is long."""
    size = 1 << 16
    while True:
        start = source.peek(size)
        try:
            return pa.ipc.read_schema(pa.BufferReader(start))
        except (pa.ArrowInvalid, OSError):
            if len(start) < size:
                raise
        size *= 4


def _coded(field: pa.Field) -> bool:
    return bool(pa.types.is_dictionary(field.type))


class ArrowEncoder:
    """Arrow IPC: a file, or on a pipe a stream."""

    def __init__(self, sink: Any, schema: pa.Schema, stream: bool):
        file = pa.PythonFile(sink, mode="w")
        if not stream:  # a file holds one dictionary for each column, batches may come with others
            schema = pa.schema([f.with_type(getattr(f.type, "value_type", f.type)) if _coded(f) else f for f in schema])
        self._schema = schema
        self._writer = pa.ipc.new_stream(file, schema) if stream else pa.ipc.new_file(file, schema)

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch if batch.schema == self._schema else batch.cast(self._schema))

    def close(self) -> None:
        self._writer.close()
