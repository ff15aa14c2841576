"""An evaluation: a row for each name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exprgrad.columns.values import Value
from exprgrad.jobs.evaluate.result import Digits, Evaluation, Row
from exprgrad.render.documents import Document, finite, number, numbers
from exprgrad.render.sheet import Cell, Computation, Sheet, derivative

if TYPE_CHECKING:
    from exprgrad.jobs.evaluate.certified.result import Certified


def sheets(result: Evaluation) -> list[Sheet]:
    """The row of the result comes last. What else was asked for has columns of its own, empty where a row has none."""
    if result.certified and (result.certifies or result.certified[-1].row):
        return [_proofs(result)]
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
        seconds = (second.get(name, "") for name in result.hessian)
        tangent = ("" if row.tangent is None else row.tangent,) if moving else ()
        slopes = map(derivative, (row.gradient, *higher, *seconds, *tangent))
        cells.append((row.name, *map(_computed, (row.value, *slopes))))
    return [Sheet((*header, *(["tangent"] if moving else [])), cells)]


def _proofs(result: Evaluation) -> Sheet:
    """A row for each number that was to be proved."""
    columns, precise = bool(result.certified[-1].row), any(row.decimal for row in result.certified)
    header = (*(["row"] if columns else []), "name", "value")
    header += ("enclosure", "digits proved", "error in ulp", "verdict") if result.certifies else ()
    cells: list[tuple[Cell, ...]] = []
    for row in result.certified:
        value = (row.decimal or "undecided") if precise else derivative(row.computed) if row.wrt else row.computed
        said = f"{row.verdict}: {row.reason}" if row.reason else row.verdict
        proof = (row.enclosure, row.digits, f"{row.error:.2g}", said) if result.certifies else ()
        cells.append((*([row.row] if columns else []), row.name, value, *proof))
    return Sheet(header, cells, labels=("name",), spare=(("enclosure",), ("error in ulp",), ("digits proved",)))


def _computed(value: Value) -> Value:
    """Formulas are results here, whose numbers are rounded as numbers are."""
    return Computation(value) if isinstance(value, str) and not isinstance(value, Digits) else value


def tables(result: Evaluation) -> list[Sheet]:
    """The same, with headings such as `dL/d`; the row of the result says what L is."""
    from exprgrad.render.naming import named

    (sheet,) = sheets(result)
    if "enclosure" in sheet.header or "row" in sheet.header:
        return [sheet]
    name, label = named(result.rows[-1].name, {row.name for row in result.rows}, result.expression)
    orders = range(2, len(next(iter(result.higher.values()), ())) + 2)
    slopes = [f"d{name}/d", *(f"d{k}{name}/d" for k in orders), *(f"d2{name}/d{x}d" for x in result.hessian)]
    header = ("name", "value", *slopes, *sheet.header[2 + len(slopes) :])
    *others, last = sheet.rows
    rows = [*others, (label, *last[1:])]
    if not result.unbound and not result.certified:
        return [Sheet(header, rows, labels=("name",))]
    endings = ("", *map(str, orders), *("" for _ in result.hessian))
    kinds = [f"{slope}{{}}{ending}" for slope, ending in zip(slopes, endings, strict=True)]
    narrow = _below(rows, [*kinds, "tangent of {}"], name)
    return [Sheet(header, rows, labels=("name",), narrow=narrow)]


def _below(rows: list[tuple[Cell, ...]], kinds: list[str], result: str) -> Sheet:
    """Values and derivatives of each `kind` below each other, where formulas have no room side by side."""
    cells: list[tuple[Cell, ...]] = []
    for k, (label, value, *more) in enumerate(rows, 1):
        name = result if k == len(rows) else str(label) if str(label).isidentifier() else f"({label})"
        cells.append((label, value))
        found = zip(kinds, more, strict=False)
        cells += [(kind.format(name), cell) for kind, cell in found if cell != "" and (name != result or cell != "1")]
    return Sheet(("name", "value"), cells, labels=("name",))


def assignments(result: Evaluation, digits: int | None = None) -> str:
    """Lines such as `a=3 d_a=2`, which a shell evaluates; the last one is that of the result, `value=11` where it has
    no name. Raises UsageError as `shell.check` does."""
    from exprgrad.render import shell

    (sheet,) = sheets(result)
    *rows, (label, value, *_) = sheet.rows
    lines = [{str(name): number, f"d_{name}": slope} for name, number, slope, *_ in rows if str(name).isidentifier()]
    lines.append({str(label) if str(label).isidentifier() else "value": value})
    shell.check([name for line in lines for name in line])
    return shell.assignments(lines, digits)


def document(result: Evaluation) -> Document:
    """Value and gradient, and what else was asked for."""
    *rows, last = result.rows
    content: Document = {
        "expression": result.expression,
        "value": number(last.value),
        "gradient": numbers(result.gradient),
        "variables": numbers(result.variables),
        "unbound": list(result.unbound),
        "intermediates": [_row(row) for row in rows if row.name not in result.gradient],
    }
    if result.higher:
        content["higher"] = {name: [number(value) for value in values] for name, values in result.higher.items()}
    if result.hessian:
        content["hessian"] = {name: numbers(values) for name, values in result.hessian.items()}
    if last.tangent is not None:
        content["tangent"] = number(last.tangent)
    if result.certified:
        content["certified"] = [_certified(row) for row in result.certified]
    if result.nodes:
        content["nodes"] = [_row(row) for row in result.nodes]
    return content


def lines(result: Evaluation) -> list[Document]:
    """A document for each row."""
    if result.certified:
        return [_certified(row) for row in result.certified]
    return [_row(row) for row in result.nodes or result.rows]


def _certified(row: Certified) -> Document:
    content: Document = finite({name: value for name, value in row._asdict().items() if name not in ("decimal", "row")})
    content |= {"decimal": row.decimal} if row.decimal else {}
    return content | ({"row": row.row} if row.row else {})


def _row(result: Row) -> Document:
    content = {"name": result.name, "value": number(result.value), "gradient": number(result.gradient)}
    return content | ({} if result.tangent is None else {"tangent": number(result.tangent)})
