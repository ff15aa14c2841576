"""The protocol of a row source: whatever can give the rows of some columns, once for each pass over them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from exprgrad.columns.values import Column

Batch = Mapping[str, Column]
"""Rows that arrive together: columns of one length, by name."""


class RowSource(Protocol):
    """Rows that are read once for each pass."""

    @property
    def names(self) -> Collection[str]:
        """The variables that are columns."""
        ...

    @property
    def rows(self) -> int | None:
        """How many there are, where that is known before they are read."""
        ...

    def read(self, names: Sequence[str]) -> Iterable[Batch]:
        """Batches of these columns, from the first row on."""
        ...

    def place(self, row: int) -> str:
        """How a row, counted from 0, is called in messages."""
        ...
