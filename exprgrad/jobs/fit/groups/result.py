"""The result of fits of groups of rows: one for each group, and what all of them share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan
from typing import NamedTuple

from exprgrad.jobs.fit.result import SOUND, Estimate
from exprgrad.shown import shows_itself

Label = float | int | str


class Group(NamedTuple):
    """The fit of the rows of one group. What is not defined is nan."""

    by: Mapping[str, Label]
    """The values of the columns that make the group."""
    parameters: dict[str, Estimate]
    """Those of the group alone; empty where it could not be fitted."""
    rss: float = nan
    """As everything here, of the rows of the group, as `result.Fit` says it."""
    residual_std_error: float = nan
    r2: float = nan
    adjusted_r2: float = nan
    aic: float = nan
    bic: float = nan
    dof: int = 0
    """Rows less parameters; with shared parameters only those of the group."""
    n: int = 0
    iterations: int = 0
    stopped: str = "failed"
    """As in `result.Fit`, or "failed" where the group could not be fitted: the notes say why."""
    covariance: tuple[tuple[float, ...], ...] = ()
    """Of its parameters, in their order."""
    notes: tuple[str, ...] = ()

    @property
    def converged(self) -> bool:
        """Whether it ended at a minimum, be it at a bound."""
        return self.stopped in SOUND

    @property
    def label(self) -> str:
        """How messages call the group: `run = 3`."""
        return ", ".join(f"{name} = {value}" for name, value in self.by.items())


@shows_itself
class Groups(NamedTuple):
    """Fits of groups, by the numbers that label them; those with texts in the order in which the data have them."""

    expression: str
    by: tuple[str, ...]
    """The columns that make the groups."""
    groups: Sequence[Group]
    shared: dict[str, Estimate]
    """The parameters that all groups have in common; empty where each group is fitted for itself."""
    fixed: dict[str, float]
    rss: float
    """Of all groups that were fitted together."""
    residual_std_error: float
    """With shared parameters, of all rows together; else nan."""
    dof: int
    """All rows less all parameters."""
    n: int
    """All rows of the groups that were fitted."""
    iterations: int
    """The most that a group took."""
    stopped: str
    """"converged" where all groups have; else how the first that has not ended."""
    method: str
    errors: str
    """As in `result.Fit`."""
    confidence: float
    shared_covariance: tuple[tuple[float, ...], ...] = ()
    """Of the shared parameters, in their order."""
    notes: tuple[str, ...] = ()

    @property
    def converged(self) -> bool:
        """Whether all groups have."""
        return self.stopped == "converged"
