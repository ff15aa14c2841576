"""Numbers and their references: a row for each."""

from __future__ import annotations

from exprgrad.columns.values import Value
from exprgrad.jobs.check.result import Check, Checked
from exprgrad.render.documents import Document, finite
from exprgrad.render.naming import named, short
from exprgrad.render.sheet import Cell, Sheet, derivative


def caption(result: Check) -> str:
    """What was checked, and the verdict."""
    return f"check of {short(result.expression)}: {'passed' if result.passed else 'not passed'}"


def sheets(result: Check) -> list[Sheet]:
    """Both numbers, how far they are apart, and what that means; of rows the worst one, and how many are like it."""
    header = ("name", "computed", "reference", "error in ulp", "verdict")
    rows: list[tuple[Cell, ...]] = []
    for row in result.rows:
        numbers: tuple[Value, Value] = (row.computed, row.reference)
        if row.name != "value":
            numbers = (derivative(row.computed), derivative(row.reference))
        rows.append((row.name, *numbers, f"{row.error:.2g}", row.verdict))
    if not result.checked:
        return [Sheet(header, rows)]
    places = [(row.row, f"{row.same} of {result.checked}") for row in result.rows]
    return [Sheet((*header, "row", "rows"), [(*row, *place) for row, place in zip(rows, places, strict=True)])]


def tables(result: Check) -> list[Sheet]:
    """The same, with names such as `dL/dx`; the row of the value says what L is, and that of a derivative of
    somebody's own what it is."""
    (sheet,) = sheets(result)
    spare = tuple((name,) for name in ("reference", "error in ulp", "rows") if name in sheet.header)
    if result.own:
        labels = [f"{str(cell).replace('/', f'{result.result}/', 1)} = {result.own}" for cell, *_ in sheet.rows]
        rows = [(label, *more) for label, (_, *more) in zip(labels, sheet.rows, strict=True)]
        return [sheet._replace(rows=rows, labels=("name",), spare=spare)]
    name, label = named(result.result or result.expression, (), result.expression)
    *slopes, value = sheet.rows
    rows = [(str(cell).replace("/", f"{name}/", 1), *more) for cell, *more in slopes]
    return [sheet._replace(rows=[*rows, (label, *value[1:])], labels=("name",), spare=spare)]


def document(result: Check) -> Document:
    """The rows, and whether all is well."""
    content: Document = {"expression": result.expression, "passed": result.passed, "rows": lines(result)}
    if result.own:
        content["own"] = result.own
    if result.checked:
        content["checked"] = result.checked
    return content


def lines(result: Check) -> list[Document]:
    """A document for each number."""
    return [_number(row) for row in result.rows]


def _number(row: Checked) -> Document:
    """A number; of a value that is no column without what is said of rows."""
    said = finite(row._asdict())
    return said if row.row else {name: value for name, value in said.items() if name not in ("row", "same")}
