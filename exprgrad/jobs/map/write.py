"""Writes the rows of a table with new columns beside their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from exprgrad.columns.values import Column
from exprgrad.data.output.writer import Writer
from exprgrad.data.rows import Collected, conformed, widened
from exprgrad.data.table import Table
from exprgrad.jobs.map.result import Written

Read = Callable[[Sequence[str]], Iterator[tuple[Any, dict[str, Column]]]]
"""Gives the named variables batch by batch, and beside them the whole rows."""


def write_rows(
    table: Table,
    headers: Mapping[str, str],
    compute: Callable[[Read], Iterator[tuple[Any, list[Column]]]],
    names: Sequence[str],
    writer: Writer | Collected,
    watch: Callable[[int], None] = lambda rows: None,
    schema: Any = None,
) -> Written:
    """Write the rows of a table, and beside them the columns that `compute` makes of them, under `names`.

    `headers` gives the column of each variable; with a `schema` (Arrow's) the rows
    are brought under it."""

    def read(wanted: Sequence[str]) -> Iterator[tuple[Any, dict[str, Column]]]:
        used = {name: headers[name] for name in wanted}
        for batch, columns in table.rows(list(dict.fromkeys(used.values())), texts=writer.takes_texts):
            whole = conformed(schema, batch, table.readers[0].name) if schema is not None else batch
            yield whole, {name: columns[header] for name, header in used.items()}

    total, bad, first = 0, 0, 0
    for batch, columns in compute(read):
        writer.write(widened(batch, dict(zip(names, columns, strict=True))))
        count, index = lost(columns)
        first = first if bad or not count else total + index
        bad += count
        total += len(batch)
        watch(total)
    return Written(total, bad, first)


def lost(columns: Sequence[Column]) -> tuple[int, int]:
    """How many rows have a nan or an infinity in one of the columns, and the first such row, counted from 0."""
    rows = ~np.logical_and.reduce([np.isfinite(np.asarray(column)) for column in columns])
    return int(np.count_nonzero(rows)), int(np.argmax(rows)) if len(rows) else 0
