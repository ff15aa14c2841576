"""A least-squares fit, and what is drawn of it."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan, nan
from types import MappingProxyType
from typing import NamedTuple

from exprgrad.columns.values import Column
from exprgrad.jobs.fit.intervals.result import Intervals
from exprgrad.jobs.fit.likelihood.result import Likelihood
from exprgrad.shown import shows_itself

AT_BOUND = "at a bound"
SOUND = ("converged", AT_BOUND)
"""The ends of fits that are ends."""


class Estimate(NamedTuple):
    """A fitted parameter."""

    value: float
    std_error: float
    t: float
    """value/std_error"""
    p: float
    """How likely an estimate this far from 0 is where the parameter is 0."""
    low: float
    """The interval at the confidence of the fit: symmetric, unless others were asked for."""
    high: float

    def __float__(self) -> float:
        """An estimate counts as its value wherever a number is wanted."""
        return self.value


class Diagnostics(NamedTuple):
    """Whether the residuals look like noise, and the parameters can be told apart: see `after/diagnostics.py`."""

    runs: int
    """Of residuals with one sign, in the order of the rows."""
    runs_p: float
    """How likely chance makes a number of runs as far from its mean."""
    durbin_watson: float
    normality: str
    """The test of it."""
    normality_p: float
    """How likely normal residuals are as far from being so; nan for fewer than 20 rows."""
    condition: float
    """The condition number of the Jacobian, its columns scaled to length 1."""
    correlated: tuple[tuple[str, str, float], ...]
    """Pairs of parameters with a correlation beyond 0.95."""


@shows_itself
class Fit(NamedTuple):
    """A least-squares fit. `jobs/fit/statistics.py` has the formulas. What is not defined is nan."""

    expression: str
    parameters: dict[str, Estimate]
    fixed: dict[str, float]
    rss: float
    """The sum of squares of the residuals, weighed where there are sigmas or weights."""
    residual_std_error: float
    r2: float
    adjusted_r2: float
    aic: float
    bic: float
    dof: int
    """Rows less parameters."""
    n: int
    """Rows."""
    iterations: int
    stopped: str
    """"converged", "at a bound" where it has and bounds hold parameters, "iterations" when as many as allowed were
    made, "stuck" where no step got any lower, "singular" where the data leave parameters undetermined, "separated"
    where the likelihood grows for ever."""
    method: str
    errors: str
    """"relative": standard errors are scaled by how well the model fits; "absolute": the sigmas are taken at their
    word; "robust": from the loss; "observed information" or "expected information": of a likelihood, from its exact
    second derivatives, or from what these are expected to be."""
    confidence: float
    covariance: tuple[tuple[float, ...], ...]
    """Of the parameters, in their order; nan for those that are undetermined or at a bound."""
    robust: str = ""
    """The loss, where it is not the square."""
    scale: float = nan
    """The residuals' standard deviation that a robust loss goes by."""
    correlated: bool = False
    """Whether the correlations are to be shown."""
    notes: tuple[str, ...] = ()
    sigma: str = ""
    """The standard deviations of the response, where there are any; a new row is predicted with its own."""
    weights: str = ""
    """The weights likewise."""
    trials: str = ""
    """Of how many trials each binomial response counts the successes."""
    sigma_x: Mapping[str, str | float] = MappingProxyType({})
    """The standard deviations of columns of the model: with errors in x R2, AIC and BIC are not defined."""
    sigma_xy: Mapping[str, str | float] = MappingProxyType({})
    """The correlations of these errors with those of the response."""
    correlated_errors: str = ""
    """The covariance matrix of the response's errors, where there is one, by the name of its file."""
    constraints: tuple[str, ...] = ()
    """The equations that the parameters were held to, and the ties, as they were written."""
    ended_at: tuple[str, ...] = ()
    """The other constraints that hold as equations at the end, as equations."""
    priors: tuple[str, ...] = ()
    """What was known of parameters before, as it was written."""
    diagnostics: Diagnostics | None = None
    """None where they were not asked for, and would have taken a pass over very many rows."""
    diagnosed: bool = False
    """Whether tables are to show them."""
    explains: bool = False
    """Whether the explanation is to be shown."""
    explanation: tuple[str, ...] = ()
    """How it was found, in sentences."""
    likelihood: Likelihood | None = None
    """Of a fit by maximum likelihood; then what is of least squares alone is nan: rss, the residuals' standard error
    and R^2."""

    intervals: Intervals | None = None
    """How intervals were found that do not follow from the standard errors; None where they do."""

    @property
    def converged(self) -> bool:
        """Whether it ended at a minimum, be it at a bound."""
        return self.stopped in SOUND

    @property
    def bounds(self) -> tuple[str, ...]:
        """The parameters that have no error as a bound holds them."""
        if not self.converged or (self.dof <= 0 and self.errors == "relative"):
            return ()
        return tuple(name for k, name in enumerate(self.parameters) if isnan(self.covariance[k][k]))

    @property
    def ended(self) -> Fit:
        """The same, which says where it ended at a bound."""
        return self._replace(stopped=AT_BOUND) if self.bounds else self

    @property
    def cost(self) -> float:
        """What was made as small as it gets: the sum of squares, or the deviance."""
        return self.rss if self.likelihood is None else self.likelihood.deviance

    @property
    def correlation(self) -> tuple[tuple[float, ...], ...]:
        """Of the parameters' estimates."""
        sizes = [self.covariance[k][k] ** 0.5 for k in range(len(self.covariance))]
        return tuple(
            tuple(
                1.0 if i == j and a == a else value / (a * b) if a * b else nan
                for j, (b, value) in enumerate(zip(sizes, row, strict=True))
            )
            for i, (a, row) in enumerate(zip(sizes, self.covariance, strict=True))
        )


class Band(NamedTuple):
    """A fitted curve with its confidence band, along one variable."""

    points: Column
    values: Column
    low: Column
    """nan, as `high`, where the parameters have no errors."""
    high: Column


class Fitted(NamedTuple):
    """A fit beside the data: what is drawn of it."""

    formula: str
    response: str
    variable: str
    """What the model is drawn along: its column, or "row" where it has none; empty where it has several."""
    points: Column
    """Of the variable, in the rows that are shown; empty where it has several."""
    observed: Column
    predicted: Column
    rows: int
    """Of all the data, of which those shown may be every n-th."""
    confidence: float
    curve: Band | None
    """Where there is one variable to draw it along."""
