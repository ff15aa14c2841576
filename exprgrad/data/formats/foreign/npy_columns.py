"""Arrays of NumPy as Arrow arrays: fields as records, dates and times in the units that Arrow has, bytes as texts."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from numpy.typing import NDArray

from exprgrad.data.faults import quoted
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible


def arrow_of(name: str, array: NDArray[Any], file: str) -> pa.Array:
    """The values of a column, or of a field within it, in Arrow's type. Raises DataError where there is none."""
    kind = array.dtype
    if kind.names:
        fields = [arrow_of(f"{name}.{field}", array[field], file) for field in kind.names]
        return pa.StructArray.from_arrays(fields, list(kind.names))
    if array.ndim > 1:
        size = prod(array.shape[1:])
        return pa.FixedSizeListArray.from_arrays(
            arrow_of(name, np.ascontiguousarray(array).reshape(-1), file), max(size, 1)
        )
    if kind.kind == "M" and np.datetime_data(kind)[0] in ("h", "m", "D", "W", "M", "Y", "generic"):
        array = array.astype("datetime64[D]" if np.datetime_data(kind)[0] in "DWMY" else "datetime64[s]")
    elif kind.kind == "m":
        array = array.astype("timedelta64[ns]" if np.datetime_data(kind)[0] == "ns" else "timedelta64[us]")
    elif kind.kind == "f" and kind.itemsize > 8:
        array = array.astype(np.float64)
    elif kind.kind == "S":
        return pa.array([_text(value) for value in array.tolist()], pa.string())
    elif kind.kind in "cV":
        what = "complex numbers" if kind.kind == "c" else "bytes"
        raise DataError(f"{visible(file)}, column {quoted(name)}: {what} are not read")
    return pa.array(np.ascontiguousarray(array.astype(array.dtype.newbyteorder("="), copy=False)))


def _text(value: bytes) -> str:
    return value.decode("utf-8", "backslashreplace")
