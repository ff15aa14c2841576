"""Proofs over columns: row by row; where columns are folded, of the expression with all rows written out."""

from __future__ import annotations

from collections.abc import Mapping

from exprgrad.backends.engine import Engine
from exprgrad.columns.memory import Columns
from exprgrad.columns.rows import RowSource
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.unroll import row_name, unrolled
from exprgrad.columns.values import Column, Value
from exprgrad.errors import LimitError
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import cone
from exprgrad.jobs.evaluate.build import label_of
from exprgrad.jobs.evaluate.certified.numbers import as_float, certify
from exprgrad.jobs.evaluate.certified.proofs import notes_of, with_proofs
from exprgrad.jobs.evaluate.certified.result import Certified
from exprgrad.jobs.evaluate.columns import over_columns
from exprgrad.jobs.evaluate.point import at_point
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.result import Evaluation, Row

MAX_ROWS = 10_000
"""Rows that are proved, one after the other."""
MAX_FOLDED = 2_000_000
"""The same where each folds all rows: rows times operations."""


def over_rows(
    model: Model, numbers: Mapping[str, float], source: RowSource, request: Request, engine: Engine
) -> Evaluation:
    """The evaluation over columns, with what was proved of each number. Raises LimitError for too many rows."""
    graph, shapes = model.graph, Shapes(model.graph, source.names)
    if any(map(shapes.mixes, cone(graph, [model.output]))):
        return _folded(model, numbers, source, request, engine, rowwise=shapes.is_column(model.output))
    used = [name for name in graph.inputs() if name in source.names]
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
    slopes: dict[str, Value] = {
        name: [as_float(found.gradient[name]) for found in evaluations] for name in first.gradient
    }
    values_of_rows = [as_float(found.rows[-1].value) for found in evaluations]
    result = Row(model.name or label_of(model, model.output), values_of_rows, [1.0] * len(evaluations))
    return _with_rows(first._replace(gradient=slopes, rows=(result,)), rows, request)


def _with_rows(found: Evaluation, rows: list[Certified], request: Request) -> Evaluation:
    """An evaluation whose value is a column, with what was proved of each row."""
    certified = tuple(rows)
    return found._replace(
        higher={}, hessian={}, certified=certified, certifies=request.certify, notes=tuple(notes_of(certified))
    )


def _folded(
    model: Model,
    numbers: Mapping[str, float],
    source: RowSource,
    request: Request,
    engine: Engine,
    *,
    rowwise: bool,
) -> Evaluation:
    """What the engine computes, with the proofs of the textbook's formulas of the folds, all rows written out."""
    columns = _columns(model, source)
    found = over_columns(model, numbers, Columns(columns), request, engine)
    moving = [name for name in request.wrt if name in columns]
    graph, outputs = unrolled(model.graph, model.output, columns, moving)
    if len(outputs) * len(graph.operations) > MAX_FOLDED:
        what = f"{len(outputs):,} rows that fold all rows take more than {MAX_FOLDED:,} operations"
        raise LimitError(what, hint="take fewer of them")
    at = {name: value for name, value in numbers.items() if graph.has_input(name)}
    at |= {row_name(name, k): float(x) for name in moving for k, x in enumerate(columns[name])}
    label = model.name or label_of(model, model.output)
    written = model._replace(graph=graph, intermediates={}, labels={}, name=label)
    if not rowwise:
        here = _here(found, at, moving, None)
        kept = here._replace(rows=(*(row for row in here.rows[:-1] if row.name in at), here.rows[-1]))
        proved = certify(written._replace(output=outputs[0]), at, kept, request._replace(wrt=()))
        return with_proofs(kept, proved, request)
    rows: list[Certified] = []
    for k, output in enumerate(outputs):
        proved = certify(written._replace(output=output), at, _here(found, at, moving, k), request._replace(wrt=()))
        rows += [row._replace(row=k + 1) for row in proved]
    return _with_rows(found, rows, request)


def _columns(model: Model, source: RowSource) -> dict[str, Column]:
    """All rows of the columns that the model has."""
    used = [name for name in model.graph.inputs() if name in source.names]
    found: dict[str, list[float]] = {name: [] for name in used}
    for batch in source.read(used):
        for name in used:
            found[name] += map(float, batch[name])
            if len(found[name]) > MAX_FOLDED:
                raise LimitError(f"more than {MAX_FOLDED:,} rows cannot be proved", hint="prove some of them")
    return dict(found)


def _here(found: Evaluation, at: Mapping[str, float], moving: list[str], row: int | None) -> Evaluation:
    """The numbers of an evaluation for one row, or those of a number: of the variables that it depends on, the rows of
    columns each under its name."""

    def number(value: Value) -> float:
        return float(value) if isinstance(value, float) else float(value[row or 0])

    def numbers(values: Mapping[str, Value]) -> dict[str, Value]:
        return {name: number(value) for name, value in values.items() if name in at}

    slopes = numbers(found.gradient)
    for name in moving:
        column = found.gradient[name]
        assert not isinstance(column, float | str)
        slopes |= {row_name(name, k): slope for k, slope in enumerate(map(float, column))}
    last = found.rows[-1]
    rows = [Row(name, at[name], slope) for name, slope in slopes.items()]
    tangent = None if last.tangent is None else number(last.tangent)
    return found._replace(
        gradient=slopes,
        rows=(*rows, Row(last.name, number(last.value), 1.0, tangent)),
        higher={name: tuple(map(number, found.higher[name])) for name in found.higher if name in at},
        hessian={name: numbers(row) for name, row in found.hessian.items() if name in at},
    )
