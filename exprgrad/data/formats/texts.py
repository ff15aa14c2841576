"""Rows written as text, what CSV and NDJSON have in common. Each number reads back to the same binary64."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data import compute as pc
from exprgrad.data.faults import quoted
from exprgrad.errors import OutputError
from exprgrad.text.escapes import visible

_CELLS = 1 << 19
"""Fields turned to text at a time: what fits the cache, and an Arrow array of texts (2 GB)."""

_HINTS = {"CSV": "--format ndjson keeps lists and records, --format parquet all types", "JSON": "try --format arrow"}

ToText = Callable[[pa.RecordBatch], Any]
"""Turns a batch into bytes, or a buffer of them."""


def check_types(schema: pa.Schema, output: str) -> None:
    """Raises OutputError for a column of a type that the output, "CSV" or "JSON", has no way to write."""
    for field in schema:
        if not _is_written(field.type, output):
            what = f"column {quoted(field.name)} holds {field.type}, which cannot be written as {output}"
            raise OutputError(what, hint=_HINTS[output])
        with refusals(field.name, output):
            _read_zones(field.type)


def _read_zones(kind: pa.DataType) -> None:
    """Raises an error where times are of a time zone that this machine does not know."""
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        time = pa.scalar(0, kind)
        _ = time.cast(pa.string()), time.as_py()
    if pa.types.is_dictionary(kind):
        _read_zones(kind.value_type)
    for index in range(kind.num_fields):
        _read_zones(kind.field(index).type)


@contextmanager
def refusals(name: str, output: str) -> Iterator[None]:
    """Within it, what pyarrow or Python cannot turn into text, such as times in the year 300,000, is an OutputError."""
    try:
        yield
    except MemoryError:
        raise
    except (pa.ArrowException, ValueError, OverflowError, LookupError) as error:
        what = f"column {quoted(name)} holds what cannot be written as {output}: {visible(str(error))}"
        raise OutputError(what, hint=_HINTS[output]) from None


def _is_written(kind: pa.DataType, output: str) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_written(kind.value_type, output)
    if isinstance(kind, pa.BaseExtensionType):
        return _is_written(kind.storage_type, output)
    if pa.types.is_nested(kind):
        inner = [kind.field(index).type for index in range(kind.num_fields)]
        return output == "JSON" and all(_is_written(kind, output) for kind in inner)
    return "binary" not in str(kind) and str(kind) != "month_day_nano_interval"


def unwrapped(column: pa.Array) -> pa.Array:
    """The values themselves, without a dictionary or an extension type; 16-bit floats as 32-bit ones."""
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column.cast(pa.float32()) if pa.types.is_float16(column.type) else column


class TextEncoder:
    """Puts rows as text into a sink: first some bytes of its own, then what `to_text` makes of each batch."""

    def __init__(self, sink: Any, start: bytes, to_text: ToText) -> None:
        self._sink = sink
        self._to_text = to_text
        sink.write(start)

    def write(self, batch: pa.RecordBatch) -> None:
        rows = max(_CELLS // max(batch.num_columns, 1), 1)
        for start in range(0, batch.num_rows, rows):
            self._sink.write(self._to_text(batch.slice(start, rows)))

    def close(self) -> None:
        """All is written already."""


def joined(columns: list[pa.Array], separator: str) -> Any:
    """The texts of each row joined, and a line end after each: the bytes of the array are those of the file."""
    null = {"null_handling": "replace", "null_replacement": ""}
    *before, last = (column.cast(pa.string()) for column in columns)
    rows = pc.binary_join_element_wise(*before, pc.binary_join_element_wise(last, "", "\n", **null), separator, **null)
    return rows.buffers()[2] if len(rows) else b""


def texts_of(column: pa.Array) -> pa.Array:
    """The values as texts, null where there is none."""
    return unwrapped(column).cast(pa.string())
