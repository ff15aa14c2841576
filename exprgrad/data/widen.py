"""New columns beside those of a batch of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.results import Column


def widened(batch: pa.RecordBatch, columns: Mapping[str, Column]) -> pa.RecordBatch:
    """The batch with these columns after its own, as float64."""
    arrays = [*batch.columns, *(pa.array(np.asarray(column), pa.float64()) for column in columns.values())]
    fields = [pa.field(name, pa.float64()) for name in columns]
    return pa.record_batch(arrays, schema=pa.schema([*batch.schema, *fields]))


def lost(columns: Sequence[Column]) -> tuple[int, int]:
    """In how many rows one of the columns is nan or infinite, and the first such row, counted from 0."""
    rows = ~np.logical_and.reduce([np.isfinite(np.asarray(column)) for column in columns])
    return int(np.count_nonzero(rows)), int(np.argmax(rows)) if len(rows) else 0
