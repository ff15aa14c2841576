"""A value and its standard uncertainty as a person writes them: as many digits as are known, and no more."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from math import isfinite

from exprgrad.text.numbers import format_number, rounded

DIGITS = 2
"""Significant digits of an uncertainty (JCGM 100:2008, 7.2.6)."""
_SMALLEST = -5
"""The power of ten below which numbers are written with one."""


def plus_minus(value: float, uncertainty: float) -> str:
    """`9.811 ± 0.053`, or `(6.67430 ± 0.00015)e-11`."""
    if not _is_plain(value, uncertainty):
        return f"{format_number(value)} ± {rounded(uncertainty, DIGITS)}"
    number, error, power = _scaled(value, uncertainty)
    text = f"{number:f} ± {error:f}"
    return f"({text})e{power}" if power else text


def concise(value: float, uncertainty: float) -> str:
    """`9.811(53)`, or `6.67430(15)e-11`: the digits in parentheses are those of the last places."""
    if not _is_plain(value, uncertainty):
        return format_number(value) if uncertainty == 0 else f"{format_number(value)}({rounded(uncertainty, DIGITS)})"
    number, error, power = _scaled(value, uncertainty)
    digits = f"{error:f}".lstrip("0.") if error < 1 else f"{error:f}"
    return f"{number:f}({digits})" + (f"e{power}" if power else "")


def _is_plain(value: float, uncertainty: float) -> bool:
    return isfinite(value) and isfinite(uncertainty) and uncertainty > 0


def _scaled(value: float, uncertainty: float) -> tuple[Decimal, Decimal, int]:
    """Both with their last digits at the same place, divided by the same power of ten."""
    error = Decimal(f"{uncertainty:.{DIGITS - 1}e}")
    number = Decimal(repr(value))
    place = error.adjusted() - DIGITS + 1
    top = max(number.adjusted() if number else place, error.adjusted())
    power = top if top < _SMALLEST or place > 0 else 0
    many = Context(prec=max(top - place, 0) + 40, rounding=ROUND_HALF_EVEN)
    unit = Decimal(1).scaleb(place - power, context=many)
    shown = [each.scaleb(-power, context=many).quantize(unit, context=many) for each in (number, error)]
    return shown[0], shown[1], power
