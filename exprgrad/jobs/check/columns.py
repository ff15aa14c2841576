"""The derivatives of an expression over columns against references: row by row, or of what folds the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.autodiff.derivative import repeated, with_room
from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.binding import Inputs
from exprgrad.columns.memory import Columns
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Column
from exprgrad.errors import UsageError
from exprgrad.graph.lower import Model
from exprgrad.jobs.check.check import check
from exprgrad.jobs.check.points import apart, columns_of, points
from exprgrad.jobs.check.result import Check, Checked
from exprgrad.notation.infix import write_program

BADNESS = ("agrees", "kink", "undecided", "ill-conditioned", "undefined", "differs")
"""The verdicts, from the best to the worst."""


def check_columns(model: Model, inputs: Inputs, engine: Engine, wrt: Sequence[str] = (), order: int = 1) -> Check:
    """Compare what the engine computes over columns. Of a value that is a column, the result has for each number the
    worst row. All variables must be bound.

    Raises UsageError for a derivative that there is not, LimitError for more rows than can be folded.
    """
    columns = columns_of(inputs)
    slopes = _slopes(model, columns, wrt)
    computed = _computed(model, inputs, columns, slopes, order, engine)
    found: dict[str, list[Checked]] = {}
    said: tuple[str, ...] = ()
    rowwise = False
    for point in points(model, inputs.numbers, columns):
        here = {name: _number(value, point.row) for name, value in computed.items()}
        result = check(point.model, point.bindings, list(slopes), order, here)
        rowwise = point.row is not None
        for each in result.rows:
            found.setdefault(each.name, []).append(each._replace(row=point.place))
        said = said or result.notes[:1]
    checked = len(found["value"]) if rowwise else 0
    total = len(next(iter(columns.values())))
    if checked and checked < total:
        said = (*said, f"{checked:,} of {total:,} rows are checked, evenly spread")
    return Check(
        expression=write_program(model.graph, model.output, model.labels),
        rows=tuple(worst(rows, rowwise=rowwise) for rows in found.values()),
        notes=said,
        result=model.name,
        checked=checked,
    )


def worst(rows: Sequence[Checked], *, rowwise: bool) -> Checked:
    """The worst of some rows, with how many have its verdict."""
    if not rowwise:
        return rows[0]
    bad = max(rows, key=lambda row: (BADNESS.index(row.verdict), row.error, -row.row))
    return bad._replace(same=Counter(row.verdict for row in rows)[bad.verdict])


def _slopes(model: Model, columns: Mapping[str, Column], wrt: Sequence[str]) -> dict[str, int]:
    """The variables of derivatives, with their nodes: those asked for, or all numbers, and of a value that is a column
    also the columns on whose own row alone a row depends."""
    inputs, shapes = model.graph.inputs(), Shapes(model.graph, columns)
    rowwise = shapes.is_column(model.output)
    if wrt:
        for name in wrt:
            if name in columns and not rowwise:
                raise a_slope_each_row(name)
        return {name: inputs[name] for name in wrt}
    with_columns = rowwise and apart(model, shapes)
    return {name: node for name, node in inputs.items() if with_columns or name not in columns}


def a_slope_each_row(name: str) -> UsageError:
    """The error of a number's derivative with respect to a column."""
    what = f"{name} is a column, and the value is one number: it has a derivative for each row"
    return UsageError(what, hint="check the derivatives with respect to numbers")


def _computed(
    model: Model, inputs: Inputs, columns: Mapping[str, Column], slopes: Mapping[str, int], order: int, engine: Engine
) -> dict[str, float | Column]:
    """What is checked: the value under "", and the derivatives, as the engine computes them."""
    graph, source = with_room(model.graph), Columns(columns)
    if order == 1:
        nodes = column_derivatives(graph, model.output, list(slopes.values()), source.names)
    else:
        nodes = [repeated(graph, model.output, node, order, source.names)[-1] for node in slopes.values()]
    found = Prepared(graph, [model.output, *nodes], source, engine).run(source, inputs.numbers)
    return dict(zip(["", *slopes], found.values, strict=True))


def _number(value: float | Column, row: int | None) -> float:
    """The number at a row."""
    return value if isinstance(value, float) else float(value[row or 0])
