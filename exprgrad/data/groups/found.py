"""What is found of groups while rows are read: their labels, and which group each run of rows belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

Label = float | int | str
Codes = NDArray[np.int64]


class Labelled(NamedTuple):
    """Rows that arrive together."""

    codes: Codes
    """The group of each run of rows that lie together, counted from 0 in the order in which groups are first met
    [runs]."""
    starts: Codes
    """Where each run begins [runs]."""
    rows: int
    columns: Mapping[str, Any]
    """Columns [rows] by name."""


class Found(Sequence[tuple[Label, ...]]):
    """The labels of each group, one for each of the columns that make the groups. They are held column by column: many
    small tuples would take the longest part of a fit."""

    def __init__(self, columns: Sequence[list[Label]]) -> None:
        """Labels [groups] of each column, which are added to."""
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    @overload
    def __getitem__(self, index: int) -> tuple[Label, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> Found: ...
    def __getitem__(self, index: int | slice) -> tuple[Label, ...] | Found:
        if isinstance(index, slice):
            return Found([column[index] for column in self.columns])
        return tuple([column[index] for column in self.columns])

    def append(self, labels: tuple[Label, ...]) -> None:
        """Add those of a new group."""
        for column, label in zip(self.columns, labels, strict=True):
            column.append(label)
