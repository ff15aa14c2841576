"""An uncertainty: its budget, the results, and what else was asked for."""

from __future__ import annotations

from math import floor, inf, log10
from typing import Any

from exprgrad.jobs.uncertainty.montecarlo.found import MonteCarlo
from exprgrad.jobs.uncertainty.result import Uncertainty
from exprgrad.render.documents import Document, finite
from exprgrad.render.naming import short
from exprgrad.render.sheet import Cell, Sheet
from exprgrad.text.measured import plus_minus
from exprgrad.text.numbers import format_number, percent

Cells = list[tuple[Cell, ...]]


def caption(result: Uncertainty) -> str:
    """What it is the uncertainty of."""
    return f"uncertainty of {short(result.expression)}"


def sheets(result: Uncertainty) -> list[Sheet]:
    """The budget; below it the results, and what else was asked for."""
    header = ("result", "input", "value", "standard uncertainty", "distribution", "dof")
    budget = Sheet((*header, "sensitivity", "contribution", "share"), [tuple(line) for line in result.budget])
    return [*([budget] if result.budget else []), *_others(result)]


def tables(result: Uncertainty) -> list[Sheet]:
    """The same; the budget of a single result does not name it, and shares are percentages."""
    single = len(result.results) == 1
    known = any(line.dof < inf for line in result.budget)
    header = ("result", "input", "value", "u", "distribution", "dof")
    rows: Cells = []
    for line in result.budget:
        exact = line.standard_uncertainty == 0
        error: tuple[Cell, ...] = ("",) if exact else (line.standard_uncertainty,)
        dof: tuple[Cell, ...] = ("" if line.dof == inf else line.dof,)
        parts: tuple[Cell, ...] = ("", "") if exact else (line.contribution, percent(line.share))
        rows.append((line.result, line.input, line.value, *error, line.distribution, *dof, line.sensitivity, *parts))
    budget = Sheet((*header, "sensitivity", "contribution", "share"), rows)
    spare = [("dof",)] if known else []
    if not known:
        budget = _without(budget, "dof")
    if single:
        budget = _without(budget, "result")._replace(extra=tuple(_extra(line[2], line[3]) for line in result.budget))
    budget = budget._replace(whole=("input",), spare=(*spare, ("distribution",), ("contribution",)))
    return [*([budget] if result.budget else []), *_others(result)]


def _without(sheet: Sheet, column: str) -> Sheet:
    place = sheet.header.index(column)
    return Sheet(
        (*sheet.header[:place], *sheet.header[place + 1 :]),
        [(*row[:place], *row[place + 1 :]) for row in sheet.rows],
    )


def _extra(value: float, error: float) -> int:
    """How many digits beyond 6 a value is worth that has this uncertainty: up to two of the uncertainty."""
    if not (value and 0 < error < inf):
        return 0
    return max(floor(log10(abs(value))) - floor(log10(error)) + 2 - 6, 0)


def _others(result: Uncertainty) -> list[Sheet]:
    """The sheets below the budget."""
    found = [_facts(result)]
    if len(result.results) > 1:
        header = ("correlation", *result.results)
        found.append(Sheet(header, [(name, *cells.values()) for name, cells in result.correlation.items()]))
    if result.second_order:
        found.append(_second(result))
    if result.montecarlo:
        found.append(_trials(result.montecarlo, result.coverage))
    if result.goals:
        found.append(_goals(result))
    if result.conformity:
        found.append(_conformity(result))
    if result.clauses:
        found.append(Sheet(("number", "how", "source"), [tuple(clause) for clause in result.clauses]))
    return found


def _columns(title: str, names: list[str], rows: dict[str, list[Cell]], extra: dict[str, int]) -> Sheet:
    """A sheet with a column for each result; of a single one the column needs no name."""
    header = (title, *(names if len(names) > 1 else [""]))
    return Sheet(header, [(label, *cells) for label, cells in rows.items()], extra=tuple(extra.get(k, 0) for k in rows))


def _facts(result: Uncertainty) -> Sheet:
    """What is known of each result."""
    coverage_text = f"{format_number(100 * result.coverage)}%"
    found = list(result.results.values())
    rows: dict[str, list[Cell]] = {
        "value": [one.value for one in found],
        "standard uncertainty": [one.standard_uncertainty for one in found],
        "effective dof": [one.dof for one in found],
        "coverage factor": [one.coverage_factor for one in found],
        "expanded uncertainty": [one.expanded_uncertainty for one in found],
        f"{coverage_text} low": [one.low for one in found],
        f"{coverage_text} high": [one.high for one in found],
        "quoted": [one.text for one in found],
        "concise": [one.concise for one in found],
    }
    more = max(_extra(one.value, one.standard_uncertainty) for one in found)
    return _columns("result", list(result.results), rows, dict.fromkeys(("value", *list(rows)[5:7]), more))


def _second(result: Uncertainty) -> Sheet:
    found = list(result.second_order.values())
    rows: dict[str, list[Cell]] = {
        "value": [one.value for one in found],
        "added by curvature": [one.bias for one in found],
        "standard uncertainty": [one.standard_uncertainty for one in found],
        "expanded uncertainty": [one.expanded_uncertainty for one in found],
        "low": [one.low for one in found],
        "high": [one.high for one in found],
        "quoted": [one.text for one in found],
    }
    more = max(_extra(one.value, one.standard_uncertainty) for one in found)
    return _columns("second order", list(result.second_order), rows, dict.fromkeys(("value", "low", "high"), more))


def _trials(found: MonteCarlo, coverage: float) -> Sheet:
    """What the trials give, and the verdict."""
    coverage_text = f"{format_number(100 * coverage)}%"
    each = list(found.results.values())
    rows: dict[str, list[Cell]] = {
        "trials": [found.trials] * len(each),
        "mean": [one.mean for one in each],
        "standard uncertainty": [one.standard_uncertainty for one in each],
        f"{coverage_text} low": [one.low for one in each],
        f"{coverage_text} high": [one.high for one in each],
        "quoted": [plus_minus(one.mean, one.standard_uncertainty) for one in each],
        "tolerance": [one.tolerance for one in each],
        "linear law: low off by": [one.low_difference for one in each],
        "linear law: high off by": [one.high_difference for one in each],
        "linear law": ["may be used" if one.linear_valid else "may not be used" for one in each],
    }
    more = max(_extra(one.mean, one.standard_uncertainty) for one in each)
    extra = dict.fromkeys(("mean", *list(rows)[3:5]), more) | {"trials": 6}
    return _columns(f"monte carlo ({found.interval})", list(found.results), rows, extra)


def _montecarlo(found: MonteCarlo) -> Document:
    """The fields of the only result stand beside those of the trials; those of each by its name."""
    results = {name: finite(one._asdict()) for name, one in found.results.items()}
    whole = {
        name: value
        for name, value in found._asdict().items()
        if name not in ("results", "covariance", "conforming", "densities")
    }
    only = next(iter(results.values())) if len(results) == 1 else {}
    covariance = {name: finite(dict(cells)) for name, cells in found.covariance.items()}
    content: Document = finite(whole)
    return content | only | {"results": results, "covariance": covariance}


def _goals(result: Uncertainty) -> Sheet:
    """For each input what would have to become of it."""
    rows: Cells = []
    for goal in result.goals:
        alone: Cell = goal.alone if goal.alone == goal.alone else "not enough"
        rows.append((goal.result, goal.input, goal.standard_uncertainty, alone, goal.equal))
    sheet = Sheet(("result", "target: input", "u now", "if it alone", "if all alike"), rows)
    return _without(sheet, "result") if len(result.results) == 1 else sheet


def _conformity(result: Uncertainty) -> Sheet:
    found = result.conformity
    rows: dict[str, list[Cell]] = {
        "lower limit": [one.low for one in found],
        "upper limit": [one.high for one in found],
        "probability": [one.probability for one in found],
        "risk if accepted": [one.risk for one in found],
        "guard band": [one.guard_band for one in found],
        "accept from": [_end(one.accept_low) for one in found],
        "accept to": [_end(one.accept_high) for one in found],
        "verdict": ["accept" if one.accepted else "do not accept" for one in found],
    }
    return _columns("conformity", [one.result for one in found], rows, {})


def _end(value: float) -> Cell:
    """An end of what is accepted: there is none where the guard bands leave nothing of the interval."""
    return value if value == value else "nothing"


def document(result: Uncertainty) -> Document:
    """The whole result."""
    content: Document = {
        "expression": result.expression,
        "coverage": result.coverage,
        "results": {
            name: finite(one._asdict()) | {"text": one.text, "concise": one.concise}
            for name, one in result.results.items()
        },
        "budget": [finite(line._asdict()) for line in result.budget],
        "covariance": finite(dict(result.covariance)),
    }
    if result.second_order:
        second = result.second_order.items()
        content["second_order"] = {name: finite(one._asdict()) | {"text": one.text} for name, one in second}
    if result.montecarlo:
        content["montecarlo"] = _montecarlo(result.montecarlo)
    for name in ("goals", "conformity", "clauses"):
        if found := getattr(result, name):
            content[name] = [finite(one._asdict()) for one in found]
    return content | ({"notes": list(result.notes)} if result.notes else {})


def lines(result: Uncertainty) -> list[Document]:
    """A document for each line of the budget."""
    return [finite(line._asdict()) for line in result.budget]


def assignments(result: Uncertainty, digits: int | None = None) -> str:
    """A line for each result, such as `g=9.81 g_u=0.053 g_U=0.1 g_k=1.96 g_dof=inf g_low=… g_high=…`, which a shell
    evaluates; one without a name is called `value`. Raises UsageError as `shell.check` does."""
    from exprgrad.render import shell

    found: list[dict[str, Any]] = []
    for label, one in result.results.items():
        name = label if label.isidentifier() else "value"
        keys = (name, *(f"{name}_{key}" for key in ("u", "dof", "k", "U", "low", "high")))
        found.append(dict(zip(keys, one, strict=True)))
    shell.check([name for each in found for name in each])
    return shell.assignments(found, digits)


def markdown(result: Uncertainty, digits: int | None = None) -> str:
    """All tables, for a page."""
    from exprgrad.render.markup import markdown as drawn

    return "\n".join(drawn(sheet, digits) for sheet in tables(result))


def latex(result: Uncertainty, digits: int | None = None) -> str:
    """All tables as tabulars, and each result as an equation."""
    from exprgrad.render.markup import latex as drawn

    equations = []
    for label, one in result.results.items():
        name = f"{label} = " if label.isidentifier() and len(label) == 1 else ""
        number, power = _power(one.text)
        equations.append(f"\\[{name}{number}{power}\\]\n")
    return "\n".join([*(drawn(sheet, digits) for sheet in tables(result)), *equations])


def _power(text: str) -> tuple[str, str]:
    """A quoted result in math mode, with its power of ten."""
    plain = text.replace("±", r"\pm")
    if not plain.startswith("("):
        return plain, ""
    number, _, power = plain.partition(")e")
    return f"{number})", rf" \times 10^{{{power}}}"
