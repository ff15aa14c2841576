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


def word(value: float) -> str:
    """The word for a number that is not finite."""
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
