"""New columns beside those of a table in memory, in a table of the same kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Sized
from typing import Any, NamedTuple

import numpy as np

from exprgrad.columns.values import Column
from exprgrad.data.frames.frame import Frame
from exprgrad.data.source import TableSource
from exprgrad.jobs.map.result import Written
from exprgrad.jobs.map.rows import RowMap
from exprgrad.jobs.map.write import lost


class Widened(NamedTuple):
    """The table, and what became of its numbers."""

    table: Any
    written: Written


def widened(frame: Frame, source: TableSource, rows: RowMap, numbers: Mapping[str, float]) -> Widened:
    """The rows of a frame, of which `source` has the columns, with new ones. Rows that lack a number are left out
    where the table says so. Raises DataError."""
    frame.settle()

    def read(names: Sequence[str]) -> Iterator[tuple[Sized, Mapping[str, Column]]]:
        if not names:
            yield range(len(frame.columns([0])[0])), {}
            return
        for batch in source.read(names):
            yield range(len(next(iter(batch.values())))), batch

    batches = [columns for _, columns in rows.stream(numbers, read)]
    found = {
        name: np.concatenate([np.asarray(columns[k]) for columns in batches]) if batches else np.empty(0)
        for k, name in enumerate(rows.names)
    }
    count, first = lost(list(found.values()))
    table = frame.widened(found, _kept(source, [source.columns[name] for name in rows.plan.inputs]))
    return Widened(table, Written(len(next(iter(found.values()))), count, first))


def _kept(source: TableSource, used: Sequence[str]) -> Any:
    """Which rows have all numbers that are used, where others are skipped; None for all."""
    if source.table.nulls != "skip" or not used:
        return None
    every = [*source.table.with_nulls("nan").columns(used)]
    return ~np.logical_or.reduce([np.isnan(column) for batch in every for column in batch.values()])
