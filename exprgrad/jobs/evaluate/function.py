"""An expression as a function: the value and derivatives of numbers and columns, prepared once and then called."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from exprgrad.arguments import as_number
from exprgrad.autodiff.columns import column_derivatives
from exprgrad.autodiff.derivative import with_room
from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared, worth_compiling
from exprgrad.binding import Inputs, Lowered, no_variable
from exprgrad.columns.memory import as_array
from exprgrad.columns.rows import RowSource
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Column

Result = float | Column
"""A number, or an array [rows] (a list where NumPy is not installed)."""


class Found(NamedTuple):
    """The value, if it was asked for, and the derivatives by name."""

    value: Result
    gradient: dict[str, Result]
    columns: frozenset[str]
    """The names whose derivatives are columns; empty for the value's."""


@dataclass
class Function:
    """A prepared computation of the value, the derivatives with respect to some names, or both."""

    prepared: Prepared
    names: tuple[str, ...]
    value: bool
    columns: tuple[bool, ...]
    """Which of the results have a number for each row: of the value, if it is wanted, then of the derivatives."""
    defaults: Mapping[str, float]
    rows: int = 0
    """Rows of all calls so far."""

    def outgrown(self, rows: int) -> bool:
        """Whether compiling pays now that the rows of one more call are added, and did not pay before."""
        before = self.rows
        self.rows += rows
        plan = self.prepared.plan
        return not worth_compiling(plan, before or 1) and worth_compiling(plan, self.rows or 1)

    def __call__(self, source: RowSource, numbers: Mapping[str, object]) -> Found:
        """The results for rows and numbers. Raises UsageError for a value that is no number."""
        values = {**self.defaults, **{name: as_number(name, x) for name, x in numbers.items()}}
        found, rows = self.prepared.run(source, values)
        results = [
            as_array(self.prepared.spread(result, rows) if column else result)
            for result, column in zip(found, self.columns, strict=True)
        ]
        value = results.pop(0) if self.value else 0.0
        names = ([""] if self.value else []) + [*self.names]
        columns = frozenset(name for name, column in zip(names, self.columns, strict=True) if column)
        return Found(value, dict(zip(self.names, results, strict=True)), columns)


def function(
    lowered: Lowered,
    numbers: Collection[str],
    source: RowSource,
    wrt: Sequence[str] | None,
    engine: Engine = Engine(),  # noqa: B008 - it never changes
    *,
    value: bool = True,
    rows: int = 0,
) -> Function:
    """The function of an expression where these variables are `numbers`, and those of the source are columns. It has
    the derivatives with respect to the names in `wrt`, by default to each variable that is a number; none for None.

    Raises UsageError for names that do not fit, and where a row depends on other rows of a column in `wrt`.
    """
    model = lowered.model_for(numbers, source.names)
    Inputs({**model.defaults, **dict.fromkeys(numbers, 0.0)}, source).check_complete(model)
    graph, variables = with_room(model.graph), model.graph.inputs()
    names = _names(variables, source.names, wrt)
    slopes = column_derivatives(graph, model.output, [variables[name] for name in names], source.names)
    rowwise = Shapes(graph, source.names).is_column(model.output)
    columns = [rowwise] * value + [rowwise or name in source.names for name in names]
    prepared = Prepared(graph, [model.output] * value + slopes, source, engine, rows)
    return Function(prepared, names, value, tuple(columns), model.defaults, rows)


def _names(variables: Mapping[str, int], columns: Collection[str], wrt: Iterable[str] | None) -> tuple[str, ...]:
    if wrt is None:
        return ()
    names = tuple(wrt) or tuple(name for name in variables if name not in columns)
    for name in names:
        if name not in variables:
            what = f"no derivative with respect to {name}: the expression has no such variable"
            raise no_variable(what, name, variables)
    return names
