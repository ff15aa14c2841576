"""A value with its error, as a person writes it: 57.6 ± 1.0, or 57.6(1.0)."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from math import isfinite
from typing import NamedTuple

from exprgrad.text.numbers import format_number, rounded

DIGITS = 2
"""Significant digits of an uncertainty (JCGM 100:2008, 7.2.6)."""
_SMALLEST = -5
"""The power of ten below which numbers are written with one."""


class Measured(NamedTuple):
    """The digits of a value and of its error, and the power of ten that both are multiplied with."""

    value: str
    error: str
    power: int = 0

    @property
    def plain(self) -> str:
        """`57.6 ± 1.0`, `(5.76 ± 0.10)e7`"""
        text = f"{self.value} ± {self.error}"
        return f"({text})e{self.power}" if self.power else text

    @property
    def latex(self) -> str:
        """The same for math mode."""
        text = rf"{self.value} \pm {self.error}"
        return rf"({text}) \times 10^{{{self.power}}}" if self.power else text


def measured(value: float, error: float) -> Measured | None:
    """A value rounded as its error allows; None where there is no error to go by.

    The rule of the Particle Data Group (Review of Particle Physics, introduction, 5.3): where the three leading digits
    of the error are from 100 to 354, two of them are kept; from 355 to 949, one; from 950 on it is rounded up to 1000,
    and two are kept. The value ends at the same place. A power of ten is set apart where the value has more than six
    digits before the point, or four zeros after it, or where the error ends before the tens.
    """
    if not (isfinite(value) and isfinite(error) and error > 0):
        return None
    exact, spread = Decimal(value), Decimal(error)
    place = spread.adjusted()
    leading = int((spread.scaleb(2 - place)).to_integral_value(ROUND_HALF_EVEN))
    if leading >= 950:
        place, spread = place + 1, Decimal(1).scaleb(place + 1)
        kept = place - 1
    else:
        kept = place - 1 if leading < 355 else place
    last = Decimal(1).scaleb(kept)
    digits = max(40, exact.adjusted() - kept + 5)
    with localcontext() as context:
        context.prec = digits
        exact, spread = exact.quantize(last), spread.quantize(last)
        exact = exact or exact.copy_abs()  # no -0.00
        size = max(exact.adjusted() if exact else kept, spread.adjusted())
        power = size if kept > 1 or size > 5 or size < -3 else 0
        exact, spread = exact.scaleb(-power), spread.scaleb(-power)
        decimals = max(power - kept, 0)
        return Measured(f"{exact:.{decimals}f}", f"{spread:.{decimals}f}", power)


def short_p(p: float) -> str:
    """A probability with two digits; below 1e-15 it says that alone, as rounding decides the rest."""
    if p != p:
        return "nan"
    return "< 1e-15" if p < 1e-15 else f"{p:.2g}"


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
    return shown[0] or shown[0].copy_abs(), shown[1], power
