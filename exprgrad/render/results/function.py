"""The function table: a row for each function, or all about one."""

from __future__ import annotations

from exprgrad.functions.entry import Function
from exprgrad.functions.table import GROUPS, WRITTEN
from exprgrad.render.documents import Document, finite
from exprgrad.render.sheet import Sheet
from exprgrad.text.numbers import format_number


def sheets(result: Function | list[Function]) -> list[Sheet]:
    """What each computes that is no helper of derivatives; or all that the table says about one."""
    if isinstance(result, Function):
        return [_about(result)]
    return [_list("function", result)]


def tables(result: Function | list[Function]) -> list[Sheet]:
    """The same, with a table for each kind."""
    if isinstance(result, Function):
        return sheets(result)
    kinds: dict[str, list[Function]] = {}
    for function in result:
        kinds.setdefault(_kind(function), []).append(function)
    return [_list(kind, functions) for kind, functions in kinds.items()]


def _list(title: str, functions: list[Function]) -> Sheet:
    listed = [function for function in functions if not _helps(function)]
    return Sheet((title, "computes"), [(_typed(function), function.doc) for function in listed])


def _kind(function: Function) -> str:
    """Its kind, as the heading of a table; a row that was registered later has none."""
    found = (title for title, kinds in GROUPS.items() if any(row is function for kind in kinds for row in kind.ROWS))
    return next(found, "Other functions")


def _helps(function: Function) -> bool:
    """Whether it is a helper of derivatives: people are shown its formula instead."""
    return function.helper or bool(function.written)


def _typed(function: Function) -> str:
    """How people write a call of it: the largest row is `max(x)`."""
    name = WRITTEN.get(function.name)
    return f"{name}({', '.join(function.operands)})" if name else call(function)


def document(result: Function | list[Function]) -> Document | list[Document]:
    """The rows of the table."""
    return _row(result) if isinstance(result, Function) else lines(result)


def lines(result: Function | list[Function]) -> list[Document]:
    """A document for each function."""
    return [_row(function) for function in ([result] if isinstance(result, Function) else result)]


def _about(row: Function) -> Sheet:
    entries = [("computes", row.doc), ("formula", row.definition or row.formula)]
    entries += [(f"d/d{name}", partial) for name, partial in zip(row.operands, row.partials, strict=True)]
    entries += [(f"{name} matters where", gate) for name, gate in zip(row.operands, row.gates, strict=False)]
    entries += [("kink", row.kink), ("derivative there", row.convention)]
    if row.domain:
        bounds = [f"[{format_number(low)}, {format_number(high)}]" for low, high in row.domain]
        entries += [("domain", " x ".join(bounds))]
    entries += [("also called", ", ".join(row.aliases)), ("LaTeX", row.latex), ("source", row.source)]
    return Sheet((call(row), ""), [entry for entry in entries if entry[1]])


def call(function: Function) -> str:
    """How a function is written: `huber(x, delta=1)`, `x + y`."""
    if function.symbol and not function.called:
        return (
            f" {function.symbol} ".join(function.operands)
            if len(function.operands) > 1
            else (f"{function.symbol}{' ' if function.symbol.isalpha() else ''}{function.operands[0]}")
        )
    optional = len(function.operands) - len(function.defaults)
    operands = [
        name if k < optional else f"{name}={format_number(function.defaults[k - optional])}"
        for k, name in enumerate(function.operands)
    ]
    more = ["…"] if function.chained else []
    return f"{function.name}({', '.join([*operands, *more])})"


_SHOWN = (
    "name operands doc partials definition formula gates kink convention domain defaults aliases chained reduces fold"
    " folded symbol written latex source ulp"
).split()
"""What people ask of a function; the other fields are for the program and its tests."""


def _row(row: Function) -> Document:
    """The row of the function table, without the fields that are code."""
    said = {name: finite(value) for name in _SHOWN if (value := getattr(row, name))}
    return {"call": call(row), **said, "kind": _kind(row), "helper": _helps(row)}
