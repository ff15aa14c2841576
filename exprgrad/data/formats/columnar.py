"""Tables in columns already: Parquet and Arrow IPC (Feather), files and streams."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.faults import out_of_memory, quoted, unreadable
from exprgrad.data.piece import Piece
from exprgrad.data.stores.bytesource import ByteSource
from exprgrad.data.text.chunks import ahead
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

_MOST_ROWS = 1 << 20
"""Rows of a batch at the most: a file may hold them all in one."""

_VALUES = 1 << 22
"""Numbers of a batch of Parquet, about: 32 MB in all of its columns."""

_CLAIMED = (1 << 31) - 1
"""Rows of a batch of Arrow at the most, as its format advises: nulls take no bytes, so a short file can claim any."""

_BUFFER = 1 << 20
"""Bytes read ahead in each column, so that a row group of any size fits into memory."""

_FAR_BUFFER = 8 << 20
"""The same where each read is a request."""


class Parquet:
    """A Parquet file; a pipe goes to a temporary file first, as the format begins at its end."""

    def __init__(self, source: ByteSource, groups: tuple[int, int] | None = None):
        """All of its row groups, or those from one on, before another."""
        self.name = source.name
        self.origin = source.origin
        self._source = _uncompressed(source, "Parquet")
        self._rows = 0
        with _damage(self, "is not a Parquet file, or is damaged"), _opened(source) as raw:
            file = self._file(raw)
            self._schema = file.schema_arrow
            self.header = _header(self._schema)
            sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
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
            for batch in ahead(_sound(batches, self.name, self.first)):
                yield _piece(batch, used, whole)
                self._rows += batch.num_rows
        if whole and not self._rows:
            yield _piece(pa.RecordBatch.from_pylist([], self._schema), used, whole)

    def _file(self, raw: pa.NativeFile) -> "pq.ParquetFile":  # type: ignore[name-defined]  # noqa: F821, UP037
        import pyarrow.parquet as pq  # type: ignore[import-untyped]

        size = _FAR_BUFFER if self._source.far else _BUFFER
        return pq.ParquetFile(raw, buffer_size=size, pre_buffer=False, page_checksum_verification=True)


class ArrowIpc:
    """An Arrow IPC file or stream."""

    first = 0

    def __init__(self, source: ByteSource):
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
            self.header = _header(schema)
        self._schema = schema

    def pieces(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[Piece]:
        """The used columns in the types of the file."""
        self._rows = 0
        places = sorted({self.header.index(name) for name in used}) or [0]
        options = pa.ipc.IpcReadOptions(included_fields=None if whole else places)
        with _damage(self, "is damaged"):
            batches = self._file(options) if self._is_file else self._stream(options)
            for batch in ahead(_sound(batches, self.name)):
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


def _header(schema: pa.Schema) -> tuple[str, ...]:
    """The names of the columns; what other names their types hold are read, too."""
    for field in schema:
        _read_names(field.type)
    return tuple(schema.names)


def _read_names(kind: pa.DataType) -> None:
    """Raises UnicodeDecodeError where the name of a field, a time zone or a type is not UTF-8."""
    if pa.types.is_timestamp(kind):
        _ = kind.tz
    if pa.types.is_dictionary(kind):
        _read_names(kind.value_type)
    if isinstance(kind, pa.BaseExtensionType):
        _ = kind.extension_name
        _read_names(kind.storage_type)
    for place in range(kind.num_fields):
        _ = kind.field(place).name
        _read_names(kind.field(place).type)


def _sound(batches: Iterator[pa.RecordBatch], name: str, rows: int = 0) -> Iterator[pa.RecordBatch]:
    """The batches, each of whose values lies where it should: the bytes say where texts, lists and dictionaries have
    theirs, and pyarrow takes their word for it. Raises DataError."""
    dictionaries: dict[int, pa.Array] = {}
    for batch in batches:
        column = ""
        try:
            batch.validate()
            if batch.num_rows > _CLAIMED:
                raise pa.ArrowInvalid(f"a batch of {batch.num_rows:,} rows")
            for place, array in enumerate(batch.columns):
                column = f" in column {quoted(batch.schema.field(place).name)}"
                if pa.types.is_dictionary(array.type):
                    _check_dictionary(array, place, dictionaries)
                else:
                    array.validate(full=True)
        except pa.ArrowInvalid as error:
            after = f" after row {rows}" if rows else ""
            why = visible(str(error).partition("\n")[0])
            raise DataError(f"{visible(name)} is damaged{column}{after}: {why}") from None
        yield batch
        rows += batch.num_rows


def _check_dictionary(array: pa.DictionaryArray, place: int, checked: dict[int, pa.Array]) -> None:
    """Validate a column of a dictionary, which many batches may share: `checked` has the last of each column."""
    import pyarrow.compute as pc  # type: ignore[import-untyped]

    values, before = array.dictionary, checked.get(place)
    if before is None or not _same(values, before):
        array.validate(full=True)
        checked[place] = values
        return
    array.indices.validate(full=True)
    least, most = pc.min_max(array.indices).values()
    if least.is_valid and not 0 <= least.as_py() <= most.as_py() < len(values):
        raise pa.ArrowInvalid(f"dictionary index {most if least.as_py() >= 0 else least} out of bounds")


def _same(one: pa.Array, other: pa.Array) -> bool:
    """Whether two arrays without children are the same bytes in memory, both being alive."""
    if one.type != other.type or one.type.num_fields or pa.types.is_dictionary(one.type):
        return False

    def where(array: pa.Array) -> list[object]:
        return [len(array), array.offset, *(b and (b.address, b.size) for b in array.buffers())]

    return where(one) == where(other)


def _piece(batch: pa.RecordBatch, used: Sequence[str], whole: bool) -> Piece:
    return Piece([batch.column(name) for name in used], batch if whole else None)


def _uncompressed(source: ByteSource, kind: str) -> ByteSource:
    if source.compression:
        raise DataError(
            f"{visible(source.name)}: a {kind} file inside {source.compression} cannot be read",
            hint="unpack it first",
        )
    return source


@contextmanager
def _opened(source: ByteSource) -> Iterator[pa.NativeFile]:
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
    except MemoryError:
        raise out_of_memory(reader.name, reader._rows) from None
    except UnicodeDecodeError as error:
        found = quoted(error.object.decode("utf-8", "backslashreplace"))
        raise DataError(f"{visible(reader.name)}: the column name {found} is not UTF-8 text") from None
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise unreadable(reader.name, error) from None
        after = f" after row {reader._rows}" if reader._rows else ""
        raise DataError(f"{visible(reader.name)} {what}{after}") from None
