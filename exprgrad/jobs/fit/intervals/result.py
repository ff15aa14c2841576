"""How intervals were found that do not follow from the standard errors."""

from __future__ import annotations

from typing import NamedTuple

Points = tuple[tuple[float, ...], tuple[float, ...]]
"""Places of a first and of a second parameter, in the order in which a line goes through them."""


class Contour(NamedTuple):
    """The joint region of two parameters."""

    names: tuple[str, str]
    confidence: float
    """How often a region that is found so holds the true values of both."""
    boundary: Points
    """Of the profile likelihood; nan where the region has no end."""
    ellipse: Points
    """By the standard errors and the correlation: what the boundary is where the model is linear."""
    open: bool
    """Whether the boundary is in part at bounds, or nowhere."""


class Intervals(NamedTuple):
    """Intervals of the parameters, whose ends stand with their estimates."""

    method: str
    """"profile" or "bootstrap"."""
    resamples: int = 0
    """How many times rows were drawn, as many as there are, with replacement."""
    seed: int = 0
    failed: int = 0
    """Resamples that had no minimum near that of all rows, and are left out."""
    open: tuple[str, ...] = ()
    """Ends that are no crossings, as "low K": a bound, or infinite, where the profile never gets so high."""
    contours: tuple[Contour, ...] = ()
    """Joint regions of two parameters, where they were asked for."""
