"""What Parquet and Arrow IPC have in common: files of columns whose bytes are checked, as pyarrow trusts them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data import compute as pc
from exprgrad.data.batch import FileBatch
from exprgrad.data.faults import out_of_memory, quoted, unreadable
from exprgrad.data.formats.nested import column_of
from exprgrad.data.stores.bytesource import ByteSource
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

MOST_ROWS = 1 << 20
"""Rows of a batch at the most: a file may hold them all in one."""

_CLAIMED = (1 << 31) - 1
"""Rows of a batch of Arrow at the most, as its format advises: nulls take no bytes, so a short file can claim any."""


class ColumnarReader(Protocol):
    """A reader that says how far it has come."""

    name: str
    rows_read: int


def header(schema: pa.Schema) -> tuple[str, ...]:
    """The names of the columns. Other names within their types are read, too, so that bad ones are found at once."""
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


def sound(batches: Iterator[pa.RecordBatch], name: str, rows: int = 0) -> Iterator[pa.RecordBatch]:
    """The batches, after a check that all values lie within the bytes: a file says where its texts, lists and
    dictionaries have theirs, and pyarrow trusts it. Raises DataError where it must not be trusted."""
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
    """Validate a column with a dictionary, which many batches may share: `checked` has the last one of each column."""
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
    """Whether two arrays without children are the same bytes in memory."""
    if one.type != other.type or one.type.num_fields or pa.types.is_dictionary(one.type):
        return False

    def where(array: pa.Array) -> list[object]:
        return [len(array), array.offset, *(b and (b.address, b.size) for b in array.buffers())]

    return where(one) == where(other)


def file_batch(batch: pa.RecordBatch, used: Sequence[str], whole: bool) -> FileBatch:
    """Some rows, of which these columns are used; fields of records too, see `nested`."""
    return FileBatch([column_of(batch, name) for name in used], batch if whole else None)


def uncompressed(source: ByteSource, kind: str) -> ByteSource:
    if source.compression:
        raise DataError(
            f"{visible(source.name)}: a {kind} file inside {source.compression} cannot be read",
            hint="unpack it first",
        )
    return source


@contextmanager
def opened(source: ByteSource) -> Iterator[pa.NativeFile]:
    """The file, to be read at any place."""
    raw = source.open_anywhere()
    try:
        yield raw
    finally:
        raw.close()


@contextmanager
def damage(reader: ColumnarReader, what: str) -> Iterator[None]:
    """Within it, what pyarrow says of the bytes is told as a DataError."""
    try:
        yield
    except MemoryError:
        raise out_of_memory(reader.name, reader.rows_read) from None
    except UnicodeDecodeError as error:
        found = quoted(error.object.decode("utf-8", "backslashreplace"))
        raise DataError(f"{visible(reader.name)}: the column name {found} is not UTF-8 text") from None
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise unreadable(reader.name, error) from None
        after = f" after row {reader.rows_read}" if reader.rows_read else ""
        raise DataError(f"{visible(reader.name)} {what}{after}") from None
