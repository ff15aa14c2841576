"""A number and what is proved of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Certified(NamedTuple):
    """A number and what was proved of it by ball arithmetic."""

    name: str
    """Of the value, or of the derivative as in `d2/dx2`."""
    wrt: tuple[str, ...]
    """The variables of the derivative, one after the other; empty for a value."""
    computed: float
    """The float that the interpreter gives."""
    enclosure: str
    """A ball in which the exact number lies, as `middle ± radius` in decimal digits."""
    lower: str
    upper: str
    """Its ends, rounded outwards."""
    digits: int
    """How many significant digits of the float are proved right: it is within half a unit of the last of them."""
    error: float
    """The most by which the float may differ from the exact number, in ulp of this."""
    verdict: str
    """"proved" (digits and error are), or "undecided"."""
    reason: str = ""
    """Why it is undecided; or that it is proved wrong: not even the first digit is right."""
    decimal: str = ""
    """The number to the precision that was asked for; empty where none was, or where it is undecided."""
    row: int = 0
    """The row of the columns, counted from 1; 0 where there are none."""


def undecided(certified: Sequence[Certified], gradient_of: str | None) -> str:
    """Why the value, or the derivative with respect to a name, is not proved, or wrong; empty where it is right."""
    wrt = () if gradient_of is None else (gradient_of,)
    rows = [row for row in certified if row.wrt == wrt][-1:]
    return next((f"{row.name} is {row.verdict}: {row.reason}" for row in rows if row.reason), "")
