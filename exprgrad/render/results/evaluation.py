"""An evaluation: a row for each name."""

from __future__ import annotations

from exprgrad.jobs.evaluate.result import Evaluation, Row
from exprgrad.render.documents import Document, number, numbers
from exprgrad.render.sheet import Cell, Sheet


def sheets(result: Evaluation) -> list[Sheet]:
    """The row of the result comes last. What else was asked for has columns of its own, empty where a row has none."""
    rows = result.nodes or result.rows
    orders = len(next(iter(result.higher.values()), ()))
    header = ["name", "value", "gradient"]
    header += [f"order {k}" for k in range(2, orders + 2)]
    header += [f"gradient/d{name}" for name in result.hessian]
    moving = rows[-1].tangent is not None
    cells: list[tuple[Cell, ...]] = []
    for row in rows:
        higher = result.higher.get(row.name, ("",) * orders)
        second = result.hessian.get(row.name, {})
        tangent = ("" if row.tangent is None else row.tangent,) if moving else ()
        seconds = (second.get(name, "") for name in result.hessian)
        cells.append((row.name, row.value, row.gradient, *higher, *seconds, *tangent))
    return [Sheet((*header, *(["tangent"] if moving else [])), cells)]


def document(result: Evaluation) -> Document:
    """Value and gradient, and what else was asked for."""
    *rows, last = result.rows
    content: Document = {
        "expression": result.expression,
        "value": number(last.value),
        "gradient": numbers(result.gradient),
        "variables": {row.name: number(row.value) for row in rows if _is_bound(row, result)},
        "unbound": list(result.unbound),
        "intermediates": [_row(row) for row in rows if row.name not in result.gradient],
    }
    if result.higher:
        content["higher"] = {name: [number(value) for value in values] for name, values in result.higher.items()}
    if result.hessian:
        content["hessian"] = {name: numbers(values) for name, values in result.hessian.items()}
    if last.tangent is not None:
        content["tangent"] = number(last.tangent)
    if result.nodes:
        content["nodes"] = [_row(row) for row in result.nodes]
    return content


def _is_bound(row: Row, result: Evaluation) -> bool:
    """Whether it is the row of a variable that has a value."""
    return row.name in result.gradient and row.name not in result.unbound


def lines(result: Evaluation) -> list[Document]:
    """A document for each row."""
    return [_row(row) for row in result.nodes or result.rows]


def _row(result: Row) -> Document:
    content = {"name": result.name, "value": number(result.value), "gradient": number(result.gradient)}
    return content | ({} if result.tangent is None else {"tangent": number(result.tangent)})
