"""What a fit has to say in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.columns.shapes import Shapes
from exprgrad.diagnosis.lost import lost_notes
from exprgrad.errors import DataError, NumbersError, interrupts
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit.levenberg import Descent
from exprgrad.jobs.fit.orthogonal.reducer import Orthogonal
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.rank import singular
from exprgrad.jobs.fit.reduction import Flags, Floats, Reducer, lengths, norm
from exprgrad.jobs.fit.trust import solved
from exprgrad.notation.infix import write, write_program
from exprgrad.observer import Epoch, Observer
from exprgrad.text.numbers import format_number

_TINY = float(np.finfo(np.float64).tiny)
_EPS = float(np.finfo(np.float64).eps)
_HUGE = 1e100
_NOTHING = 1e-9
"""R2, up to which a model explains nothing."""
_LOOSE = 100.0
"""A standard error, in units of the value, from which the data say next to nothing of a parameter."""
_ILL = 1e6
"""The condition number of J, its columns of length 1, from which terms cancel."""


def formula(model: Model) -> str:
    """The formula as the language writes it."""
    assert model.response is not None
    sides = (model.response, model.output)
    return " ~ ".join(write_program(model.graph, side, model.labels) for side in sides)


def not_finite(problem: Problem, descent: Descent, source: RowSource, engine: Engine) -> NumbersError:
    """What was not finite at the start, and in which row."""
    bindings: Mapping[str, float] = {
        **problem.fixed,
        **dict(zip(problem.names, map(float, descent.values), strict=True)),
    }
    found = lost_notes(problem.model, bindings, source, engine)
    if found:
        return NumbersError(f"the model cannot be fitted from its start: {found[0]}")
    return NumbersError("the model cannot be fitted from its start: the sum of squares overflows", hint="try another")


def ending(
    problem: Problem,
    descent: Descent,
    open_ones: Flags,
    triangle: Floats,
    errors: Floats,
    far: Callable[[], Mapping[str, float]],
    blocked: Callable[[], bool],
) -> list[str]:
    """Why there is no result, or not a whole one: with the names of the parameters that are to blame. `errors` are the
    standard errors; `far` looks for columns far from 0, and gives a number in the middle of each; `blocked` sees
    whether the model is not finite a step further."""
    names = problem.names
    found = []
    idle = [name for name, column in zip(names, triangle.T, strict=True) if not column.any()]
    tied = [name for name, one in zip(names, open_ones, strict=True) if one and name not in idle]
    if any(name in idle for name, one in zip(names, open_ones, strict=True) if one):
        found.append(f"{_listed(idle)} not determined by the data: the model does not change with {_them(idle)} there")
    if tied:
        why = "only a combination of them is" if len(tied) > 1 else "rounding hides what changes with it"
        found.append(f"{_listed(tied)} not determined by the data: {why}")
    if descent.stopped == "iterations":
        steps = f"{descent.iterations} iteration{'s' * (descent.iterations != 1)}"
        found.append(f"not converged in {steps}: see --max-iterations, or try other starts")
    if descent.stopped == "stuck":
        slowest = names[_stuck(triangle, descent.reduced.rotated, descent.values)]
        advice = _advice(problem, descent, slowest, errors, far(), blocked=blocked())
        found.append(f"not converged: {slowest} is stuck where no step leads lower; {advice}")
    if descent.converged and not open_ones.any() and _cancelling(descent, triangle):
        what = "the residuals are mostly rounding, as terms of the model are much larger than they and cancel"
        found.append(what + (f": {_offset(columns)}" if (columns := far()) else ""))
    return found


def _advice(
    problem: Problem, descent: Descent, slowest: str, errors: Floats, far: Mapping[str, float], *, blocked: bool
) -> str:
    """What a descent that is stuck may need: numbers that are nearly infinite come from exp(b*x) with x far from 0, and
    where the data say next to nothing of a parameter, it has to be held."""
    k = int(np.argmax(np.abs(descent.values)))
    name = problem.names[k]
    if not abs(descent.values[k]) < _HUGE:
        held = f"hold it: --bound {name}=LOW:HIGH"
        return f"{name} grew beyond measure: {_offset(far) if far else held}"
    if blocked:
        at = f"{slowest} = {format_number(float(f'{descent.values[problem.names.index(slowest)]:.3g}'))}"
        return f"the model is not finite near {at}: write it so that nothing overflows, or --bound {slowest}=LOW:HIGH"
    loose = [
        name
        for name, value, error in zip(problem.names, descent.values, errors, strict=True)
        if not error <= _LOOSE * abs(value)
    ]
    if loose:
        one = slowest if slowest in loose else loose[0]
        what = f"the data hardly say what {' and '.join(loose) if len(loose) < 3 else ', '.join(loose)} could be"
        return f"{what}: hold {one} by --fix {one} --{one} VALUE, or by --bound {one}=LOW:HIGH"
    return f"try another start: --{slowest} VALUE"


def _offset(far: Mapping[str, float]) -> str:
    name, middle = next(iter(far.items()))
    return f"subtract an offset from {name}, which is far from 0: {name} - {format_number(middle)}".replace("- -", "+ ")


def _cancelling(descent: Descent, triangle: Floats) -> bool:
    """Whether the residuals say little but how terms of the model were rounded."""
    unit, sizes, _ = singular(triangle)
    terms = norm(unit * descent.values)
    return bool(sizes.max() > _ILL * sizes.min() and _EPS * terms > 0.5 * descent.reduced.cost**0.5)


def check_range(names: Sequence[str], covariance: Floats, triangle: Floats, determined: Flags) -> None:
    """Raises DataError where a variance, or a square that it is made from, is beyond what a number can be."""
    variances, sizes = np.diag(covariance), lengths(triangle)
    for name, variance, size, one in zip(names, variances, sizes, determined, strict=True):
        if one and not (_TINY <= variance < np.inf and _TINY <= size * size < np.inf):
            small = variance < _TINY or (size > 1 and variance < np.inf)
            what = f"the square of the standard error of {name} is too {'small' if small else 'large'} for a number"
            scale = format_number(float(f"{size:.0e}"))
            raise DataError(f"{what} in double precision", hint=f"divide what {name} is multiplied with by {scale}")


def too_few(parameters: int, rows: int) -> DataError:
    """That there are fewer rows than parameters."""
    what = f"{parameters} parameters cannot be fitted to {rows} row{'s' * (rows != 1)}"
    return DataError(what, hint="fix some with --fix NAME")


def at_bounds(problem: Problem, values: Floats) -> list[str]:
    """Parameters that ended at a bound."""
    found = []
    for parameter, value in zip(problem.parameters, map(float, values), strict=True):
        if parameter.low == parameter.high or not parameter.low < value < parameter.high:
            found.append(f"{parameter.name} is at its bound {format_number(value)}: it has no standard error")
    return found


def same_sigma(problem: Problem, *, absolute: bool) -> list[str]:
    """Where all rows have one sigma, which says nothing as long as it is relative."""
    if problem.sigma is None or absolute or Shapes(problem.graph, problem.columns).is_column(problem.weight):
        return []
    return [f"each row has the sigma {problem.sigma}, which changes nothing unless it is --absolute"]


def no_errors(count: int, rows: int, dof: int, variance: float, *, relative: bool, exact: bool) -> list[str]:
    """Why standard errors are nan, 0 or next to it: `count` parameters that have errors were fitted to as many rows as
    they are, or each row is met without any rounding or, where the fit is `exact`, up to it."""
    if dof <= 0 and relative and count:
        many = f"{count} parameter{'s' * (count != 1)} and {rows} row{'s' * (rows != 1)}"
        return [f"there are no degrees of freedom ({many}), so there are no standard errors: they need more rows"]
    if variance == 0 and count:
        return ["the standard errors are 0 as the model meets each row exactly, with no rounding at all"]
    if exact and relative and count:
        return ["the model meets each row up to rounding: standard errors and p say only how numbers were rounded"]
    return []


def constant(problem: Problem, names: Sequence[str], value: float) -> str:
    """That a response that is the same in each row leaves these parameters open."""
    response = write(problem.graph, problem.response, limit=40)
    what = f"{response} is {format_number(float(f'{value:.6g}'))} in each row"
    return f"{_listed(names)} not determined by the data: {what}, and a constant is all that says"


def zeros_and_ones(problem: Problem) -> str:
    """That there is a likelihood for a response of zeros and ones."""
    response = write(problem.graph, problem.response, limit=40)
    return (
        f"{response} is 0 or 1 in each row, which least squares weigh wrongly: --likelihood bernoulli takes the model "
        "for the probability of 1"
    )


def no_better(problem: Problem, r2: float, adjusted: float) -> list[str]:
    """Where the model says no more than the mean, or no more than any model with as many parameters that were searched
    for. (R2 is nan where it is not defined.)"""
    if not (r2 <= _NOTHING or (adjusted <= 0 and not all(problem.linear))):
        return []
    if not Shapes(problem.graph, problem.columns).is_column(problem.model.output):
        return ["R2 is 0 as the model is one number, the same in each row"]
    response = write(problem.graph, problem.response, limit=40)
    worse = r2 < -_NOTHING
    what = f"R2 is {r2:.3g}: the model is {'worse' if worse else 'no better'} than the mean of {response}"
    if not all(problem.linear):
        return [f"{what}; try other starts, or another model"]
    return [f"{what}; try another model{', such as one with a constant' if worse else ''}"]


def _stuck(triangle: Floats, rotated: Floats, values: Floats) -> int:
    """The parameter that a full step would move the most, for its size."""
    step = solved(triangle, rotated)
    return int(np.argmax(np.abs(step) / np.maximum(np.abs(values), 1e-300)))


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last} are" if first else f"{last} is"


def _them(names: Sequence[str]) -> str:
    return "them" if len(names) > 1 else "it"


@contextmanager
def telling(reducers: Sequence[Reducer | Orthogonal], observer: Observer) -> Iterator[None]:
    """Within it, a signal tells the best parameters of what was minimized last; there may come more reducers."""
    try:
        yield
    except BaseException as error:
        if interrupts(error):
            _leave(reducers, observer)
        raise


def _leave(reducers: Sequence[Reducer | Orthogonal], observer: Observer) -> None:
    for reducer in reversed(reducers):
        if reducer.best is not None:
            values = dict(zip(reducer.problem.names, map(float, reducer.best), strict=True))
            observer.left(Epoch(reducer.passes, reducer.least, values, {}))
            return
