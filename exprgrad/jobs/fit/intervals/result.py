"""How intervals were found that do not follow from the standard errors."""

from __future__ import annotations

from typing import NamedTuple


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
