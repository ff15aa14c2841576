"""Rows of data that are drawn as dots over a curve: which columns they are, and where they begin and end."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from exprgrad.backends.prepared import Engine, Prepared
from exprgrad.cli.line.columns import bind_columns
from exprgrad.columns.memory import Columns
from exprgrad.columns.values import Column
from exprgrad.errors import LimitError, UsageError
from exprgrad.expression import Expression
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import cone
from exprgrad.jobs.plot.result import Dots
from exprgrad.notation.infix import write

if TYPE_CHECKING:
    from exprgrad.data.table import Table


class Rows(NamedTuple):
    """Columns of data in memory: of the variable along which a curve is drawn, and of what the response is made of."""

    variable: str
    columns: Mapping[str, Column]

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the largest number of the variable. Raises UsageError where these are no range."""
        numbers = [float(value) for value in self.columns[self.variable] if isfinite(value)]
        if not numbers or not min(numbers) < max(numbers):
            hint = f"give one as --{self.variable} -5:5"
            raise UsageError(f"the column {self.variable} has no range to draw over", hint=hint)
        return min(numbers), max(numbers)

    def dots(self, model: Model, bindings: Mapping[str, float], engine: Engine) -> Dots:
        """The response of a formula in each row."""
        assert model.response is not None
        source = Columns(self.columns)
        prepared = Prepared(model.graph, [model.response], source, engine)
        (values,) = prepared.run(source, bindings).values
        label = write(model.graph, model.response)
        return Dots(label, self.columns[self.variable], prepared.spread(values, source.rows))


def rows_of_formula(
    expression: Expression, table: Table, settings: Collection[str], bound: Collection[str], over: Collection[str]
) -> Rows:
    """The rows for a formula `y ~ model`, whose model is drawn `over` the variable of a range, or else over the one
    that is a column. `bound` are the names that have values. Raises UsageError where this is not clear."""
    others = {name for name in bound if name not in over}
    source = bind_columns(expression, table, settings, others, free=True)
    model = expression.model
    graph = model.graph
    used = {graph.name(node) for node in cone(graph, [model.output])}
    free = list(over) or [name for name in source.names if name in used]
    if not free:
        raise UsageError("there is no column to draw over", hint="give a range: --x 0:10, with the name of a variable")
    if len(free) > 1:
        listed = " and ".join(free)
        raise UsageError(f"a curve is drawn over one column, and {listed} are some", hint=f"give --{free[1]} VALUE")
    (variable,) = free
    if variable not in source.names:
        near = table.names.near(variable)
        hint = table.names.meant(variable, near) if near else f"the columns of the data are {table.names.listed()}"
        raise UsageError(f"the data have no column {variable}", hint=hint)
    names = [name for name in source.names if name == variable or name in expression.lowered.observed]
    return Rows(variable, _held(source.table, {name: source.columns[name] for name in names}))


def dots_beside(table: Table, variable: str) -> Dots | None:
    """The rows to be drawn over the curve of an expression: of two columns, one of which is the variable. None where
    the variable is no column. Raises UsageError where it is not clear which column is meant."""
    header = table.names.find(variable)
    if header is None:
        return None
    others = [name for name in table.header if name != header]
    if len(others) != 1:
        shown = table.names.alias_of.get(others[0], others[0]) if others else "y"
        what = "the data have several columns that could be drawn" if others else "the data have one column alone"
        raise UsageError(what, hint=f'say which, as the left side of a formula: "{shown} ~ …"')
    columns = _held(table, {variable: header, others[0]: others[0]})
    return Dots(others[0], columns[variable], columns[others[0]])


def _held(table: Table, columns: Mapping[str, str]) -> Mapping[str, Column]:
    """Columns in memory, by the names of their variables."""
    from exprgrad.data.resident import held
    from exprgrad.data.source import TableSource

    source = TableSource(table, dict(columns))
    found = held(source, list(source.names), None)
    if found is None:
        raise LimitError("the columns of the data take more than half of the memory")
    return {**found.columns}
