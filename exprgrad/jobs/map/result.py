"""The result of `map`: what was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Written(NamedTuple):
    """How many rows were written, and which lost their numbers."""

    rows: int
    lost: int
    """Rows with a nan or an infinity among the new numbers."""
    first: int
    """The first of these, counted from 0."""
    told: Mapping[tuple[str, str], str] = {}
    """What the rows showed that the user is to know, where they were read elsewhere: see `data.batch.Told`."""

    def note(self, names: Sequence[str]) -> str:
        """What is said of the rows that lost numbers in the new columns, which have these names."""
        where = f"{self.lost:,} of {self.rows:,} rows, first in row {self.first + 1:,}"
        return f"{', '.join(names)}: nan or infinite in {where}"
