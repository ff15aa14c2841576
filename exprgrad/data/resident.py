"""Columns held in memory between the passes over them, where they fit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from exprgrad.backends.passes import Batch
from exprgrad.backends.prepared import Source

_BYTES = 8
"""Of a number."""


class Held:
    """A source that was read once: its columns as float64 arrays [rows], under its names."""

    def __init__(self, source: Source, columns: Batch, rows: int) -> None:
        self.rows: int | None = rows
        self._source = source
        self._columns = columns

    @property
    def names(self) -> Collection[str]:
        return self._source.names

    def read(self, names: Sequence[str]) -> Iterator[Batch]:
        yield {name: self._columns[name] for name in names}

    def place(self, row: int) -> str:
        return self._source.place(row)


def held(source: Source, names: Sequence[str], limit: int) -> Source:
    """The source with these columns in memory if they take at most `limit` bytes, else the source as it is."""
    columns = {name: np.empty(0) for name in names}
    rows = 0
    for batch in source.read(names) if names else ():
        start = rows
        rows += len(next(iter(batch.values())))
        if rows * len(columns) * _BYTES > limit:
            return source
        for name, column in batch.items():
            if rows > len(columns[name]):
                columns[name].resize(rows + rows // 8, refcheck=False)  # moves pages, where many, and copies none
            columns[name][start:rows] = np.asarray(column, dtype=np.float64)
    for column in columns.values():
        column.resize(rows, refcheck=False)
    return Held(source, columns, rows)
