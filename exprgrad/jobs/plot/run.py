"""What is drawn of expressions or a formula: curves over one range, with the rows of data as dots, or a field over two.
The command and Python share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from exprgrad.arguments import as_number
from exprgrad.backends.engine import Engine
from exprgrad.binding import Lowered
from exprgrad.columns.memory import Columns
from exprgrad.columns.rows import RowSource
from exprgrad.columns.values import Column
from exprgrad.data.source import TableSource
from exprgrad.errors import UnboundError, UsageError
from exprgrad.graph.reach import cone
from exprgrad.jobs.plot.curves import curves, field
from exprgrad.jobs.plot.program import labelled, named, outputs
from exprgrad.jobs.plot.result import Curves, Dots, Field, together
from exprgrad.jobs.plot.rows import Rows, dots_beside, in_memory, rows_of_formula
from exprgrad.jobs.plot.spans import Span, spread


class Request(NamedTuple):
    """What is asked for beside the value."""

    wrt: Sequence[str] = ()
    """What the derivatives are with respect to, instead of the variable of the range."""
    order: int | None = None
    """Up to which order there are derivatives: none, or 1 where `wrt` names some, unless it is said."""
    points: int | None = None
    """How many there are along each range."""
    log: str = ""
    """The axes that are logarithmic: "x", "y", "xy"."""


class Given(NamedTuple):
    """What the variables are."""

    numbers: Mapping[str, Any]
    ranges: Mapping[str, Span]
    columns: Mapping[str, Column] = {}
    """Columns that are given one by one."""
    source: RowSource | None = None
    """The columns of a table, which may have those of the ranges, too."""


def plot(lowered: Lowered, given: Given, request: Request, engine: Engine = Engine()) -> Curves | Field:  # noqa: B008
    """The curves of a program with one or several expressions, or of a formula, or the field over two ranges.

    Rows of data are dots: of a formula its response, of an expression the one column beside that of the range. Raises
    UsageError for what is not clear or cannot be drawn, UnboundError, LimitError.
    """
    ranges, data = given.ranges, dict(given.columns)
    rows: Rows | None = None
    dots: Dots | None = None
    if lowered.formula and (given.source is not None or _have_rows(data, ranges)):
        rows = rows_of_formula(lowered, given.source or Columns(data), ranges, given.numbers)
        ranges, data = ranges or {rows.variable: Span(*rows.ends)}, data if given.source is not None else {}
    elif given.source is not None:
        data |= in_memory(given.source, [name for name in given.source.names if name not in ranges])
        if len(ranges) == 1 and not data and isinstance(given.source, TableSource):
            dots = dots_beside(given.source.table, next(iter(ranges)))
    model = lowered.model_for(given.numbers, [*ranges, *data])
    numbers = {**model.defaults, **{name: as_number(name, value) for name, value in given.numbers.items()}}
    shown = outputs(model)
    used = {model.graph.name(node) for node in cone(model.graph, [node for _, node in shown])}
    for name in request.wrt:
        if name in data:
            raise UsageError(f"{name} is a column of the data: curves have derivatives with respect to numbers")
        if name not in used:
            raise lowered.unknown(name)
    missing = [name for name in model.graph.inputs() if name in used and name not in {*numbers, *ranges, *data}]
    for name in ranges:
        if name not in used:
            raise UsageError(f"the value does not depend on {name}")
    if not ranges:
        columns = [name for name in model.graph.inputs() if name in used and name in data]
        also = ', or draw over a column with its rows as dots: "y ~ MODEL"' if columns else ""
        hint = f"give one as --{[*missing, *columns, 'x'][0]} -5:5{also}"
        raise UsageError("there is no range to draw over", hint=hint)
    if missing:
        raise UnboundError(missing)
    _check(len(ranges), len(shown), request)
    axes = spread(ranges, request.points, logarithmic="x" in request.log)
    if len(axes) == 2:
        return field(model, numbers, axes, data, engine)
    ((name, along),) = axes.items()
    if rows is not None:
        dots = rows.dots(model, numbers, engine)
    order = request.order or int(bool(request.wrt))
    found = []
    for (said, _), (own, node) in zip(shown, named(shown, order), strict=True):
        one = model._replace(output=node, name=own)
        each = curves(one, numbers, name, along, order, data, engine, request.wrt)
        found.append(labelled(each, said) if len(shown) > 1 or dots is not None else each)
    return together(found, dots)


def _have_rows(columns: Mapping[str, Column], ranges: Mapping[str, Span]) -> bool:
    """Whether columns that are given one by one are rows to be drawn."""
    return bool(columns) and (not ranges or any(name in columns for name in ranges))


def _check(ranges: int, expressions: int, request: Request) -> None:
    """Raises UsageError for what cannot be drawn over so many ranges."""
    if ranges > 2:
        raise UsageError(f"{ranges} ranges: a plot has one or two", hint="give the other variables numbers")
    if ranges == 2 and (request.order or request.wrt):
        option = "--order" if request.order else "--wrt"
        raise UsageError(f"{option} is for one range: over two the gradient is drawn anyway")
    if ranges == 2 and expressions > 1:
        raise UsageError(f"{expressions} expressions: over two ranges there can be one")
    if ranges == 2 and request.log:
        raise UsageError("--log is for one range")
