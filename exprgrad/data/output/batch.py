"""Columns of Python numbers as a batch that a writer takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa  # type: ignore[import-untyped]


def batch_of(columns: Mapping[str, Sequence[int] | Sequence[float]]) -> pa.RecordBatch:
    """The columns by their names: int64 where all numbers of a column are whole ones of Python, else float64."""
    arrays = []
    for column in columns.values():
        whole = all(isinstance(number, int) for number in column)
        arrays.append(pa.array(column, pa.int64() if whole else pa.float64()))
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))
