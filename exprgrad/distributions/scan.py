"""Places in the text of an uncertain value: constants are read from it, and errors point into it."""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple

from exprgrad.errors import ExpressionError, UsageError
from exprgrad.graph.lower import constant
from exprgrad.syntax import parse
from exprgrad.text.source import SourceText, Span

FRACTIONS = {"%": 1e2, "ppm": 1e6, "ppb": 1e9}
"""What is written behind a part of a value, and what it is divided by."""


class Piece(NamedTuple):
    """A part of a text, of which it knows the place."""

    whole: str
    start: int
    end: int
    option: str
    """What the text was given for, such as `--L`."""

    @classmethod
    def of(cls, text: str, option: str) -> Piece:
        return cls(text, 0, len(text), option).stripped()

    @property
    def text(self) -> str:
        return self.whole[self.start : self.end]

    def part(self, start: int, end: int | None = None) -> Piece:
        """From one place in it to another."""
        last = self.end if end is None else self.start + end
        return self._replace(start=self.start + start, end=last).stripped()

    def stripped(self) -> Piece:
        text = self.text
        left, right = len(text) - len(text.lstrip()), len(text) - len(text.rstrip())
        start = min(self.start + left, self.end)
        return self._replace(start=start, end=max(self.end - right, start))

    def split(self, separator: str = ",") -> list[Piece]:
        """The parts between separators outside of brackets; none of an empty text."""
        parts, depth, first, text = [], 0, 0, self.text
        for index, character in enumerate(text):
            depth += (character in "([") - (character in ")]")
            if character == separator and depth == 0:
                parts.append(self.part(first, index))
                first = index + 1
        last = self.part(first)
        return [*parts, last] if parts or last.text else []

    def number(self, what: str = "") -> float:
        """The value of a constant expression. Raises UsageError for what is none or is not finite."""
        if not self.text:
            raise self.error(f"{what or 'a number'} is missing")
        try:
            value = constant(parse(" " * self.start + self.text.replace("−", "-")))
        except ExpressionError as error:
            raise UsageError(
                f"{self.option}: {error.message}", source=SourceText(self.whole), span=error.span, hint=error.hint
            ) from None
        if value is None:
            raise self.error(f"{what or 'what is given'} has to be a number such as 3, -2e-3 or pi/2")
        if not isfinite(value):
            raise self.error(f"{what or 'the number'} is not finite")
        return value

    def fraction(self) -> tuple[Piece, float] | None:
        """What stands before %, ppm or ppb, and what it is divided by; None where there is none of them."""
        for ending, divisor in FRACTIONS.items():
            if self.text.endswith(ending):
                return self.part(0, len(self.text) - len(ending)), divisor
        return None

    def error(self, message: str, hint: str = "") -> UsageError:
        """An error that points here."""
        span = Span(self.start, max(self.end, self.start + 1))
        return UsageError(f"{self.option}: {message}", source=SourceText(self.whole), span=span, hint=hint)
