"""A sensitivity: the measures of each input, those of pairs, and what is known of the result."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, isfinite, log10

from exprgrad.jobs.sensitivity.request import LOCAL
from exprgrad.jobs.sensitivity.result import Index, Indices, Sensitivity
from exprgrad.render.documents import Document, finite
from exprgrad.render.naming import short
from exprgrad.render.sheet import Cell, Sheet

_PAIRS = "second"
"""The measure that is of pairs."""
_ENDS = ("low", "high")
_BOUND, _NOTHING = "bound", "no information"
"""The measure that is a bound on a share, and what is said of it where it is above 1."""


def caption(result: Sensitivity) -> str:
    """What it is the sensitivity of."""
    return f"sensitivity of {short(result.expression)}, by {result.method}"


def sheets(result: Sensitivity) -> list[Sheet]:
    """The measures of the inputs, then those of pairs, with all digits."""
    single = {name: each for name, each in result.measures.items() if name != _PAIRS}
    found = [_sheet("input", single)]
    if _PAIRS in result.measures:
        found.append(_sheet("pair", {_PAIRS: result.measures[_PAIRS]}))
    return found


def _sheet(title: str, measures: Mapping[str, Indices]) -> Sheet:
    header = [title]
    rows: dict[str, list[Cell]] = {}
    for name, each in measures.items():
        bare = _bare(each)
        header += [name] if bare else [name, f"{name}_low", f"{name}_high"]
        for key, index in each.items():
            rows.setdefault(key, []).extend(_told(name, index) or ([index.value] if bare else [*index]))
    return Sheet(tuple(header), [(key, *cells) for key, cells in rows.items()])


def _told(name: str, index: Index) -> list[Cell] | None:
    """What is said in the place of a bound that says nothing: a share is never above 1."""
    return [_NOTHING, "", ""] if name == _BOUND and not index.value <= 1 else None


def _bare(each: Indices) -> bool:
    """Whether a measure has no intervals."""
    return all(index.low != index.low for index in each.values())


def tables(result: Sensitivity) -> list[Sheet]:
    """The same with as many decimals as the intervals are worth, and what is known of the result. Where there is no
    room for all measures in a line, each has a line."""
    found = []
    for sheet in sheets(result):
        names = [name for name in result.measures if name in sheet.header]
        bare = {name: _bare(result.measures[name]) for name in names}
        rows, lines = list[tuple[Cell, ...]](), list[tuple[Cell, ...]]()
        for key in [str(row[0]) for row in sheet.rows]:
            shown = {name: result.measures[name][key] for name in names}
            cells = [_told(name, index) or _rounded(index, 2, bare=bare[name]) for name, index in shown.items()]
            rows.append((key, *(cell for each in cells for cell in each)))
            for name in names:
                few = _told(name, shown[name]) or _rounded(shown[name], 1, bare=bare[name])
                lines.append((key if name == names[0] else "", name, *few, *[""] * (3 - len(few))))
        header = tuple(column.rpartition("_")[2] if column.endswith(_ENDS) else column for column in sheet.header)
        narrow = Sheet(("", sheet.header[0], "value", *_ENDS), lines) if len(names) > 1 else None
        found.append(Sheet(header, rows, whole=(sheet.header[0],), narrow=narrow))
    return [*found, _facts(result)]


def _rounded(index: Index, digits: int, *, bare: bool) -> list[Cell]:
    """An index with so many decimals as these digits of its interval have."""
    if bare:
        return [index.value]
    half = (index.high - index.low) / 2
    if not (isfinite(half) and half > 0):
        return [*index]
    decimals = digits - 1 - floor(log10(half))
    return [round(value, decimals) + 0.0 for value in index]


def _facts(result: Sensitivity) -> Sheet:
    if result.method == LOCAL:
        known: list[tuple[Cell, ...]] = [("value", result.mean), ("standard uncertainty", result.standard_deviation)]
        return Sheet(("result", ""), [("method", result.method), *known])
    rows: list[tuple[Cell, ...]] = [
        ("method", result.method),
        ("points", result.n),
        ("evaluations", result.evaluations),
        ("mean", result.mean),
        ("standard deviation", result.standard_deviation),
    ]
    return Sheet(("result", ""), rows, extra=(0, 11, 11, 0, 0))


def document(result: Sensitivity) -> Document:
    """The whole result; its measures stand beside one another."""
    measures = {
        name: {key: _index(index, bare=_bare(each)) for key, index in each.items()}
        for name, each in result.measures.items()
    }
    whole = result._asdict()
    about = {name: whole[name] for name in ("n", "seed", "coverage", "evaluations", "mean", "standard_deviation")}
    head: Document = {"expression": result.expression, "method": result.method}
    content: Document = head | measures | finite(about)
    return content | ({"notes": list(result.notes)} if result.notes else {})


def _index(index: Index, *, bare: bool) -> Document:
    content: Document = finite({"value": index.value} if bare else index._asdict())
    return content


def lines(result: Sensitivity) -> list[Document]:
    """A document for each input, and for each pair."""
    found: list[Document] = []
    for sheet in sheets(result):
        found += [finite(dict(zip(sheet.header, row, strict=True))) for row in sheet.rows]
    return found


def assignments(result: Sensitivity, digits: int | None = None) -> str:
    """A line for each input, such as `x_total=0.5 x_total_low=… x_total_high=…`, which a shell evaluates. Raises
    UsageError as `shell.check` does."""
    from exprgrad.render import shell

    found = [
        {
            f"{str(row[0]).replace(',', '_')}_{name}": value
            for name, value in zip(sheet.header[1:], row[1:], strict=True)
        }
        for sheet in sheets(result)
        for row in sheet.rows
    ]
    shell.check([name for each in found for name in each])
    return shell.assignments(found, digits)


def markdown(result: Sensitivity, digits: int | None = None) -> str:
    """All tables, for a page."""
    from exprgrad.render.markup import markdown as drawn

    return "\n".join(drawn(sheet, digits) for sheet in tables(result))


def latex(result: Sensitivity, digits: int | None = None) -> str:
    """All tables as tabulars."""
    from exprgrad.render.markup import latex as drawn

    return "\n".join(drawn(sheet, digits) for sheet in tables(result))
