"""Rows of data that are drawn as dots over a curve: which columns they are, and where they begin and end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from exprgrad.backends.prepared import Engine, Prepared
from exprgrad.binding import Lowered
from exprgrad.columns.memory import Columns
from exprgrad.columns.rows import RowSource
from exprgrad.columns.values import Column
from exprgrad.data.source import TableSource
from exprgrad.errors import UsageError
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


def rows_of_formula(lowered: Lowered, source: RowSource, over: Collection[str], bound: Collection[str]) -> Rows:
    """The rows for a formula `y ~ model`, whose model is drawn `over` the variable of a range, or else over the one
    that is a column of the `source`. `bound` are the names that have numbers. Raises UsageError where this is not
    clear."""
    model = lowered.model
    used = {model.graph.name(node) for node in cone(model.graph, [model.output])}
    free = list(over) or [name for name in source.names if name in used]
    if not free:
        raise UsageError("there is no column to draw over", hint="give a range: --x 0:10, with the name of a variable")
    if len(free) > 1:
        listed = " and ".join(free)
        raise UsageError(f"a curve is drawn over one column, and {listed} are some", hint=f"give --{free[1]} VALUE")
    (variable,) = free
    if variable not in source.names:
        raise UsageError(f"the data have no column {variable}", hint=_near(source, variable))
    for name in lowered.observed:
        if name not in {*source.names, *bound, *model.defaults}:
            raise UsageError(f"the data have no column {name}", hint=_near(source, name))
    names = [name for name in source.names if name == variable or name in lowered.observed]
    return Rows(variable, in_memory(source, names))


def _near(source: RowSource, variable: str) -> str:
    """The column that may be meant, or all there are."""
    if not isinstance(source, TableSource):
        return f"the columns are {', '.join(source.names)}"
    names = source.table.names
    near = names.near(variable)
    return names.meant(variable, near) if near else f"the columns of the data are {names.listed()}"


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
    source = TableSource(table, {variable: header, others[0]: others[0]})
    columns = in_memory(source, list(source.names))
    return Dots(others[0], columns[variable], columns[others[0]])


def in_memory(source: RowSource, names: Sequence[str]) -> Mapping[str, Column]:
    """Columns in memory: each point of a curve may need all of their rows. Raises LimitError."""
    if isinstance(source, Columns):
        return next(source.read(names))
    from exprgrad.data.between import resident

    return {**resident.in_memory(source, names).columns}
