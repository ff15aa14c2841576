"""What a run minimizes, with respect to which parameters, from which starts, within which bounds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from math import inf, isfinite
from typing import NamedTuple

from exprgrad.binding import no_variable
from exprgrad.columns.shapes import Shapes
from exprgrad.errors import UnboundError, UsageError
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model
from exprgrad.text.numbers import format_number

INITS = ("zeros", "normal", "uniform")
Bounds = tuple[tuple[float, float], ...]


class Wishes(NamedTuple):
    """What a user says about the parameters and the loss."""

    parameters: tuple[str, ...] = ()
    """The names to train; if none are given, see `trained`."""
    fixed: tuple[str, ...] = ()
    """The names of variables that keep their values."""
    bounds: Mapping[str, tuple[float, float]] = {}
    """Intervals; they replace those that the program declares."""
    init: str | None = None
    """Where parameters without a value start: "zeros", "normal" (mean 0, standard deviation 1), or "uniform" (within
    their bounds where both are finite, else within [-1, 1])."""
    seed: int = 0
    """Of the random numbers of `init`."""
    maximize: bool = False
    """Whether the largest value is looked for, not the smallest."""
    l2: float = 0.0
    """The loss is the value + l2/2 * the sum of the squared parameters."""


class Problem(NamedTuple):
    """A loss to be minimized."""

    model: Model
    """The program, as it was written."""
    graph: Graph
    output: int
    """The node of the loss, which is a number."""
    sign: float
    """-1.0 where the value is maximized: the loss is its negative."""
    names: tuple[str, ...]
    start: tuple[float, ...]
    bounds: Bounds
    bindings: dict[str, float]
    """The values of the variables that are neither parameters nor columns."""
    l2: float = 0.0
    """The weight of the penalty, which is a part of the loss."""


def problem(model: Model, values: Mapping[str, float], columns: Collection[str], wishes: Wishes) -> Problem:
    """The problem of a program, of the values of its variables, and of what the user wishes.

    Raises UsageError for names and starts that do not fit, UnboundError for variables without a value.
    """
    if not (isfinite(wishes.l2) and wishes.l2 >= 0):
        raise UsageError(f"the weight of l2 is a number from 0 on, not {wishes.l2:g}")
    names = trained(model, values, columns, wishes)
    bounds = _bounds(model, names, wishes)
    start = _starts(names, values, bounds, wishes)
    missing = [name for name in model.graph.inputs() if name not in {*values, *columns, *start}]
    if missing:
        raise UnboundError(missing)
    graph, output = _loss(model, columns, names, wishes)
    bindings = {name: value for name, value in values.items() if name not in names}
    sign = -1.0 if wishes.maximize else 1.0
    starts = tuple(start[name] for name in names)
    return Problem(model, graph, output, sign, names, starts, bounds, bindings, wishes.l2)


def trained(model: Model, values: Mapping[str, float], columns: Collection[str], wishes: Wishes) -> tuple[str, ...]:
    """The names to train.

    They are those that the user names. Where there are none of these, they are those that the program declares, and
    with `init` those without a value. Where the program declares none either but there are columns, they are all
    variables that are no column and no `input` of the program. Raises UsageError with the names to choose from.
    """
    variables = list(model.graph.inputs())
    numbers = [name for name in variables if name not in columns]
    declared = [parameter.name for parameter in model.parameters if parameter.name not in columns]
    unbound = [name for name in numbers if name not in values]
    for name in (*wishes.parameters, *wishes.fixed, *wishes.bounds):
        if name not in variables:
            raise _no_variable(name, variables, model.as_parameter(name))
        if name in columns:
            raise UsageError(f"{name} is a column of the data, not a parameter")
    if wishes.parameters:
        names = list(dict.fromkeys(wishes.parameters))
        for name in names:
            if name in wishes.fixed:
                raise UsageError(f"{name} is to be trained and to be fixed: give one of them")
    else:
        names = [*declared, *unbound] if declared or wishes.init else []
        if not declared and columns:
            names = [name for name in numbers if name not in model.defaults]
        for name in declared:
            if name not in variables:
                raise _no_variable(name, variables, model.as_parameter(name))
        names = [name for name in dict.fromkeys(names) if name not in wishes.fixed]
    if not names:
        raise _nothing(numbers, columns, wishes)
    return tuple(names)


def _no_variable(name: str, variables: Iterable[str], hint: str) -> UsageError:
    return no_variable(f"cannot train {name}: the expression has no such variable", name, variables, hint)


def _nothing(numbers: list[str], columns: Collection[str], wishes: Wishes) -> UsageError:
    """The error of a run without parameters."""
    free = [name for name in numbers if name not in wishes.fixed]
    if free:
        return UsageError("nothing says which variables to train", hint=f"choose from --params {','.join(free)}")
    if numbers or columns:
        return UsageError("there are no parameters to train", hint="all variables are columns or fixed")
    return UsageError("nothing says which variables to train", hint="the expression has no variables")


def _bounds(model: Model, names: Iterable[str], wishes: Wishes) -> Bounds:
    """The interval of each parameter. Raises UsageError for one that is empty, or of a variable that is not trained."""
    declared = {parameter.name: (parameter.low, parameter.high) for parameter in model.parameters}
    for name in wishes.bounds:
        if name not in names:
            hint = model.as_parameter(name) or f"the parameters are {', '.join(names)}"
            raise UsageError(f"{name} has a bound but is not trained", hint=hint)
        low, high = wishes.bounds[name]
        if not low <= high:
            raise UsageError(f"the bound of {name} is empty: [{format_number(low)}, {format_number(high)}]")
    return tuple({**declared, **wishes.bounds}.get(name, (-inf, inf)) for name in names)


def _starts(names: tuple[str, ...], values: Mapping[str, float], bounds: Bounds, wishes: Wishes) -> dict[str, float]:
    """Where each parameter starts: at its value, else where `init` says. Raises UsageError, UnboundError."""
    if wishes.init is not None and wishes.init not in INITS:
        raise UsageError(f"there is no init {wishes.init!r}", hint=f"choose {', '.join(INITS)}")
    intervals = dict(zip(names, bounds, strict=True))
    for name, interval in intervals.items():
        if name in values:
            _check_start(name, values[name], *interval)
    missing = [name for name in names if name not in values]
    if missing and wishes.init is None:
        raise UnboundError(missing, "no start", f"give --{missing[0]} VALUE, or --init zeros, normal or uniform")
    drawn = _drawn({name: intervals[name] for name in missing}, wishes) if missing else {}
    return {name: values[name] if name in values else drawn[name] for name in names}


def _check_start(name: str, start: float, low: float, high: float) -> None:
    """Raise UsageError for a start that is not finite, or not in the interval."""
    if not isfinite(start):
        raise UsageError(f"{name} starts at {format_number(start)}", hint="give it a finite start")
    if not low <= start <= high:
        interval = f"[{format_number(low)}, {format_number(high)}]"
        raise UsageError(f"{name} starts at {format_number(start)}, outside its interval {interval}")


def _drawn(intervals: Mapping[str, tuple[float, float]], wishes: Wishes) -> dict[str, float]:
    """Starts by `init`, one after the other from one random generator, and moved into their intervals."""
    from random import Random

    draw = Random(wishes.seed)
    starts: dict[str, float] = {}
    for name, (low, high) in intervals.items():
        start = 0.0
        if wishes.init == "normal":
            start = draw.gauss(0.0, 1.0)
        elif wishes.init == "uniform":
            start = draw.uniform(*((low, high) if isfinite(low) and isfinite(high) else (-1.0, 1.0)))
        starts[name] = min(max(start, low), high)
    return starts


def _loss(model: Model, columns: Collection[str], names: tuple[str, ...], wishes: Wishes) -> tuple[Graph, int]:
    """The loss as a node of a graph: the value or its mean over the rows, negative to maximize, plus the penalty."""
    graph, output = model.graph, model.output
    if not (wishes.maximize or wishes.l2 or columns):
        return graph, output
    graph = graph.copy()
    if Shapes(graph, columns).is_column(output):
        output = graph.apply("mean", output)
    if wishes.maximize:
        output = graph.apply("neg", output)
    if wishes.l2:
        inputs = graph.inputs()
        squares = [graph.apply("mul", inputs[name], inputs[name]) for name in names]
        total = squares[0]
        for square in squares[1:]:
            total = graph.apply("add", total, square)
        output = graph.apply("add", output, graph.apply("mul", graph.constant(wishes.l2 / 2), total))
    return graph, output
