"""Numbers against references."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.shown import shows_itself


class Checked(NamedTuple):
    """One number against its reference."""

    name: str
    computed: float
    reference: float
    """Rounded to binary64 from a computation at high precision."""
    error: float
    """In ulp of the reference."""
    verdict: str
    """"agrees" (up to what rounding explains), "differs", "ill-conditioned" (rounding explains it, but has left fewer
    than 3 digits), "kink" (a convention, not a limit, gives the derivative, or the sign of a zero the value at a jump),
    "undefined" (the value is no real number around this point), or "undecided" (the reference would need more digits or
    time than it is given)."""
    row: int = 0
    """Of columns: the row, from 1 on, where this is worst."""
    same: int = 0
    """Of columns: in how many of the rows the verdict is this one."""


@shows_itself
class Check(NamedTuple):
    """The gradient and the value of an expression against references; the value last."""

    expression: str
    rows: tuple[Checked, ...]
    notes: tuple[str, ...]
    result: str = ""
    """What the program calls the result; empty where it has no name."""
    checked: int = 0
    """Rows that were checked, where the value is a column."""
    own: str = ""
    """The derivative of somebody else that was compared; then there is no row for the value."""

    @property
    def passed(self) -> bool:
        return all(row.verdict in ("agrees", "kink") for row in self.rows)
