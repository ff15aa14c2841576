"""Reductions that need all rows of a column in order: they are gathered in memory, sorted once, and looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isnan, nan
from typing import TypeVar

from exprgrad.columns.memory import half_of_memory
from exprgrad.columns.plan import Stage
from exprgrad.columns.values import Column
from exprgrad.errors import LimitError
from exprgrad.functions.arithmetic import Arithmetic
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph

T = TypeVar("T")

_BYTES = 8
"""Bytes of a number."""


def gathered(
    batches: Iterable[Sequence[Column]], count: int, join: Callable[[Sequence[Column]], Column], what: str
) -> list[Column]:
    """So many columns, from batches of their rows. Raises LimitError, which begins with `what` takes them, where they
    are more than half of the memory."""
    parts: list[Sequence[Column]] = []
    size, limit = 0, half_of_memory()
    for batch in batches:
        parts.append(batch)
        size += sum(map(len, batch)) * _BYTES
        if size > limit:
            raise LimitError(
                f"{what} takes all rows in memory, and these are more than half of it", hint="take fewer rows"
            )
    return [join([part[k] for part in parts]) for k in range(count)]


def found(graph: Graph, stage: Stage, columns: Sequence[Column], numbers: Mapping[int, float]) -> dict[int, float]:
    """The values of the stage's reductions by node, where its outputs are these columns [rows]. `numbers` has those
    that they take beside their column."""
    ordered = {node: in_order(column) for node, column in zip(stage.outputs, columns, strict=True)}
    values: dict[int, float] = {}
    for node in stage.ordered:
        column, *others = graph.operands[node]
        rows = ordered[column]
        at = place(graph.operations[node], len(rows), [numbers[other] for other in others], FLOATS)
        values[node] = nan if isnan(at) or isnan(rows[-1]) else float(rows[int(at)])
    return values


def place(name: str, rows: int, others: Sequence[T], arithmetic: Arithmetic[T]) -> T:
    """Which of so many rows in order a reduction takes, counted from 0: `Function.place`, in some arithmetic."""
    function = FUNCTIONS[name]
    names = ("n", *function.operands[1:])
    return bind(function.place, names, arithmetic)((arithmetic.constant(float(rows)), *others))


def in_order(column: Column) -> Sequence[float]:
    """The rows sorted, nans last."""
    if isinstance(column, list):
        return sorted(column, key=lambda value: (isnan(value), value))
    rows: Sequence[float] = column.copy()  # type: ignore[attr-defined]
    rows.sort()  # type: ignore[attr-defined]
    return rows
