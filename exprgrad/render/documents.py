"""Records as JSON (RFC 8259): one document, or a line a row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import inf, isfinite
from typing import Any, NamedTuple

from exprgrad.functions.entry import Function
from exprgrad.render import fits
from exprgrad.render.sheet import Record, call
from exprgrad.results import Check, Derivatives, Epoch, Evaluation, Explanation, Fit, Row, Training, Value

Document = dict[str, Any]


def document(record: Record) -> str:
    """One indented document."""
    match record:
        case Evaluation():
            content: Any = _evaluation(record)
        case Training():
            content = _training(record)
        case Fit():
            content = finite(fits.document(record))
        case Derivatives():
            content = _derivatives(record)
        case Check():
            content = {"expression": record.expression, "passed": record.passed, "rows": _checked(record)}
        case Explanation():
            content = _explanation(record)
        case Function():
            content = _function(record)
        case _:
            content = [_function(row) for row in record]
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def lines(record: Record) -> str:
    """A document a line: for each row of an evaluation, epoch of a training, function of the table."""
    match record:
        case Evaluation():
            content = [_row(row) for row in record.nodes or record.rows]
        case Training():
            content = [_epoch(epoch) for epoch in (*record.history, record.final)]
        case Fit():
            content = [{"name": name} | finite(row) for name, row in fits.parameters(record).items()]
        case Derivatives():
            content = _derivatives(record)["derivatives"]
        case Check():
            content = _checked(record)
        case Explanation():
            content = [
                {"pass": name, **step} for name in ("forward", "backward") for step in _explanation(record)[name]
            ]
        case Function():
            content = [_function(record)]
        case _:
            content = [_function(row) for row in record]
    return "".join(json.dumps(item, ensure_ascii=False, allow_nan=False) + "\n" for item in content)


def _evaluation(record: Evaluation) -> Document:
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


def _row(record: Row) -> Document:
    content = {"name": record.name, "value": number(record.value), "gradient": number(record.gradient)}
    return content | ({} if record.tangent is None else {"tangent": number(record.tangent)})


def _derivatives(record: Derivatives) -> Document:
    derivatives = [{"by": list(names), **formula._asdict()} for names, formula in record.by.items()]
    return {"expression": record.expression, "derivatives": derivatives}


def _explanation(record: Explanation) -> Document:
    from exprgrad.evaluation.blackboard import backward_text, forward_text

    return {
        "expression": record.expression,
        "result": record.result,
        "value": number(record.value),
        "gradient": numbers(record.gradient),
        "forward": [{"text": forward_text(step), **_fields(step)} for step in record.forward],
        "backward": [{"text": backward_text(record, step), **_fields(step)} for step in record.backward],
    }


def _fields(record: NamedTuple) -> Document:
    return {name: finite(value) for name, value in record._asdict().items()}


def _checked(record: Check) -> list[Document]:
    return [_fields(row) for row in record.rows]


def _training(record: Training) -> Document:
    final = _epoch(record.final)
    return {
        "expression": record.expression,
        "loss": final["loss"],
        "parameters": final["parameters"],
        "gradient": final["gradient"],
        "epochs": record.epochs,
        "stopped": record.stopped,
        **({} if record.last_good is None else {"last_good": _epoch(record.last_good)}),
        "history": [_epoch(epoch) for epoch in record.history],
    }


def _epoch(record: Epoch) -> Document:
    return {
        "epoch": record.epoch,
        "loss": number(record.loss),
        "parameters": numbers(record.parameters),
        "gradient": numbers(record.gradient),
    }


_TESTS = frozenset(["value", "points", "terms"])
"""What a row has for machines and tests alone."""


def _function(row: Function) -> Document:
    """The row of the function table, less what runs."""
    said = {name: finite(value) for name, value in row._asdict().items() if value and name not in _TESTS}
    return {"call": call(row), **said}


def number(value: Value) -> Value:
    """A number as JSON has it: non-finite ones as the strings NaN, Infinity and -Infinity. A column as a list."""
    if not isinstance(value, float | str):
        return [number(float(item)) for item in value]  # type: ignore[misc]
    if isinstance(value, str) or isfinite(value):
        return value
    return "NaN" if value != value else "Infinity" if value == inf else "-Infinity"


def numbers(values: Mapping[str, Value]) -> dict[str, Value]:
    """A mapping with its values as JSON has them."""
    return {name: number(value) for name, value in values.items()}


def finite(value: Any) -> Any:
    """Nested tuples and mappings with their numbers as JSON has them."""
    if isinstance(value, dict):
        return {name: finite(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [finite(item) for item in value]
    return number(value) if isinstance(value, float) else value
