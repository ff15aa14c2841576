"""Whether a quantity is a proper number in every row."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.rows import RowSource
from exprgrad.columns.shapes import Shapes
from exprgrad.errors import DataError, UsageError
from exprgrad.graph.graph import Graph
from exprgrad.jobs.fit.quantities.quantity import node_of
from exprgrad.text.numbers import format_number

Floats = NDArray[np.float64]


def check_positive(
    graph: Graph, columns: Collection[str], option: str, text: str, source: RowSource, engine: Engine
) -> None:
    """Raises DataError, with the row, for a sigma that is not above 0 or a weight below it; UsageError where it is one
    number for all rows."""
    what, least = ("sigma", "above 0") if option == "sigma" else ("weight", "0 or more")
    hint, start = f"a {what} is a finite number {least}", 0
    for values in rows_of(graph, text, columns, source, engine):
        fine = np.isfinite(values) & (values > 0 if option == "sigma" else values >= 0)
        if not fine.all():
            row = int(np.argmin(fine))
            number = format_number(float(values[row]))
            if not Shapes(graph, columns).is_column(node_of(graph, text, columns)):
                raise UsageError(f"the {what} is {number}", hint=hint)
            raise DataError(f"the {what} {text} is {number} ({source.place(start + row)})", hint=hint)
        start += len(values)


def rows_of(graph: Graph, text: str, columns: Collection[str], source: RowSource, engine: Engine) -> Iterator[Floats]:
    """The values of a quantity, batch by batch; of one number for all rows that number alone."""
    if text in columns:
        for batch in source.read([text]):
            yield np.asarray(batch[text], dtype=np.float64)
        return
    prepared = Prepared(graph, [node_of(graph, text, columns)], source, engine)
    (node,) = prepared.plan.wanted
    folded = prepared.fold(source, {})
    if not prepared.plan.columns:
        yield np.array([folded.numbers[node]])
        return
    for found in map(prepared.stream(folded), source.read(prepared.plan.inputs)):
        yield np.asarray(found[node], dtype=np.float64)
