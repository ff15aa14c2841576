"""The table's functions as short formulas that keep their digits, for targets without the careful sources."""

from __future__ import annotations

from exprgrad.functions.table import FUNCTIONS

SPHERICAL_BESSEL_1 = (
    "abs(x) == inf ? 0 : abs(x) > 1 ? (sin(x)/x - cos(x))/x"
    " : x/3*(1 - x*x/10*(1 - x*x/28*(1 - x*x/54*(1 - x*x/88*(1 - x*x/130*(1 - x*x/180*(1 - x*x/238)))))))"
)
"""The spherical Bessel function of order 1, which the derivative of sinc needs."""


def formula(function: str) -> str | None:
    """A function of the table (or `spherical_bessel_1`) over others; None where there is no such formula."""
    if function == "spherical_bessel_1":
        return SPHERICAL_BESSEL_1
    row = FUNCTIONS.get(function)
    return row.portable or row.definition or None if row else None
