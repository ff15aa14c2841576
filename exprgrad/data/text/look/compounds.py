"""Fields that show that another delimiter divides them: numbers between blanks, or between semicolons."""

from __future__ import annotations

import re

from exprgrad.data.text.dialect import BLANKS
from exprgrad.data.text.look.cells import Kind, Quoted, Torn
from exprgrad.data.text.look.records import ALONE
from exprgrad.data.text.look.shape import Shape

ROWS = 30
"""Rows of which the fields are looked at."""

_COMPOUND = re.compile(
    r"\s*[+-]?\d[\d.,eE+-]*(?:\s*[;|\t]\s*|\s*,\s+|\s+)[+-]?[\d.,][\d.,;|\s\teE+-]*|\s*[\d.]+\s*[,;|]\s*"
)
"""Numbers that another delimiter divides."""

_NUMBERS = re.compile(r"(?:[-+\d.,eEdDqQ*]+\s+)+[-+\d.,eEdDqQ*]+").fullmatch
"""Numbers between blanks."""
_GROUPED = re.compile(r"\s*\d+(?: \d+)+\s*")
"""Numbers with blanks between groups of digits."""


def is_run(field: str) -> bool:
    """Whether a text has runs of blanks in it, or numbers between blanks."""
    words = field.split()
    return (
        not isinstance(field, Quoted)
        and len(words) > 1
        and ("  " in field.strip() or _NUMBERS(field.strip()) is not None)
    )


def has_compound(shape: Shape, delimiter: str) -> bool:
    """Whether a column holds nothing but numbers that another delimiter divides, or fields go on after their quotes."""
    places, first = shape.regular[-ROWS:], shape.first()
    for column, kind in enumerate(shape.kinds):
        fields = [field for place in places if (field := shape.rows[place][column]).strip()]
        plain = [field for field in fields if type(field) is not Quoted]
        if delimiter == BLANKS and any(field in (",", ";", "|") for field in plain):
            return True
        torn = (isinstance(field, Torn) or field.lstrip()[0] == '"' for field in plain)
        if delimiter != ALONE and any(torn):
            return True
        fields = [field for place in places if place >= first and (field := shape.rows[place][column]).strip()]
        plain = [field for field in fields if type(field) is not Quoted]
        odd = [field for field in plain if _COMPOUND.fullmatch(field) and shape.cells.kind(field) is Kind.TEXT]
        if odd and all(shape.cells.kind(field) is not Kind.TEXT for field in fields if field not in odd):
            return True
        if kind is Kind.NUMBER and delimiter != ALONE and plain and all(map(_GROUPED.fullmatch, plain)):
            return True
    return False
