"""Numbers as text."""

from __future__ import annotations

from math import inf, nan
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


def with_rounded(text: str, digits: int) -> str:
    """A computation such as `8.123456*3`, with its numbers rounded."""
    import re

    return re.sub(r"(?<![\w.])\d+\.?\d*(?:e[+-]?\d+)?(?![\w.])", lambda it: rounded(float(it[0]), digits), text)


def word(value: float) -> str:
    """The word for a number that is not finite."""
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
