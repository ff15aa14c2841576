"""Numbers as text."""

from __future__ import annotations


def format_number(value: float) -> str:
    """The shortest text that reads back to the same float; whole numbers without a fraction."""
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text
