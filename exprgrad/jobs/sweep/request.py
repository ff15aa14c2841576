"""What a user asks a sweep for beside its columns: how the rows are chosen."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.errors import UsageError

GRID, LATIN, SOBOL = "grid", "latin", "sobol"
DESIGNS = (GRID, LATIN, SOBOL)
POINTS = 64
"""Rows of a design where nobody says how many."""


class Design(NamedTuple):
    """How the rows are chosen."""

    kind: str = GRID
    n: int | None = None
    """How many rows there are, but for a grid."""
    seed: int = 0

    @property
    def rows(self) -> int:
        """How many a design that is no grid has."""
        return POINTS if self.n is None else self.n

    def check(self) -> None:
        """Raises UsageError for what does not go together."""
        if not 0 <= self.seed < 1 << 64:
            raise UsageError(f"--seed is a whole number from 0 to 2^64 - 1, not {self.seed}")
        if self.kind == GRID and self.n is not None:
            hint = f"a grid has as many rows as its numbers make; for {self.n:,} rows give --design sobol --n {self.n}"
            raise UsageError("--n is for the designs latin and sobol", hint=hint)

    @property
    def note(self) -> str:
        """What is said of Sobol' points that are no power of two; empty for others."""
        power = 1 << (self.rows.bit_length() - 1)
        if self.kind != SOBOL or self.rows == power:
            return ""
        return f"Sobol' points are most even where --n is a power of 2: {power:,} or {2 * power:,}"


TORNADO = "tornado"


def picture_of(plot: str | None) -> tuple[bool, str | None]:
    """Whether a tornado is asked for, and the file of the picture, "-" for the terminal, None for no picture."""
    if plot is None:
        return False, None
    kind, _, file = plot.partition(":")
    return (True, file or "-") if kind == TORNADO else (False, plot)
