"""Columns that are held in memory, as a row source: lists, arrays, and what converts to arrays."""

from __future__ import annotations

import os
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from exprgrad.columns.rows import Batch
from exprgrad.columns.values import Column
from exprgrad.errors import DataError, UsageError


class Columns:
    """Columns in memory. Raises UsageError for what is no column of numbers, DataError for columns without
    rows or of unequal length."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self._columns = {name: _numbers(name, column) for name, column in columns.items()}
        for name, column in self._columns.items():
            if not len(column):
                raise DataError(f"the column {name} has no rows")
        self.rows = check_lengths((name, len(column)) for name, column in self._columns.items())

    @property
    def names(self) -> Collection[str]:
        return self._columns.keys()

    def read(self, names: Sequence[str]) -> Iterator[Batch]:
        yield {name: self._columns[name] for name in names}

    def place(self, row: int) -> str:
        return f"row {row + 1}"


def half_of_memory() -> int:
    """Half the bytes of memory that the machine has."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def check_lengths(lengths: Iterable[tuple[str, int]], hint: str = "") -> int:
    """The length of all columns, each given by its name and its length; 0 where there are none. Raises DataError for
    columns of unequal length."""
    rest = iter(lengths)
    first, rows = next(rest, ("", 0))
    for name, length in rest:
        if length != rows:
            raise DataError(f"columns of unequal length: {first} has {rows} rows, {name} has {length}", hint=hint)
    return rows


def _numbers(name: str, column: Any) -> Column:
    """A column as an array of float64 or of what converts to it; other arrays and lists are copied."""
    if hasattr(column, "__array__"):
        return _array(name, column)
    if isinstance(column, bytearray | memoryview | Mapping | Set):
        raise UsageError(f"{name} is not a column of numbers but a {type(column).__name__}")
    try:
        kinds = set(map(type, column))
        if not kinds <= {float, int} and not are_real(kinds):
            raise TypeError
        return array("d", column)
    except (TypeError, ValueError, ArithmeticError):
        raise UsageError(f"{name} is not a column of numbers") from None


def _array(name: str, column: Any) -> Column:
    import numpy as np

    if isinstance(column, np.ma.MaskedArray):
        raise UsageError(f"{name} is a masked array", hint="fill or drop what is masked")
    values = np.asarray(column)
    if values.ndim != 1:
        raise UsageError(f"{name} has {values.ndim} dimensions", hint="a column has one")
    if values.dtype.kind not in "fiub":
        raise UsageError(f"{name} is not a column of numbers but of {values.dtype}")
    return values


def as_array(value: float | Column) -> float | Column:
    """A column as an array, where NumPy is installed."""
    from importlib.util import find_spec

    if isinstance(value, float) or not find_spec("numpy"):
        return value
    import numpy as np

    return np.asarray(value)


def are_real(kinds: Iterable[type]) -> bool:
    """Whether values of these types are real numbers: some that are not turn into a float without a word."""
    from decimal import Decimal
    from numbers import Number, Real

    return not any(
        issubclass(kind, str | bytes) or (issubclass(kind, Number) and not issubclass(kind, Real | Decimal))
        for kind in kinds
    )
