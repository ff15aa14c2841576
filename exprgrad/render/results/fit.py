"""A fit: its parameters, and how good it is; also as assignments for a shell."""

from __future__ import annotations

from math import floor, inf, isfinite, isnan, log10, nan

from exprgrad.jobs.fit.intervals.result import Intervals
from exprgrad.jobs.fit.likelihood.result import Likelihood
from exprgrad.jobs.fit.result import Fit
from exprgrad.notation import latex as formulas
from exprgrad.render import shell
from exprgrad.render.documents import Document, finite
from exprgrad.render.sheet import Cell, Sheet
from exprgrad.text.measured import Measured, measured, short_p
from exprgrad.text.numbers import format_number

Cells = list[tuple[Cell, ...]]


def caption(result: Fit) -> str:
    """What was fitted."""
    return f"fit of {result.expression}"


def sheets(result: Fit) -> list[Sheet]:
    """The parameters; below them, how good it is."""
    return [Sheet(*parameter_rows(result)), Sheet(("statistic", ""), statistic_rows(result))]


def tables(result: Fit) -> list[Sheet]:
    """The same for people: estimates have a few digits beyond their standard errors, probabilities two, and words of
    the trade a few more."""
    parameters, statistics = sheets(result)
    _, _, _, t, p, low, high, *_ = parameters.header
    spare = ((t,), (low, high), (p,))
    rows: Cells = [tuple(_short(cell) if k == _P else cell for k, cell in enumerate(row)) for row in parameters.rows]
    said: Cells = [(name, _said(cell)) for name, cell in statistics.rows]
    extra = tuple(map(_extra, parameters.rows))
    return [parameters._replace(rows=rows, extra=extra, spare=spare), statistics._replace(rows=said)]


_P = 4
"""The column of probabilities."""
_SAID = {
    "relative": "{}: scaled to the scatter of the rows",
    "absolute": "{}: by the sigmas as they are",
    "robust": "{}: from the loss",
    "variable projection": "{}: linear parameters are solved for",
    "orthogonal distance regression": "{}: errors in x and in the response",
}
"""What words of the statistics mean."""


def _said(cell: Cell) -> Cell:
    return _SAID.get(cell.partition(" from ")[0], "{}").format(cell) if isinstance(cell, str) else cell


def _short(cell: Cell) -> Cell:
    return short_p(cell) if isinstance(cell, float) else cell


def lead(result: Fit) -> list[str]:
    """What a laboratory writes down: each parameter with its error, rounded as that allows."""
    found = []
    for name, estimate in result.parameters.items():
        written = measured(estimate.value, estimate.std_error)
        found.append(f"{name} = {written.plain if written else f'{estimate.value:.6g}, without an error'}")
    return [*found, *(f"{name} = {value:.6g}, fixed" for name, value in result.fixed.items())]


def latex(result: Fit, digits: int | None = None) -> str:
    """A table for a document: parameters with errors, intervals and tests, and below them how good the fit is. How many
    digits an estimate has is said by its error."""
    confidence = format_number(100 * result.confidence)
    lines = [r"\begin{tabular}{lrrrr}", r"\hline"]
    lines += [rf"parameter & estimate & \multicolumn{{2}}{{c}}{{{confidence}\,\% interval}} & $p$ \\", r"\hline"]
    for name, estimate in result.parameters.items():
        written = measured(estimate.value, estimate.std_error)
        cells = [formulas.name(name), written.latex if written else in_math(estimate.value)]
        if written is None:
            lines.append(" & ".join([*(f"${cell}$" for cell in cells), "", "", ""]) + r" \\")
            continue
        ends = [in_math(end, written) for end in (estimate.low, estimate.high)]
        p = short_p(estimate.p)
        cells += [*ends, "< 10^{-15}" if p.startswith("<") else in_math(float(p))]
        lines.append(" & ".join(f"${cell}$" for cell in cells) + r" \\")
    for name, value in result.fixed.items():
        lines.append(rf"${formulas.name(name)}$ & ${in_math(value)}$ & \multicolumn{{3}}{{c}}{{fixed}} \\")
    quality = [rf"$n = {result.n}$", rf"$\nu = {result.dof}$"]
    deviance = nan if result.likelihood is None else result.likelihood.deviance
    more = (("s", result.residual_std_error), ("D", deviance))
    quality += [rf"${name} = {in_math(value)}$" for name, value in more if not isnan(value)]
    quality += [rf"$R^2 = {result.r2:.6g}$"] if result.r2 == result.r2 else []
    quality += [rf"$\mathrm{{AIC}} = {result.aic:.6g}$"] if deviance == deviance else []
    lines += [r"\hline", rf"\multicolumn{{5}}{{l}}{{{', '.join(quality)}}} \\", r"\hline", r"\end{tabular}"]
    return "\n".join(lines) + "\n"


def in_math(value: float, like: Measured | None = None) -> str:
    """A number in math mode, with a digit more than an estimate has."""
    if like is not None and isfinite(value):
        decimals = len(like.error.partition(".")[2]) + 1
        text, power = f"{value / 10.0**like.power:.{decimals}f}", like.power
    else:
        text, _, exponent = f"{value:.4g}".partition("e")
        power = int(exponent or 0)
    return rf"{text} \times 10^{{{power}}}" if power else text


def parameter_rows(result: Fit) -> tuple[tuple[str, ...], Cells]:
    """The header, and a row for each parameter, with those that were fixed last; and the correlations, if asked for."""
    confidence = f"{format_number(100 * result.confidence)}%"
    ratio = "t" if result.likelihood is None else "z"
    header: tuple[str, ...] = ("name", "value", "std error", ratio, "p", f"{confidence} low", f"{confidence} high")
    rows: Cells = [(name, *estimate) for name, estimate in result.parameters.items()]
    if result.correlated:
        header += tuple(f"corr {name}" for name in result.parameters)
        rows = [(*row, *more) for row, more in zip(rows, result.correlation, strict=True)]
    blank = ("",) * (len(header) - 2)
    return header, rows + [(name, value, *blank) for name, value in result.fixed.items()]


def statistic_rows(result: Fit) -> Cells:
    """Name and number."""
    if result.likelihood is not None:
        return likelihood_rows(result, result.likelihood)
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
        *interval_rows(result.intervals),
    ]
    if result.robust or result.sigma_x:
        undefined = {"R2", "adjusted R2", "AIC", "BIC"}
        rows = [row for row in rows if row[0] not in undefined]
    if result.robust:
        rows += [("robust", result.robust), ("scale", result.scale)]
    if result.diagnosed and (found := result.diagnostics) is not None:
        rows += [
            ("runs", found.runs),
            ("runs test p", found.runs_p),
            ("Durbin-Watson", found.durbin_watson),
            (f"{found.normality} normality p", found.normality_p),
            ("condition number", found.condition),
        ]
        rows += [(f"correlation {a}, {b}", r) for a, b, r in found.correlated]
    return [*rows, ("method", result.method), ("iterations", result.iterations), ("stopped", result.stopped)]


def likelihood_rows(result: Fit, likelihood: Likelihood) -> Cells:
    """The same of a fit by maximum likelihood; what is not defined is left out."""
    rows: Cells = [
        ("likelihood", likelihood.name),
        ("degrees", likelihood.degrees),
        ("degrees std error", likelihood.degrees_error),
        ("scale", likelihood.scale),
        ("deviance", likelihood.deviance),
        ("null deviance", likelihood.null_deviance),
        ("Pearson chi2", likelihood.pearson),
        ("log-likelihood", likelihood.log_likelihood),
        ("AIC", result.aic),
        ("BIC", result.bic),
        ("dof", result.dof),
        ("n", result.n),
        ("standard errors", result.errors),
        *interval_rows(result.intervals),
        ("method", result.method),
        ("iterations", result.iterations),
        ("stopped", result.stopped),
    ]
    return [row for row in rows if row[1] == row[1]]


def interval_rows(intervals: Intervals | None) -> Cells:
    """How intervals were found that are not symmetric."""
    if intervals is None:
        return []
    rows: Cells = [("intervals", intervals.method)]
    if intervals.resamples:
        rows += [("resamples of rows", intervals.resamples - intervals.failed), ("seed", intervals.seed)]
    return rows


def interval_document(intervals: Intervals) -> Document:
    """The method, and what belongs to it."""
    if intervals.resamples:
        return {name: value for name, value in intervals._asdict().items() if name not in ("open", "contours")}
    found: Document = {"method": intervals.method, "open": list(intervals.open)}
    if intervals.contours:
        found["contours"] = [
            {"parameters": each.names, "boundary": list(map(list, zip(*each.boundary, strict=True))), "open": each.open}
            for each in intervals.contours
        ]
    return found


def _extra(row: tuple[Cell, ...]) -> int:
    """How many more digits than other numbers an estimate is worth."""
    value, error = row[1], row[2] if len(row) > 2 else 0.0
    if not (isinstance(value, float) and isinstance(error, float) and value and 0 < error < inf):
        return 0
    return max(floor(log10(abs(value))) - floor(log10(error)) - 2, 0)


def document(result: Fit) -> Document:
    """The whole result."""
    content = result._asdict()
    for name in ("correlated", "explains", "explanation", "diagnosed", "diagnostics", "likelihood", "intervals"):
        del content[name]
    if (seen := result.diagnostics) is not None:
        pairs = tuple({"parameters": (a, b), "correlation": r} for a, b, r in seen.correlated)
        content["diagnostics"] = seen._asdict() | {"correlated": pairs}
    if result.explains:
        content["explanation"] = result.explanation
    if result.intervals is not None:
        content["intervals"] = interval_document(result.intervals)
    content["parameters"] = {name: estimate._asdict() for name, estimate in result.parameters.items()}
    names = list(result.parameters)
    for name in ("covariance", "correlation"):
        matrix = getattr(result, name)
        content[name] = {row: dict(zip(names, cells, strict=True)) for row, cells in zip(names, matrix, strict=True)}
    if not result.robust:
        del content["robust"], content["scale"]
    given = (
        "sigma",
        "weights",
        "trials",
        "sigma_x",
        "sigma_xy",
        "correlated_errors",
        "constraints",
        "ended_at",
        "priors",
    )
    for name in given:
        if not content[name]:
            del content[name]
    first = ("expression", "parameters", "rss", "r2", "dof", "stopped")
    if result.likelihood is not None:
        for name in ("rss", "residual_std_error", "r2", "adjusted_r2"):
            del content[name]
        content |= {name: value for name, value in result.likelihood._asdict().items() if value == value != ""}
        content["likelihood"] = content.pop("name")
        first = ("expression", "parameters", "likelihood", "deviance", "dof", "stopped")
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
