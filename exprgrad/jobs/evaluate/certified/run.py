"""An evaluation whose numbers are proved: at a point, or row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from math import isfinite

from exprgrad.backends.balls.arithmetic import without_form
from exprgrad.binding import Inputs
from exprgrad.columns.rows import RowSource
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Value
from exprgrad.errors import LimitError, UsageError
from exprgrad.functions.table import REDUCTIONS, WRITTEN
from exprgrad.graph.lower import Model
from exprgrad.jobs.evaluate.build import label_of
from exprgrad.jobs.evaluate.certified.literals import declared
from exprgrad.jobs.evaluate.certified.numbers import as_float, certify
from exprgrad.jobs.evaluate.certified.result import Certified
from exprgrad.jobs.evaluate.point import at_point
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.result import Digits, Evaluation, Row

MAX_DIGITS = 100_000
"""Significant digits that may be asked for."""
MAX_ROWS = 10_000
"""Rows that are proved, one after the other."""


def certified(model: Model, inputs: Inputs, request: Request) -> Evaluation:
    """The evaluation, with what was proved of each number. Raises UsageError for functions that have no form in balls
    and for columns that are folded, LimitError for too many digits or rows."""
    if request.precision > MAX_DIGITS:
        raise LimitError(f"{request.precision:,} digits: the limit is {MAX_DIGITS:,}")
    missing = without_form(model.graph.operations)
    if missing:
        raise UsageError(f"{', '.join(missing)} cannot be proved", hint="there is no form in balls")
    if inputs.rows is not None:
        return _row_by_row(model, inputs.numbers, inputs.rows, request)
    exact = None if request.exact is None else {**declared(model.source), **request.exact}
    found = at_point(model, inputs.numbers, request)
    rows = certify(model, inputs.numbers, found, request, exact)
    return _with(found, rows, request, _rounded(model, inputs.numbers, request))


FLOAT_DIGITS = 17
"""Significant digits that tell a float from all others: what is shown to more is not what was typed."""


def _rounded(model: Model, numbers: Mapping[str, float], request: Request) -> list[str]:
    """A note where a decimal number was typed that is no float, and more digits are shown than a float has."""
    if request.precision <= FLOAT_DIGITS or request.exact is not None:
        return []
    constants = [model.graph.number(node) for node in model.graph.leaves]
    for value in [*numbers.values(), *constants]:
        if value is not None and isfinite(value) and Fraction(repr(value)) != Fraction(value):
            what = f"numbers mean their floats: {value!r} is {Decimal(value):.25g}…"
            return [f"{what}; --exact-decimals takes decimals as they are written"]
    return []


def _with(found: Evaluation, rows: tuple[Certified, ...], request: Request, more: list[str]) -> Evaluation:
    """The evaluation with what was proved, and with the digits that were asked for in place of its floats."""
    found = found._replace(certified=rows, certifies=request.certify, notes=(*found.notes, *more, *_notes(rows)))
    if not request.precision:
        return found
    *others, last = found.rows
    *numbers, value = rows
    tangent = None if last.tangent is None else _digits(numbers.pop())
    of_value = {row.name: row for row in numbers if not row.wrt}
    of_slope = {row.wrt: row for row in numbers if row.wrt}
    orders = range(2, request.order + 1)
    return found._replace(
        rows=(
            *(Row(row.name, _digits(of_value[row.name]), _digits(of_slope[row.name,])) for row in others),
            Row(last.name, _digits(value), Digits("1"), tangent),
        ),
        gradient={name: _digits(of_slope[name,]) for name in found.gradient},
        higher={x: tuple(_digits(of_slope[(x,) * k]) for k in orders) for x in found.higher},
        hessian={x: {y: _digits(of_slope[x, y]) for y in row} for x, row in found.hessian.items()},
    )


def _digits(row: Certified) -> Digits:
    return Digits(row.decimal or "undecided")


def _notes(rows: tuple[Certified, ...]) -> Iterator[str]:
    """What the user should know of numbers that are not proved, or have lost their digits."""
    for row in rows:
        where = f" in row {row.row}" if row.row else ""
        if row.verdict == "undecided":
            yield f"{row.name}{where} is undecided: {row.reason}"
        elif row.reason:
            yield f"{row.name}{where}: no digit is right, the exact number is {row.enclosure}"


def _row_by_row(model: Model, numbers: Mapping[str, float], source: RowSource, request: Request) -> Evaluation:
    """The evaluation at each row. Its values are columns."""
    if request.exact is not None:
        raise UsageError("columns hold floats", hint="--exact-decimals takes variables that are one number each")
    graph, columns = model.graph, source.names
    shapes = Shapes(graph, columns)
    for node, operation in enumerate(graph.operations):
        if operation in REDUCTIONS and any(map(shapes.is_column, graph.operands[node])):
            name = WRITTEN.get(operation, operation)
            what = f"{name} folds a column, and numbers are proved row by row"
            raise UsageError(what, hint=f"write it for single numbers, as {_unfolded(name)}")
    used = [name for name in graph.inputs() if name in columns]
    evaluations: list[Evaluation] = []
    rows: list[Certified] = []
    for batch in source.read(used):
        for values in zip(*(batch[name] for name in used), strict=True):
            at = {**numbers, **dict(zip(used, map(float, values), strict=True))}
            found = at_point(model, at, request)
            evaluations.append(found)
            count = len(evaluations)
            if count > MAX_ROWS:
                raise LimitError(f"more than {MAX_ROWS:,} rows cannot be proved", hint="prove some of them")
            rows += [row._replace(row=count) for row in certify(model, at, found, request)]
    first = evaluations[0]
    label = label_of(model, model.output)
    slopes: dict[str, Value] = {
        name: [as_float(found.gradient[name]) for found in evaluations] for name in first.gradient
    }
    result = Row(
        model.name or label, [as_float(found.rows[-1].value) for found in evaluations], [1.0] * len(evaluations)
    )
    return first._replace(
        gradient=slopes,
        rows=(result,),
        higher={},
        hessian={},
        certified=tuple(rows),
        certifies=request.certify,
        notes=tuple(_notes(tuple(rows))),
    )


def _unfolded(name: str) -> str:
    return "(x1 + x2 + x3)/3" if name == "mean" else "x1 + x2 + x3" if name == "sum" else "a formula of x1, x2 and x3"
