"""Values and derivatives along one variable, or over two: what plots are drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan

from exprgrad.autodiff.derivative import derivatives, repeated, with_room
from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.memory import Columns
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Column
from exprgrad.errors import UsageError
from exprgrad.functions.table import MIXING
from exprgrad.graph.lower import Model
from exprgrad.jobs.plot.result import Curve, Curves, Field
from exprgrad.notation.infix import write_program
from exprgrad.notation.result import free_name

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def curves(
    model: Model,
    bindings: Mapping[str, float],
    variable: str,
    points: Sequence[float],
    order: int = 0,
    data: Mapping[str, Column] | None = None,
    engine: Engine = Engine(),  # noqa: B008 - it never changes
    wrt: Sequence[str] = (),
) -> Curves:
    """The value at each point of a variable, and the derivatives with respect to it, or to those in `wrt`, up to an
    order, nan where the value is. `data` are columns that reductions fold.

    Raises UsageError where the value is no number, LimitError for derivatives that explode.
    """
    sampling = _Sampling(model, bindings, {variable: points}, data or {}, engine)
    nodes = [model.output]
    names = list(wrt or [variable]) if order else []
    for name in names:
        nodes += repeated(sampling.graph, model.output, sampling.graph.input(name), order, sampling.columns)
    value, *slopes = sampling.run(nodes)
    columns = [value, *(_where_defined(value, slope) for slope in slopes)]
    result = model.name or free_name({*model.graph.inputs(), *model.intermediates})
    labels = [result, *(_slope(result, name, k) for name in names for k in range(1, order + 1))]
    drawn = tuple(Curve(label, column) for label, column in zip(labels, columns, strict=True))
    return Curves(_expression(model), variable, points, drawn, name=model.name)


def field(
    model: Model,
    bindings: Mapping[str, float],
    axes: Mapping[str, Sequence[float]],
    data: Mapping[str, Column] | None = None,
    engine: Engine = Engine(),  # noqa: B008
) -> Field:
    """The value and the gradient at each point of the grid that two variables span. Raises as `curves`."""
    (x, xs), (y, ys) = axes.items()
    grid = {x: [a for _ in ys for a in xs], y: [b for b in ys for _ in xs]}
    sampling = _Sampling(model, bindings, grid, data or {}, engine)
    inputs = [sampling.graph.input(name) for name in axes]
    slopes = derivatives(sampling.graph, model.output, inputs, sampling.columns)
    value, *gradient = sampling.run([model.output, *slopes])
    by_x, by_y = (_where_defined(value, slope) for slope in gradient)
    return Field(_expression(model), (x, y), (xs, ys), value, (by_x, by_y), model.name)


def _where_defined(value: Column, slope: Column) -> Column:
    """A derivative, with gaps where the value is nan: the rules go on there (1/x is finite where log(x) is not), but
    there is no curve whose slope that would be."""
    return [y if x == x else nan for x, y in zip(value, slope, strict=True)]


_FOLD = "fold it, as with mean(…), or give one number: curves for several values are drawn one at a time"


class _Sampling:
    """A graph, and the values of its nodes at points. The points are a column; but where reductions fold
    columns of data, the variable is a number that takes one value after the other."""

    def __init__(
        self,
        model: Model,
        bindings: Mapping[str, float],
        points: Mapping[str, Sequence[float]],
        data: Mapping[str, Column],
        engine: Engine,
    ) -> None:
        self.graph = with_room(model.graph)
        self.bindings, self.points, self.data, self.engine = bindings, points, data, engine
        self.folds = bool(data) or not MIXING.isdisjoint(self.graph.operations)
        self.columns = frozenset(data if self.folds else points)
        if self.folds and Shapes(self.graph, self.columns).is_column(model.output):
            raise UsageError("the value is a column: there is no one number to draw", hint=_FOLD)

    def run(self, nodes: Sequence[int]) -> list[Column]:
        """A column for each node."""
        if not self.folds:
            source = Columns(self.points)
            prepared = Prepared(self.graph, nodes, source, self.engine)
            found = prepared.run(source, self.bindings)
            rows = len(next(iter(self.points.values())))
            return [prepared.spread(value, rows) for value in found.values]
        source = Columns(self.data)
        prepared = Prepared(self.graph, nodes, source, self.engine)
        columns: list[list[float]] = [[] for _ in nodes]
        for at in zip(*self.points.values(), strict=True):
            found = prepared.run(source, {**self.bindings, **dict(zip(self.points, at, strict=True))})
            for column, value in zip(columns, found.values, strict=True):
                column.append(float(value))  # type: ignore[arg-type]
        return [*columns]


def _expression(model: Model) -> str:
    return write_program(model.graph, model.output, model.labels)


def _slope(name: str, variable: str, order: int) -> str:
    """`dL/dx`, `d²L/dx²`."""
    raised = "" if order == 1 else str(order).translate(_RAISED)
    return f"d{raised}{name}/d{variable}{raised}"
