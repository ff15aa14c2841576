"""The uncertainty of one or several results, and the budget behind it."""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from typing import NamedTuple

from exprgrad.jobs.uncertainty.montecarlo.found import MonteCarlo
from exprgrad.shown import shows_itself
from exprgrad.text.measured import concise, plus_minus


class Measured(NamedTuple):
    """A result: what a person quotes of it."""

    value: float
    standard_uncertainty: float
    dof: float
    """The effective degrees of freedom; nan where correlated inputs leave no formula for them."""
    coverage_factor: float
    expanded_uncertainty: float
    low: float
    """The coverage interval."""
    high: float

    @property
    def text(self) -> str:
        """As a person writes it: `9.811 ± 0.053`, the value and its standard uncertainty."""
        return plus_minus(self.value, self.standard_uncertainty)

    @property
    def concise(self) -> str:
        """The same with the uncertainty of the last digits in parentheses: `9.811(53)`."""
        return concise(self.value, self.standard_uncertainty)

    def __float__(self) -> float:
        """A result counts as its value wherever a number is wanted."""
        return self.value


class Line(NamedTuple):
    """A line of the budget: what one input adds to the uncertainty of one result."""

    result: str
    input: str
    value: float
    standard_uncertainty: float
    distribution: str
    dof: float
    sensitivity: float
    """The derivative of the result with respect to the input."""
    contribution: float
    """abs(sensitivity)*standard_uncertainty"""
    share: float
    """Of the variance of the result, with half of what correlations add; the shares of a result sum to 1."""


class Second(NamedTuple):
    """A result with terms of second order."""

    value: float
    """The expectation to second order: with what curvature adds to the value at the estimates."""
    bias: float
    """What it adds."""
    standard_uncertainty: float
    coverage_factor: float
    expanded_uncertainty: float
    low: float
    high: float

    @property
    def text(self) -> str:
        return plus_minus(self.value, self.standard_uncertainty)


class Goal(NamedTuple):
    """What an input would have to be like for the uncertainty that is wanted."""

    result: str
    input: str
    standard_uncertainty: float
    """What it is now."""
    alone: float
    """What it would have to be if the other inputs stayed as they are; nan where these alone are too uncertain."""
    equal: float
    """What it may be where all inputs contribute alike."""


class Conformity(NamedTuple):
    """A result and its limits (JCGM 106)."""

    result: str
    low: float
    high: float
    probability: float
    """That the quantity is within the limits."""
    risk: float
    """That it is not, where the item is accepted."""
    guard_band: float
    """The expanded uncertainty, by which the acceptance interval is narrower at each limit."""
    accept_low: float
    """The acceptance interval; nan where the guard bands leave none."""
    accept_high: float
    accepted: bool
    """Whether the value lies in the acceptance interval."""


class Clause(NamedTuple):
    """Where a number comes from."""

    number: str
    formula: str
    source: str


@shows_itself
class Uncertainty(NamedTuple):
    """The results, in the order of the expression, and their budgets, by the size of the shares."""

    expression: str
    coverage: float
    results: dict[str, Measured]
    budget: tuple[Line, ...]
    covariance: dict[str, dict[str, float]]
    """Of the results."""
    second_order: Mapping[str, Second] = {}
    goals: tuple[Goal, ...] = ()
    conformity: tuple[Conformity, ...] = ()
    clauses: tuple[Clause, ...] = ()
    notes: tuple[str, ...] = ()
    montecarlo: MonteCarlo | None = None

    @property
    def only(self) -> Measured:
        """The result of an expression that has one."""
        (found,) = self.results.values()
        return found

    def __float__(self) -> float:
        return float(self.only) if len(self.results) == 1 else nan

    @property
    def correlation(self) -> dict[str, dict[str, float]]:
        """Of the results; nan where one is exact."""
        sizes = {name: result.standard_uncertainty for name, result in self.results.items()}
        return {
            row: {
                column: 1.0
                if row == column
                else value / (sizes[row] * sizes[column])
                if sizes[row] and sizes[column]
                else nan
                for column, value in cells.items()
            }
            for row, cells in self.covariance.items()
        }
