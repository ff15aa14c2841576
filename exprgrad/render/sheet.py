"""The rows and columns of a record, which all line-by-line formats share."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.functions.entry import Function
from exprgrad.graph.infix import format_number
from exprgrad.render import fits
from exprgrad.results import Check, Checked, Derivatives, Evaluation, Explanation, Fit, Training, Value

Cell = Value | int
Record = Evaluation | Training | Fit | Derivatives | Check | Explanation | Function | list[Function]


class Sheet(NamedTuple):
    """A heading for each column, and rows of as many cells."""

    header: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


def sheet(record: Record) -> Sheet:
    """The record as a sheet."""
    match record:
        case Evaluation():
            return _evaluation(record)
        case Training():
            return _training(record)
        case Fit():
            return Sheet(*fits.parameter_rows(record))
        case Derivatives():
            return _derivatives(record)
        case Check():
            return Sheet(
                ("name", "computed", "reference", "error in ulp", "verdict"), [_checked(r) for r in record.rows]
            )
        case Explanation():
            from exprgrad.render.explanation import steps

            return Sheet(("step", "pass", "of", "computation", "rule", "value", "note"), steps(record))
        case Function():
            return _function(record)
        case _:
            return Sheet(("function", "computes"), [(call(function), function.doc) for function in record])


def sheets(record: Record, *, people: bool = False) -> list[Sheet]:
    """The sheet and what stands below it, for people and in plain lines: of a fit, how good it is."""
    found = [sheet(record)]
    if isinstance(record, Fit):
        found.append(Sheet(("statistic", ""), fits.statistic_rows(record)))
        if people:
            found = [Sheet(header, fits.for_people(rows)) for header, rows in found]
    return found


def _evaluation(record: Evaluation) -> Sheet:
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
    return Sheet((*header, *(["tangent"] if moving else [])), cells)


def _derivatives(record: Derivatives) -> Sheet:
    """By which variables, and the derivative."""
    return Sheet(("by", "derivative"), [(" ".join(names), formula.text) for names, formula in record.by.items()])


def _checked(row: Checked) -> tuple[Cell, ...]:
    return (row.name, row.computed, row.reference, f"{row.error:.2g}", row.verdict)


def _training(record: Training) -> Sheet:
    """The state after the last update last."""
    names = list(record.parameters)
    header = ("epoch", "loss", *names, *(f"dL/d{name}" for name in names))
    epochs = [*record.history, record.final]
    return Sheet(
        header,
        [(e.epoch, e.loss, *(e.parameters[n] for n in names), *(e.gradient[n] for n in names)) for e in epochs],
    )


def _function(row: Function) -> Sheet:
    """All that the table says about one function."""
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
    if function.symbol and function.name not in ("pow", "mod", "where"):
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
    return f"{function.name}({', '.join(operands)})"


def cell_text(cell: Cell) -> str:
    """A number as the shortest text that reads back to it, a column as a list of such."""
    if isinstance(cell, str | int):
        return str(cell)
    return format_number(cell) if isinstance(cell, float) else ",".join(map(format_number, map(float, cell)))
