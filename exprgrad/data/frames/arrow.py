"""Columns in memory as Arrow arrays: without a copy where Arrow has the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.faults import quoted
from exprgrad.data.formats.foreign.npy_columns import arrow_of
from exprgrad.errors import DataError


def arrow(table: str, name: str, column: Any) -> pa.Array:
    """A column of a dict: a list, an array, a series. Raises DataError for values that have no common type."""
    if isinstance(column, np.ndarray) and column.dtype.kind != "O":
        if column.ndim != 1:
            raise DataError(f"{table}: column {quoted(name)} has {column.ndim} dimensions, not one")
        return arrow_of(name, column, table)
    return converted(table, name, lambda: pa.array(column, from_pandas=True))


def converted(table: str, name: str, convert: Callable[[], Any]) -> pa.Array:
    """What a conversion gives, as one array. Raises DataError for what Arrow has no type for."""
    try:
        found = convert()
    except MemoryError:
        raise
    except Exception as error:  # whatever the library of a data frame raises
        what = f"{table}: column {quoted(name)} cannot be read as numbers: {line_of(error)}"
        raise DataError(what, hint="convert it first") from None
    if not isinstance(found, pa.ChunkedArray):
        return found
    return found.chunk(0) if found.num_chunks == 1 else found.combine_chunks()


def line_of(error: Exception) -> str:
    """What another library says, in one line."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
