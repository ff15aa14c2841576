"""What a terminal shows of a sweep: its first and its last rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from exprgrad.columns.values import Column

WHOLE, FIRST, LAST = 30, 20, 5
"""Rows of which none is left out; of more, so many are shown at the start and at the end."""


class Excerpt(NamedTuple):
    """Rows of a sweep, all of them or the first and the last ones."""

    swept: tuple[str, ...]
    """The variables, whose columns come first."""
    names: tuple[str, ...]
    """All columns."""
    columns: Sequence[Column]
    rows: int
    """How many there are."""

    @property
    def shown(self) -> int:
        """How many are in it."""
        return len(self.columns[0])


def parts(rows: int) -> list[tuple[int, int]]:
    """The rows that are shown of so many."""
    return [(0, rows)] if rows <= WHOLE else [(0, FIRST), (rows - LAST, rows)]
