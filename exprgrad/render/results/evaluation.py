"""An evaluation: a row a name."""

from __future__ import annotations

from exprgrad.jobs.evaluate.result import Evaluation, Row
from exprgrad.render.documents import Document, number, numbers
from exprgrad.render.sheet import Cell, Sheet


def sheets(record: Evaluation) -> list[Sheet]:
    """The result's row last; further columns for what else was asked for, empty where a row has none."""
    rows = record.nodes or record.rows
    orders = len(next(iter(record.higher.values()), ()))
    header = ["name", "value", "gradient"]
    header += [f"order {k}" for k in range(2, orders + 2)]
    header += [f"gradient/d{name}" for name in record.hessian]
    moving = rows[-1].tangent is not None
    cells: list[tuple[Cell, ...]] = []
    for row in rows:
        higher = record.higher.get(row.name, ("",) * orders)
        second = record.hessian.get(row.name, {})
        tangent = ("" if row.tangent is None else row.tangent,) if moving else ()
        seconds = (second.get(name, "") for name in record.hessian)
        cells.append((row.name, row.value, row.gradient, *higher, *seconds, *tangent))
    return [Sheet((*header, *(["tangent"] if moving else [])), cells)]


def document(record: Evaluation) -> Document:
    """Value and gradient, and what else was asked for."""
    *rows, result = record.rows
    content: Document = {
        "expression": record.expression,
        "value": number(result.value),
        "gradient": numbers(record.gradient),
        "unbound": list(record.unbound),
        "intermediates": [_row(row) for row in rows if row.name not in record.gradient],
    }
    if record.higher:
        content["higher"] = {name: [number(value) for value in values] for name, values in record.higher.items()}
    if record.hessian:
        content["hessian"] = {name: numbers(values) for name, values in record.hessian.items()}
    if result.tangent is not None:
        content["tangent"] = number(result.tangent)
    if record.nodes:
        content["nodes"] = [_row(row) for row in record.nodes]
    return content


def lines(record: Evaluation) -> list[Document]:
    """A document a row."""
    return [_row(row) for row in record.nodes or record.rows]


def _row(record: Row) -> Document:
    content = {"name": record.name, "value": number(record.value), "gradient": number(record.gradient)}
    return content | ({} if record.tangent is None else {"tangent": number(record.tangent)})
