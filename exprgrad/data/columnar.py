"""Tables in columns already: Parquet and Arrow IPC (Feather), files and streams."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.chunks import ahead
from exprgrad.data.faults import unreadable
from exprgrad.data.piece import Piece
from exprgrad.data.streams import Source
from exprgrad.errors import DataError, visible

_MOST_ROWS = 1 << 20
"""Rows of a batch at the most: a file may hold them all in one."""

_VALUES = 1 << 22
"""Numbers of a batch of Parquet, about: 32 MB in all of its columns."""

_BUFFER = 1 << 20
"""Bytes read ahead in each column, so that a row group of any size fits into memory."""

_FAR_BUFFER = 8 << 20
"""The same where each read is a request."""


class Parquet:
    """A Parquet file; a pipe goes to a temporary file first, as the format begins at its end."""

    def __init__(self, source: Source, groups: tuple[int, int] | None = None):
        """All of its row groups, or those from one on, before another."""
        self.name = source.name
        self.origin = source.origin
        self._source = _uncompressed(source, "Parquet")
        self._rows = 0
        with _damage(self, "is not a Parquet file, or is damaged"), _opened(source) as raw:
            file = self._file(raw)
            self._schema = file.schema_arrow
            sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
        self.header = tuple(self._schema.names)
        self.sizes = sizes
        """Rows of each row group."""
        self._groups = range(*groups) if groups else None
        self.first = sum(sizes[: groups[0]]) if groups else 0

    def pieces(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[Piece]:
        """The used columns in the types of the file."""
        self._rows = self.first
        with _damage(self, "is damaged"), _opened(self._source) as raw:
            columns = None if whole else list(dict.fromkeys(used)) or list(self.header[:1])
            rows = min(max(_VALUES // len(columns or self.header), 1 << 12), _MOST_ROWS)
            batches = self._file(raw).iter_batches(batch_size=rows, columns=columns, row_groups=self._groups)
            for batch in ahead(batches):
                yield _piece(batch, used, whole)
                self._rows += batch.num_rows
        if whole and not self._rows:
            yield _piece(pa.RecordBatch.from_pylist([], self._schema), used, whole)

    def _file(self, raw: pa.NativeFile) -> "pq.ParquetFile":  # type: ignore[name-defined]  # noqa: F821, UP037
        import pyarrow.parquet as pq  # type: ignore[import-untyped]

        return pq.ParquetFile(raw, buffer_size=_FAR_BUFFER if self._source.far else _BUFFER, pre_buffer=False)


class ArrowIpc:
    """An Arrow IPC file or stream."""

    first = 0

    def __init__(self, source: Source):
        self.name = source.name
        self.origin = source.origin
        self._source = source
        self._rows = 0
        self._is_file = source.start.startswith(b"ARROW1")
        if self._is_file:
            _uncompressed(source, "Arrow")
        with _damage(self, "is not an Arrow file, or is damaged"):
            if self._is_file:
                with _opened(source) as raw:
                    schema = pa.ipc.open_file(raw).schema
            else:
                schema = _stream_schema(source)
        self._schema = schema
        self.header = tuple(schema.names)

    def pieces(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[Piece]:
        """The used columns in the types of the file."""
        self._rows = 0
        places = sorted({self.header.index(name) for name in used}) or [0]
        options = pa.ipc.IpcReadOptions(included_fields=None if whole else places)
        with _damage(self, "is damaged"):
            for batch in ahead(self._file(options) if self._is_file else self._stream(options)):
                batch.validate()
                for start in range(0, batch.num_rows, _MOST_ROWS):
                    part = batch.slice(start, _MOST_ROWS)
                    yield _piece(part, used, whole)
                    self._rows += part.num_rows
        if whole and not self._rows:
            yield _piece(pa.RecordBatch.from_pylist([], self._schema), used, whole)

    def _file(self, options: pa.ipc.IpcReadOptions) -> Iterator[pa.RecordBatch]:
        with _opened(self._source) as raw:
            file = pa.ipc.open_file(raw, options=options)
            for index in range(file.num_record_batches):
                yield file.get_batch(index)

    def _stream(self, options: pa.ipc.IpcReadOptions) -> Iterator[pa.RecordBatch]:
        with closing(self._source.open()) as raw:
            # A read of a pipe may give less than was asked for, which pyarrow takes for the end.
            whole = io.BufferedReader(raw, _BUFFER) if isinstance(raw, io.RawIOBase) else raw
            yield from pa.ipc.open_stream(whole, options=options)


def _stream_schema(source: Source) -> pa.Schema:
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


def _piece(batch: pa.RecordBatch, used: Sequence[str], whole: bool) -> Piece:
    return Piece([batch.column(name) for name in used], batch if whole else None)


def _uncompressed(source: Source, kind: str) -> Source:
    if source.compression:
        raise DataError(
            f"{visible(source.name)}: a {kind} file inside {source.compression} cannot be read",
            hint="unpack it first",
        )
    return source


@contextmanager
def _opened(source: Source) -> Iterator[pa.NativeFile]:
    """A file that can be read at any place."""
    raw = source.open_anywhere()
    try:
        yield raw
    finally:
        raw.close()


@contextmanager
def _damage(reader: Parquet | ArrowIpc, what: str) -> Iterator[None]:
    """pyarrow's complaints about bytes, in our words."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise unreadable(reader.name, error) from None
        after = f" after row {reader._rows}" if reader._rows else ""
        raise DataError(f"{visible(reader.name)} {what}{after}") from None
