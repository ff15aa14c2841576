"""A table of columns that are given as numbers: side by side, or as a grid of each number of one with all others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.columns.memory import check_lengths
from exprgrad.columns.values import Column
from exprgrad.data.batch import FileBatch
from exprgrad.data.rows import batch_of
from exprgrad.data.table import Table
from exprgrad.errors import LimitError

MOST = 1_000_000_000
"""Rows of a grid."""
_BATCH = 1 << 16


def table_of(columns: Mapping[str, Column], *, grid: bool) -> Table:
    """The table of these columns, in their order; of a grid the last one changes from row to row.

    Raises DataError for columns of unequal length, LimitError for a grid of too many rows.
    """
    return Table([Given(columns, grid)], "nan")


class Given:
    """A reader of such columns: see `format.Reader`. The rows of a grid are made batch by batch."""

    name = "the lists"
    origin = None
    notes: Sequence[str] = ()
    first = 0

    def __init__(self, columns: Mapping[str, Column], grid: bool) -> None:
        self.header = tuple(columns)
        self._columns = [np.asarray(column, np.float64) for column in columns.values()]
        sizes = [len(column) for column in self._columns]
        self._rows = prod(sizes) if grid else sizes[0]
        self._strides = [prod(sizes[place + 1 :]) if grid else 1 for place in range(len(sizes))]
        if not grid:
            hint = "--grid takes each number of one with each of the others"
            check_lengths(zip(self.header, sizes, strict=True), hint)
        if self._rows > MOST:
            raise LimitError(f"a grid of {self._rows:,} rows; the limit is {MOST:,}", hint="give fewer numbers")

    def batches(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[FileBatch]:
        """The rows, made anew each time."""
        for start in range(0, self._rows, _BATCH):
            rows = np.arange(start, min(start + _BATCH, self._rows))
            columns = [
                column[rows // stride % len(column)]
                for column, stride in zip(self._columns, self._strides, strict=True)
            ]
            batch = batch_of(self.header, columns)
            arrays: list[pa.Array] = [batch.column(name) for name in used]
            yield FileBatch(arrays, batch if whole else None)
