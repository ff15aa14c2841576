"""Fits of groups: a row for each group; what they share, and how good it is, below."""

from __future__ import annotations

from math import nan

from exprgrad.errors import UsageError
from exprgrad.jobs.fit.groups.result import Group, Groups
from exprgrad.jobs.fit.result import Estimate
from exprgrad.notation import latex as formulas
from exprgrad.render import shell
from exprgrad.render.documents import Document, finite
from exprgrad.render.markup import escaped
from exprgrad.render.results.fit import in_math
from exprgrad.render.sheet import Cell, Sheet, cell_text
from exprgrad.text.measured import measured


def caption(result: Groups) -> str:
    """What was fitted."""
    return f"fits of {result.expression} by {', '.join(result.by)}"


def sheets(result: Groups) -> list[Sheet]:
    """The groups; then the shared parameters, and statistics of all groups together."""
    names = parameters(result)
    header = (*result.by, *(column for name in names for column in (name, f"{name}_err")), "rss", "n", "stopped")
    rows: list[tuple[Cell, ...]] = [
        (
            *(group.by[name] for name in result.by),
            *(number for name in names for number in _estimate(group, name)),
            group.rss,
            group.n,
            group.stopped,
        )
        for group in result.groups
    ]
    errors = tuple((f"{name}_err",) for name in names)
    found = [Sheet(header, rows, whole=result.by, spare=(("rss",), *errors))]
    if result.shared:
        shared: list[tuple[Cell, ...]] = [(name, *estimate) for name, estimate in result.shared.items()]
        found.append(Sheet(("shared", "value", "std error", "t", "p", "low", "high"), shared))
    return [*found, Sheet(("statistic", ""), _statistics(result))]


def latex(result: Groups, digits: int | None = None) -> str:
    """A table for a document: a row for each group, and what all share below. How many digits an estimate has is said
    by its error."""
    names = parameters(result)
    lines = [rf"\begin{{tabular}}{{{'l' * len(result.by)}{'r' * (len(names) + 2)}}}", r"\hline"]
    heads = [*map(formulas.name, [*result.by, *names]), r"s", "n"]
    lines += [" & ".join(f"${head}$" for head in heads) + r" \\", r"\hline"]
    for group in result.groups:
        labels = [escaped(cell_text(label)) for label in group.by.values()]
        numbers = [_written(group.parameters.get(name)) for name in names]
        lines.append(" & ".join([*labels, *numbers, f"${in_math(group.residual_std_error)}$", str(group.n)]) + r" \\")
    lines.append(r"\hline")
    for name, estimate in result.shared.items():
        lines.append(rf"\multicolumn{{{len(heads)}}}{{l}}{{${formulas.name(name)}$ = {_written(estimate)}}} \\")
    return "\n".join([*lines, r"\hline"] if result.shared else lines) + "\n\\end{tabular}\n"


def _written(estimate: Estimate | None) -> str:
    """An estimate in math mode, with its error; empty where a group has none."""
    if estimate is None:
        return ""
    written = measured(estimate.value, estimate.std_error)
    return f"${written.latex if written else in_math(estimate.value)}$"


def parameters(result: Groups) -> list[str]:
    """Those that each group has for itself."""
    return list(next((group.parameters for group in result.groups if group.parameters), {}))


def _estimate(group: Group, name: str) -> tuple[float, float]:
    estimate = group.parameters.get(name)
    return (nan, nan) if estimate is None else (estimate.value, estimate.std_error)


def _statistics(result: Groups) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = [("groups", len(result.groups)), ("rss", result.rss)]
    if result.shared:
        rows.append(("residual std error", result.residual_std_error))
    rows += [("dof", result.dof), ("n", result.n), ("standard errors", result.errors), ("method", result.method)]
    rows += list(result.fixed.items())
    return [*rows, ("iterations", result.iterations), ("stopped", result.stopped)]


def document(result: Groups) -> Document:
    """The whole result."""
    content = result._asdict()
    groups = tuple(_group(group) for group in result.groups)
    shared = {name: estimate._asdict() for name, estimate in result.shared.items()}
    content |= {"groups": groups, "shared": shared, "by": result.by}
    content["shared_covariance"] = _matrix(list(shared), result.shared_covariance)
    if not shared:
        del content["residual_std_error"], content["shared_covariance"]
    found: Document = finite({name: content[name] for name in ("expression", "groups", "shared")} | content)
    return found


def _group(group: Group) -> Document:
    content = group._asdict()
    del content["by"]
    content["parameters"] = {name: estimate._asdict() for name, estimate in group.parameters.items()}
    content["covariance"] = _matrix(list(group.parameters), group.covariance)
    if content.keys() & group.by.keys():  # a column is called as one of the statistics
        return {"group": dict(group.by), **content}
    return {**group.by, **content}


def _matrix(names: list[str], matrix: tuple[tuple[float, ...], ...]) -> dict[str, dict[str, float]]:
    return {row: dict(zip(names, cells, strict=True)) for row, cells in zip(names, matrix, strict=True)}


def lines(result: Groups) -> list[Document]:
    """A document for each group."""
    documents = [finite(_group(group)) for group in result.groups]
    return [{name: value for name, value in each.items() if name != "covariance"} for each in documents]


def assignments(result: Groups, digits: int | None = None) -> str:
    """The shared parameters as lines which a shell evaluates. Raises UsageError where there are none, and as
    `shell.check` does."""
    if not result.shared:
        raise UsageError("env is for one fit, and each group has its own", hint="choose json or csv")
    shell.check(list(result.shared), errors=True)
    pairs = ({name: one.value, f"{name}_err": one.std_error} for name, one in result.shared.items())
    return shell.assignments(pairs, digits)
