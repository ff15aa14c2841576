"""What a result holds of one name: a number, a text, or a column."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any, Protocol


class Column(Protocol):
    """One number a row: a list, an array."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[float]: ...
    def __getitem__(self, index: Any, /) -> Any: ...


Value = float | str | Column
"""A number; where variables are unbound the simplified expression; where they are columns a number a row."""


def lost(value: Value) -> bool:
    """Whether a number, or one of a column, is nan or infinite."""
    if isinstance(value, float | str):
        return isinstance(value, float) and not isfinite(value)
    return not all(map(isfinite, value))
