"""A derivative of somebody's own against the derivative of an expression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from exprgrad.backends import interpreter
from exprgrad.backends.noise import runs
from exprgrad.binding import Inputs
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Column
from exprgrad.diagnosis import provenance
from exprgrad.errors import UsageError
from exprgrad.functions.floats import FLOATS
from exprgrad.graph.forward import forward
from exprgrad.graph.lower import Model
from exprgrad.jobs.check.check import PAIRS, compare, spread, with_kinks
from exprgrad.jobs.check.columns import a_slope_each_row, worst
from exprgrad.jobs.check.digits import mp
from exprgrad.jobs.check.points import Point, columns_of, points
from exprgrad.jobs.check.reference import Reference
from exprgrad.jobs.check.result import Check, Checked
from exprgrad.notation.infix import write_program
from exprgrad.notation.result import slope_name

DRAWN = 40
"""Points at which derivatives are compared where variables have no value."""
_FAR = 4.0


def check_own(model: Model, own: Model, inputs: Inputs, variable: str, order: int = 1) -> Check:
    """Compare a derivative, the value of `own`, with that of the same order of the expression with respect to a
    variable: at the point that the inputs are, in each row of their columns, or, where variables have no value, at
    points that are drawn.

    Raises UsageError where the two are not of one kind, LimitError for more rows than can be folded.
    """
    columns, unbound = columns_of(inputs), _unbound(model, own, inputs)
    if unbound and columns:
        raise UsageError(f"{unbound[0]} has no value, and there are columns", hint=f"give --{unbound[0]} VALUE")
    columns = columns or drawn(unbound)
    _check_kinds(model, own, columns, variable)
    rows = []
    for point, other in _pairs(model, own, inputs.numbers, columns):
        row = _compared(point, other, variable, order)
        if not unbound or row.verdict not in ("undefined", "undecided"):
            rows.append(row)
    if not rows:
        what = "the value is defined at none of the points that were tried"
        raise UsageError(what, hint=f"give the variables values: --{unbound[0]} VALUE")
    rowwise = rows[0].row > 0
    found = worst(rows, rowwise=rowwise)
    said = [_drawn(unbound, columns, len(rows), found)] if unbound else []
    return Check(
        expression=write_program(model.graph, model.output, model.labels),
        rows=(found,),
        notes=tuple(said),
        result=model.name,
        checked=len(rows) if rowwise else 0,
        own=write_program(own.graph, own.output, own.labels),
    )


def _drawn(names: Sequence[str], columns: Mapping[str, Column], count: int, row: Checked) -> str:
    """What is said of points that nobody gave."""
    said = f"{', '.join(names)} had no value: compared at {count} points"
    if row.verdict == "agrees":
        return said
    place = ", ".join(f"{name} = {columns[name][row.row - 1]}" for name in names)
    return f"{said}; the row shown is {place}"


def drawn(names: Sequence[str]) -> dict[str, Column]:
    """Values for variables that have none: the same each time, on both sides of 0, near it and further away."""
    random = Random(0)
    return {
        name: [random.uniform(-_FAR, _FAR) if k % 2 else random.gauss(1.0, 1.0) for k in range(DRAWN)] for name in names
    }


def _unbound(model: Model, own: Model, inputs: Inputs) -> list[str]:
    """The variables of both that have no value."""
    return list(dict.fromkeys([*inputs.unbound(model), *inputs.unbound(own)]))


def _check_kinds(model: Model, own: Model, columns: Mapping[str, Column], variable: str) -> None:
    """Raises UsageError where the derivative has one number a row, and the value has not."""
    inputs = model.graph.inputs()
    rowwise = Shapes(model.graph, columns).is_column(model.output)
    if variable in columns and variable in inputs and not rowwise:
        raise a_slope_each_row(variable)
    if not rowwise and Shapes(own.graph, columns).is_column(own.output):
        raise UsageError("the derivative is a column, one number a row, and the value is one number")


def _pairs(
    model: Model, own: Model, numbers: Mapping[str, float], columns: Mapping[str, Column]
) -> Iterator[tuple[Point, Point]]:
    """The points of the expression, each with that of the derivative: of one that is a number, always the same."""
    others = points(own, numbers, columns)
    single = not Shapes(own.graph, columns).is_column(own.output)
    other = next(others)
    for k, point in enumerate(points(model, numbers, columns)):
        if k and not single:
            other = next(others)
        yield point, other


def _compared(point: Point, other: Point, variable: str, order: int) -> Checked:
    """The derivative at a point, with how far rounding alone moves it."""
    graph, output = point.model.graph, point.model.output
    computed = _value(other, FLOATS)
    noise = spread([_value(other, arithmetic) for arithmetic in runs(PAIRS, bounds=True)])
    reference = Reference(point.model, point.bindings)
    value = reference.value()
    node = graph.inputs().get(variable)
    slope = reference.slope(variable, value, order) if node is not None else mp.mpf(0)
    row = compare(slope_name("", (variable,) * order), computed, slope, noise)
    if node is not None:
        kinks = provenance.kinks(graph, output, interpreter.evaluate(graph, point.bindings))
        row = with_kinks(row, graph, output, node, kinks)
    return row._replace(row=point.place)


def _value(point: Point, arithmetic: object) -> float:
    values: Sequence[float] = forward(point.model.graph, arithmetic, point.bindings)  # type: ignore[arg-type]
    return values[point.model.output]
