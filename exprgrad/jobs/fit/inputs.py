"""What a fit starts from: its rows, its parameters, and what keeps its value."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import inf, isfinite

from exprgrad.arguments import Binding, as_number, separate
from exprgrad.binding import Lowered, bind
from exprgrad.columns.memory import Columns
from exprgrad.columns.rows import RowSource
from exprgrad.errors import UsageError
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit.constraints.ties import new_names
from exprgrad.jobs.fit.problem import Parameter
from exprgrad.jobs.fit.quantities.quantity import beside, check_clash
from exprgrad.jobs.fit.request import Request


def posed(
    lowered: Lowered, bindings: Mapping[str, Binding], request: Request, data: RowSource | None
) -> tuple[Model, dict[str, float], RowSource]:
    """The model, its numbers and its rows. Raises UsageError as `binding.bind` does, and for columns of sigmas or
    weights that are not there."""
    check_clash(request, lowered.variables, bindings)
    more = beside(request, data.names if data is not None else ())
    known = {*separate(bindings)[1], *(data.names if data is not None else ())}
    if missing := [name for name in more if name not in known]:
        raise UsageError(
            f"there is no column {missing[0]}",
            hint="sigmas and weights are numbers, columns, or expressions of columns",
        )
    own = [name for name in new_names(request.tie, lowered.bindable, bindings) if name in bindings]
    starts = {name: as_number(name, bindings[name]) for name in own}
    bindings = {name: value for name, value in bindings.items() if name not in starts}
    model, (numbers, rows) = bind(lowered, bindings, data, beside=[*more, *request.by])
    return model, numbers | starts, Columns({}) if rows is None else rows


def split(
    model: Model, values: Mapping[str, float], columns: Collection[str], request: Request
) -> tuple[list[Parameter], dict[str, float]]:
    """The parameters, and the values of the others: `input` lines, what is asked to be fixed, and what only the
    response uses. Raises UsageError for names, starts and bounds that do not fit together."""
    declared = {parameter.name: parameter for parameter in model.parameters}
    names = [name for name in model.graph.inputs() if name not in columns]
    _check_names(model, names, values, request)
    kept = {name for name in model.defaults if name not in declared} | set(request.fix)
    fitted = []
    for name in names:
        if name not in kept:
            low, high = declared[name][2:] if name in declared else (-inf, inf)
            low, high = request.bound.get(name, (low, high))
            fitted.append(_started(Parameter(name, values.get(name), low, high)))
    if not fitted:
        raise UsageError("there is nothing to fit: the model has no parameters", hint='for example "y ~ a*x + b"')
    return fitted, {name: values[name] for name in names if name in kept}


def _check_names(model: Model, names: list[str], values: Mapping[str, float], request: Request) -> None:
    for name in (*request.fix, *request.bound):
        if name not in names:
            hint = model.as_parameter(name) or f"its parameters: {', '.join(names) or 'none'}"
            raise UsageError(f"the model has no parameter {name}", hint=hint)
    for name in request.fix:
        if name not in values:
            raise UsageError(f"there is no value to fix {name} at", hint=f"give --{name} VALUE")


def _started(parameter: Parameter) -> Parameter:
    """The parameter, whose start has been looked at."""
    name, start, low, high = parameter.name, parameter.start, parameter.low, parameter.high
    if start is not None and not isfinite(start):
        raise UsageError(f"the start of {name} is {start}", hint="a start is a finite number")
    if start is not None and not low <= start <= high:
        raise UsageError(f"{name} starts at {start:g}, outside its bounds {low:g} to {high:g}")
    return parameter
