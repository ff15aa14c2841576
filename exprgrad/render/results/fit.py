"""A fit: its parameters, and how good it is; also as assignments for a shell."""

from __future__ import annotations

from math import floor, inf, log10

from exprgrad.jobs.fit.result import Fit
from exprgrad.render import shell
from exprgrad.render.documents import Document, finite
from exprgrad.render.sheet import Cell, Sheet
from exprgrad.text.numbers import format_number

Cells = list[tuple[Cell, ...]]


def caption(result: Fit) -> str:
    """What was fitted."""
    return f"fit of {result.expression}"


def sheets(result: Fit) -> list[Sheet]:
    """The parameters; below them, how good it is."""
    return [Sheet(*parameter_rows(result)), Sheet(("statistic", ""), statistic_rows(result))]


def tables(result: Fit) -> list[Sheet]:
    """The same; estimates have a few digits beyond their standard errors."""
    parameters, statistics = sheets(result)
    _, _, _, t, p, low, high, *_ = parameters.header
    spare = ((t,), (low, high), (p,))
    return [parameters._replace(extra=tuple(map(_extra, parameters.rows)), spare=spare), statistics]


def parameter_rows(result: Fit) -> tuple[tuple[str, ...], Cells]:
    """The header, and a row for each parameter, with those that were fixed last; and the correlations, if asked for."""
    confidence = f"{format_number(100 * result.confidence)}%"
    header: tuple[str, ...] = ("name", "value", "std error", "t", "p", f"{confidence} low", f"{confidence} high")
    rows: Cells = [(name, *estimate) for name, estimate in result.parameters.items()]
    if result.correlated:
        header += tuple(f"corr {name}" for name in result.parameters)
        rows = [(*row, *more) for row, more in zip(rows, result.correlation, strict=True)]
    blank = ("",) * (len(header) - 2)
    return header, rows + [(name, value, *blank) for name, value in result.fixed.items()]


def statistic_rows(result: Fit) -> Cells:
    """Name and number."""
    rows: Cells = [
        ("rss", result.rss),
        ("residual std error", result.residual_std_error),
        ("R2", result.r2),
        ("adjusted R2", result.adjusted_r2),
        ("AIC", result.aic),
        ("BIC", result.bic),
        ("dof", result.dof),
        ("n", result.n),
        ("standard errors", result.errors),
    ]
    if result.robust or result.sigma_x:
        undefined = {"R2", "adjusted R2", "AIC", "BIC"}
        rows = [row for row in rows if row[0] not in undefined]
    if result.robust:
        rows += [("robust", result.robust), ("scale", result.scale)]
    return [*rows, ("method", result.method), ("iterations", result.iterations), ("stopped", result.stopped)]


def _extra(row: tuple[Cell, ...]) -> int:
    """How many more digits than other numbers an estimate is worth."""
    value, error = row[1], row[2] if len(row) > 2 else 0.0
    if not (isinstance(value, float) and isinstance(error, float) and value and 0 < error < inf):
        return 0
    return max(floor(log10(abs(value))) - floor(log10(error)) - 2, 0)


def document(result: Fit) -> Document:
    """The whole result."""
    content = result._asdict()
    del content["correlated"]
    content["parameters"] = {name: estimate._asdict() for name, estimate in result.parameters.items()}
    names = list(result.parameters)
    for name in ("covariance", "correlation"):
        matrix = getattr(result, name)
        content[name] = {row: dict(zip(names, cells, strict=True)) for row, cells in zip(names, matrix, strict=True)}
    if not result.robust:
        del content["robust"], content["scale"]
    for name in ("sigma", "weights", "sigma_x", "sigma_xy"):
        if not content[name]:
            del content[name]
    first = ("expression", "parameters", "rss", "r2", "dof", "stopped")
    found: Document = finite({name: content[name] for name in first} | content)
    return found


def lines(result: Fit) -> list[Document]:
    """A document for each parameter."""
    return [{"name": name} | finite(estimate._asdict()) for name, estimate in result.parameters.items()]


def assignments(result: Fit, digits: int | None = None) -> str:
    """Lines such as `b1=238.9 b1_err=2.7`, which a shell evaluates; numbers have all digits, or so many. Raises
    UsageError as `shell.check` does."""
    shell.check(list(result.parameters), errors=True)
    pairs = ({name: one.value, f"{name}_err": one.std_error} for name, one in result.parameters.items())
    return shell.assignments(pairs, digits)
