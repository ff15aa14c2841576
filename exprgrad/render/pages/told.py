"""What a page says of a result in words and tables: one function for each kind of result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from exprgrad.jobs.fit.result import Fit
from exprgrad.jobs.train.result import Training
from exprgrad.jobs.uncertainty.result import Uncertainty
from exprgrad.notation.result import free_name
from exprgrad.render.html import table
from exprgrad.render.results.fit import parameter_rows, statistic_rows
from exprgrad.render.results.uncertain.uncertainty import tables
from exprgrad.render.sheet import Cell, Sheet, derivative


class Told(NamedTuple):
    """A result as HTML."""

    kind: str
    """The heading of the page."""
    numbers: tuple[str, str]
    """The table above the plots, below its heading."""
    rest: tuple[str, str]
    """What stands below the plots, and its heading."""


def told(result: Training | Fit | Uncertainty) -> Told:
    """What the page of this result says."""
    if isinstance(result, Fit):
        return _fit(result)
    return _training(result) if isinstance(result, Training) else _uncertainty(result)


def wide(header: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> str:
    """A table that scrolls sideways where it is too wide."""
    return f'<div class="wide">{table(header, rows)}</div>'


def _fit(result: Fit) -> Told:
    numbers = wide(*parameter_rows(result))
    return Told("Least-squares fit", ("Parameters", numbers), ("Statistics", wide((), statistic_rows(result))))


def _training(result: Training) -> Told:
    """The parameters, with their starts and where they are at the end."""
    loss = free_name(result.parameters)
    start = result.history[0].parameters if len(result.history) and result.history[0].epoch == 0 else {}
    rows: list[tuple[Cell, ...]] = [
        (name, start.get(name, ""), value, derivative(result.final.gradient[name]))
        for name, value in result.parameters.items()
    ]
    course: list[tuple[Cell, ...]] = [
        (f"loss {loss}", result.loss),
        ("epochs", result.epochs),
        ("stopped", result.stopped),
    ]
    parameters = wide(("name", "start", "value", f"d{loss}/d"), rows)
    return Told("Training run", ("Parameters", parameters), ("Statistics", wide((), course)))


def _uncertainty(result: Uncertainty) -> Told:
    """The results above the pictures; below them the budget, and what else was asked for."""
    shown = tables(result)
    budget = shown[:1] if result.budget else []
    facts, *more = shown[len(budget) :]
    return Told("Uncertainty", ("Result", _sheet(facts)), ("Budget", "".join(map(_sheet, [*budget, *more]))))


def _sheet(sheet: Sheet) -> str:
    return wide(sheet.header, sheet.rows)
