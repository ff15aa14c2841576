"""The result of `columns`: what the files hold."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.shown import shows_itself


class Column(NamedTuple):
    """A column of the data."""

    name: str
    """Its header."""
    alias: str
    """What an expression can call it, too, where the header is no name; else empty."""
    type: str
    missing: int
    """Rows that lack a value."""
    least: float | int | None
    """Of its numbers; None where it has none."""
    most: float | int | None


@shows_itself
class Overview(NamedTuple):
    """What the files hold, as an expression would see it."""

    files: tuple[str, ...]
    notes: tuple[str, ...]
    """What was worked out about how they are to be read."""
    rows: int
    columns: tuple[Column, ...]
    first: tuple[tuple[object, ...], ...]
    """The first rows: numbers, truth values, texts, or None where there is no value."""
