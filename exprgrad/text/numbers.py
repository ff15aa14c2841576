"""Numbers as text."""

from __future__ import annotations

import re
from math import inf, lcm, nan
from typing import Final

WORDS: Final = {"NaN": nan, "Infinity": inf, "-Infinity": -inf}
"""The numbers that JSON lacks, by the words that stand for them."""


def format_number(value: float) -> str:
    """The shortest text that reads back to the same float; whole numbers without a fraction."""
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text


def unsigned(value: float) -> float:
    """A derivative as it is shown: -0 is 0.

    The sign of a zero slope tells nothing about the function: it comes from the order in which the chain rule
    multiplies with zeros (`0*x*-1` has the slope -0), and people ask what it means. The sign of a zero value does
    tell something (1/-0 is -Infinity), so values keep it; and JSON keeps every bit of both.
    """
    return value + 0.0


def rounded(value: float, digits: int) -> str:
    """A number with so many significant digits at the most."""
    text = f"{value:.{digits}g}"
    return format_number(value) if float(text) == value else text


def percent(share: float) -> str:
    """A part of a whole, to a tenth of a percent: `86.1%`."""
    return f"{unsigned(round(100 * share, 1)):.1f}%"


def with_rounded(text: str, digits: int) -> str:
    """A computation such as `8.123456*3`, with its numbers rounded."""
    import re

    return re.sub(r"(?<![\w.])\d+\.?\d*(?:e[+-]?\d+)?(?![\w.])", lambda it: rounded(float(it[0]), digits), text)


def word(value: float) -> str:
    """The word for a number that is not finite."""
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


_ENDLESS = re.compile(r"[eE][-+]?\d{4}")
"""An exponent that makes a whole number of thousands of digits."""


def exact_steps(first: str, step: str, count: int) -> list[float] | None:
    """The floats nearest to first + k*step, where both are decimal numbers or fractions: 0.3 follows 0.2 in steps of
    0.1, though 0.1 + 2*0.1 is above 0.3 in floats. None for other texts, such as pi/2."""
    from fractions import Fraction

    if _ENDLESS.search(first) or _ENDLESS.search(step):
        return None
    try:
        start, stride = Fraction(first.strip()), Fraction(step.strip())
    except (ValueError, ZeroDivisionError):
        return None
    whole = lcm(start.denominator, stride.denominator)
    units, more = int(start * whole), int(stride * whole)
    return [(units + k * more) / whole for k in range(count)]  # Python rounds a quotient of whole numbers once
