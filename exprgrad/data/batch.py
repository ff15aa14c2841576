"""Some rows of one file that arrive together, and their columns as float64."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from numpy.typing import NDArray

from exprgrad.data.faults import null, quoted
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

Column = NDArray[np.float64]


class FileBatch(NamedTuple):
    """Some rows of one file: the used columns as Arrow arrays, and the whole rows if asked for."""

    used: list[pa.Array]
    whole: pa.RecordBatch | None

    @property
    def length(self) -> int:
        """The number of rows."""
        return int(self.whole.num_rows) if self.whole is not None else len(self.used[0])


def floats(name: str, array: pa.Array) -> Column:
    """The numbers as contiguous, aligned float64, nan for null; without a copy where they are that already."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
        kind = array.type
    if pa.types.is_null(kind):
        return np.full(len(array), np.nan)
    if pa.types.is_decimal(kind):
        array = array.cast(pa.float64())
    elif not (pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind)):
        raise DataError(f"column {quoted(name)} holds {described(kind)}, not numbers")
    if pa.types.is_boolean(kind) and array.null_count:
        values = np.array([np.nan if value is None else float(value) for value in array.to_pylist()])
    else:
        values = array.to_numpy(zero_copy_only=False)
    return np.require(values, np.float64, ["C", "A"])


def valid(array: pa.Array) -> NDArray[np.bool_]:
    """Which rows hold a value."""
    if pa.types.is_null(array.type):
        return np.zeros(len(array), np.bool_)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    bits = array.buffers()[0]
    if bits is None:
        return np.ones(len(array), np.bool_)
    unpacked = np.unpackbits(np.frombuffer(bits, np.uint8), count=array.offset + len(array), bitorder="little")
    return unpacked[array.offset :].view(np.bool_)


def numbers(names: Sequence[str], batch: FileBatch, nulls: str) -> tuple[pa.RecordBatch | None, dict[str, Column]]:
    """The whole rows of a batch, and its used columns as float64 [rows].

    Rows with a null are refused, dropped or taken as nan, as `nulls` says ("error", "skip", "nan").
    Raises MisfitError at the first null, DataError for a column that is not of numbers.
    """
    columns = {name: floats(name, array) for name, array in zip(names, batch.used, strict=True)}
    if nulls == "nan" or not any(array.null_count for array in batch.used):
        return batch.whole, columns
    whole = np.logical_and.reduce([valid(array) for array in batch.used])
    if whole.all():
        return batch.whole, columns
    if nulls == "error":
        row = int(np.argmin(whole))
        raise null(row, next(name for name, a in zip(names, batch.used, strict=True) if not a[row].is_valid))
    kept = None if batch.whole is None else batch.whole.filter(pa.array(whole))
    return kept, {name: values[whole] for name, values in columns.items()}


def described(kind: pa.DataType) -> str:
    """What a column of this type holds, in the plural."""
    tests = {
        "timestamps": pa.types.is_timestamp,
        "dates": pa.types.is_date,
        "times": pa.types.is_time,
        "durations": pa.types.is_duration,
        "lists": lambda kind: pa.types.is_list(kind) or pa.types.is_large_list(kind),
        "records": pa.types.is_struct,
        "bytes": lambda kind: pa.types.is_binary(kind) or pa.types.is_large_binary(kind),
        "texts": lambda kind: "string" in str(kind),
    }
    return next((name for name, test in tests.items() if test(kind)), visible(f"values of type {kind}"))
