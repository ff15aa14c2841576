"""The points at which an expression is checked: one, or one for each row of columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from exprgrad.binding import Inputs
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.unroll import unrolled
from exprgrad.columns.values import Column
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import cone

MOST = 1_000
"""Rows that are checked, evenly spread over all, where each stands for itself."""


class Point(NamedTuple):
    """An expression of numbers alone, and their values."""

    model: Model
    bindings: Mapping[str, float]
    row: int | None
    """The row, from 0 on; None where all rows make one value, or there are none."""

    @property
    def place(self) -> int:
        """The row as people count it, from 1 on; 0 where there is none."""
        return 0 if self.row is None else self.row + 1


def columns_of(inputs: Inputs) -> dict[str, Column]:
    """All rows of the columns."""
    if inputs.rows is None:
        return {}
    names = list(inputs.rows.names)
    found: dict[str, list[float]] = {name: [] for name in names}
    for batch in inputs.rows.read(names):
        for name in names:
            found[name] += map(float, batch[name])
    return dict(found)


def chosen(rows: int) -> list[int]:
    """The rows that are checked: all, or so many, evenly spread, the first and the last among them."""
    return [*range(rows)] if rows <= MOST else [round(k * (rows - 1) / (MOST - 1)) for k in range(MOST)]


def apart(model: Model, shapes: Shapes) -> bool:
    """Whether the rows have nothing to do with one another: the value folds none."""
    return not any(map(shapes.folds, cone(model.graph, [model.output])))


def points(model: Model, numbers: Mapping[str, float], columns: Mapping[str, Column]) -> Iterator[Point]:
    """The points of a model. Raises LimitError where folds have too many rows to be written out."""
    if not columns:
        yield Point(model, numbers, None)
        return
    graph, shapes = model.graph, Shapes(model.graph, columns)
    rows = len(next(iter(columns.values())))
    if apart(model, shapes):
        for row in chosen(rows):
            here = {name: float(column[row]) for name, column in columns.items()}
            yield Point(model, {**numbers, **here}, row)
        return
    new, outputs = unrolled(graph, model.output, columns)
    written = model._replace(graph=new, intermediates={}, labels={})
    known = {name: value for name, value in numbers.items() if new.has_input(name)}
    if not shapes.is_column(model.output):
        yield Point(written._replace(output=outputs[0]), known, None)
        return
    for row in chosen(rows):
        yield Point(written._replace(output=outputs[row]), known, row)
