"""Whole rows as Arrow batches: made of columns, widened by new ones, brought under another schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.columns.values import Column
from exprgrad.data.faults import quoted
from exprgrad.data.formats.kinds import REFUSALS
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible


def batch_of(names: Sequence[str], columns: Sequence[Any]) -> pa.RecordBatch:
    """Rows of columns, each an array of int64 or float64 (NumPy's, or Python's of "q" or "d"). Names may repeat."""
    return pa.RecordBatch.from_arrays([pa.array(np.asarray(column)) for column in columns], names=list(names))


def widened(batch: pa.RecordBatch, columns: Mapping[str, Column]) -> pa.RecordBatch:
    """The batch with these columns after its own, as float64."""
    arrays = [*batch.columns, *(pa.array(np.asarray(column), pa.float64()) for column in columns.values())]
    fields = [pa.field(name, pa.float64()) for name in columns]
    return pa.record_batch(arrays, schema=pa.schema([*batch.schema, *fields]))


def conformed(schema: pa.Schema, batch: pa.RecordBatch, name: str) -> pa.RecordBatch:
    """The columns of a further file in the order and types of the first's."""
    if batch.schema == schema:
        return batch
    arrays = []
    for field in schema:
        if batch.schema.get_field_index(field.name) < 0:
            raise DataError(f"{visible(name)} has no column {quoted(field.name)}, which the first file has")
        column = batch.column(field.name)
        try:
            arrays.append(column if column.type == field.type else column.cast(field.type))
        except REFUSALS:
            what = f"holds {column.type} where the first file has {field.type}"
            hint = "put the file with the wider type first, or give --format csv"
            raise DataError(f"{visible(name)}: column {quoted(field.name)} {what}", hint=hint) from None
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


class Collected:
    """What takes rows as a writer does, and keeps them."""

    takes_texts = False

    def __init__(self) -> None:
        self._batches: list[pa.RecordBatch] = []

    def write(self, batch: pa.RecordBatch) -> None:
        """Keep these rows."""
        self._batches.append(batch)

    @property
    def table(self) -> pa.Table:
        """All of them."""
        return pa.Table.from_batches(self._batches) if self._batches else pa.table({})
