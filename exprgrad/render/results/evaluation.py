"""An evaluation: a row for each name."""

from __future__ import annotations

from exprgrad.columns.values import Value
from exprgrad.jobs.evaluate.result import Evaluation, Row
from exprgrad.render.documents import Document, number, numbers
from exprgrad.render.sheet import Cell, Computation, Sheet, derivative


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
        seconds = (second.get(name, "") for name in result.hessian)
        tangent = ("" if row.tangent is None else row.tangent,) if moving else ()
        slopes = map(derivative, (row.gradient, *higher, *seconds, *tangent))
        cells.append((row.name, *map(_computed, (row.value, *slopes))))
    return [Sheet((*header, *(["tangent"] if moving else [])), cells)]


def _computed(value: Value) -> Value:
    """Formulas are results here, whose numbers are rounded as numbers are."""
    return Computation(value) if isinstance(value, str) else value


def tables(result: Evaluation) -> list[Sheet]:
    """The same, with headings such as `dL/d`; the row of the result says what L is."""
    from exprgrad.render.naming import named

    (sheet,) = sheets(result)
    name, label = named(result.rows[-1].name, {row.name for row in result.rows}, result.expression)
    orders = range(2, len(next(iter(result.higher.values()), ())) + 2)
    slopes = [f"d{name}/d", *(f"d{k}{name}/d" for k in orders), *(f"d2{name}/d{x}d" for x in result.hessian)]
    header = ("name", "value", *slopes, *sheet.header[2 + len(slopes) :])
    *others, last = sheet.rows
    rows = [*others, (label, *last[1:])]
    if not result.unbound:
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
    if result.nodes:
        content["nodes"] = [_row(row) for row in result.nodes]
    return content


def lines(result: Evaluation) -> list[Document]:
    """A document for each row."""
    return [_row(row) for row in result.nodes or result.rows]


def _row(result: Row) -> Document:
    content = {"name": result.name, "value": number(result.value), "gradient": number(result.gradient)}
    return content | ({} if result.tangent is None else {"tangent": number(result.tangent)})
