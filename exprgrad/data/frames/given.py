"""A table of rows that are made: of columns given as numbers, side by side or each with all others, or by a design."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Protocol

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.columns.memory import check_lengths
from exprgrad.columns.values import Column
from exprgrad.data.batch import Column as Floats
from exprgrad.data.batch import FileBatch
from exprgrad.data.rows import batch_of
from exprgrad.data.table import Table
from exprgrad.errors import LimitError

MOST = 1_000_000_000
"""Rows of a grid."""
_BATCH = 1 << 16


class Maker(Protocol):
    """What makes rows: the same ones each time, wherever it begins."""

    header: tuple[str, ...]
    rows: int

    def columns(self, start: int, stop: int) -> list[Floats]:
        """The columns of the rows from `start` up to `stop`."""
        ...


class SideBySide:
    """Columns of equal length. Raises DataError for others."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.header = tuple(columns)
        self._columns = [np.asarray(column, np.float64) for column in columns.values()]
        sizes = map(len, self._columns)
        hint = "--grid takes each number of one with each of the others"
        self.rows = check_lengths(zip(self.header, sizes, strict=True), hint)

    def columns(self, start: int, stop: int) -> list[Floats]:
        """See `Maker`."""
        return [column[start:stop] for column in self._columns]


class Product:
    """Each number of one column with all others; the last column changes from row to row. Raises LimitError for more
    than MOST rows."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.header = tuple(columns)
        self._columns = [np.asarray(column, np.float64) for column in columns.values()]
        sizes = [len(column) for column in self._columns]
        self.rows = prod(sizes)
        self._strides = [prod(sizes[place + 1 :]) for place in range(len(sizes))]
        if self.rows > MOST:
            raise LimitError(f"a grid of {self.rows:,} rows; the limit is {MOST:,}", hint="give fewer numbers")

    def columns(self, start: int, stop: int) -> list[Floats]:
        """See `Maker`."""
        rows = np.arange(start, stop)
        pairs = zip(self._columns, self._strides, strict=True)
        return [column[rows // stride % len(column)] for column, stride in pairs]


def table_of(columns: Mapping[str, Column], *, grid: bool) -> Table:
    """The table of these columns, in their order, side by side or as a grid. Raises as `SideBySide` and `Product`."""
    return table_made(Product(columns) if grid else SideBySide(columns))


def table_made(maker: Maker, parts: Sequence[tuple[int, int]] = ()) -> Table:
    """The table of all rows that are made, or of those in some `parts`, each from a row up to another."""
    return Table([_Made(maker, parts or [(0, maker.rows)])], "nan")


class _Made:
    """A reader of such rows: see `format.Reader`. They are made batch by batch, anew for each pass."""

    name = "the lists"
    origin = None
    notes: Sequence[str] = ()
    first = 0

    def __init__(self, maker: Maker, parts: Sequence[tuple[int, int]]) -> None:
        self.header = maker.header
        self._maker = maker
        self._parts = parts

    def batches(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[FileBatch]:
        for first, last in self._parts:
            for start in range(first, last, _BATCH):
                batch = batch_of(self.header, self._maker.columns(start, min(start + _BATCH, last)))
                arrays: list[pa.Array] = [batch.column(name) for name in used]
                yield FileBatch(arrays, batch if whole else None)
