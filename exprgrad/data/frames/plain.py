"""Tables of Python and NumPy: dicts of columns, arrays with fields, arrays of two dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from numpy.typing import NDArray

from exprgrad.arguments import is_column
from exprgrad.columns.memory import check_lengths
from exprgrad.data.faults import quoted
from exprgrad.data.formats.foreign.npy_columns import arrow_of
from exprgrad.data.frames.arrow import arrow
from exprgrad.data.frames.series import check_rows, is_series, like
from exprgrad.errors import DataError, UsageError

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


class Columns:
    """A dict of columns: lists, arrays, series."""

    name = "the data"
    index: object = None

    def __init__(self, columns: Mapping[Any, Any]) -> None:
        self._columns = dict(columns)
        self.header = tuple(map(str, self._columns))
        for name, column in zip(self.header, self._columns.values(), strict=True):
            if not is_column(column):
                raise UsageError(f"{name} is no column but {column!r:.60}", hint="a table is a dict of columns")
        check_rows(self._columns)
        check_lengths(zip(self.header, map(len, self._columns.values()), strict=True))

    def columns(self, places: Sequence[int]) -> list[pa.Array]:
        columns = list(self._columns.values())
        return [arrow(self.name, self.header[place], columns[place]) for place in places]

    def values(self, place: int) -> Iterable[object]:
        column: Iterable[object] = list(self._columns.values())[place]
        return column

    def records(self) -> pa.Schema:
        return pa.schema([])

    def settle(self) -> None:
        """All is there."""

    def made(self, columns: Mapping[str, Floats]) -> dict[str, Any]:
        series = next(filter(is_series, self._columns.values()), None)
        return dict(columns) if series is None else like(series, columns)

    def widened(self, columns: Mapping[str, Floats], kept: Truths | None = None) -> dict[Any, Any]:
        own = self._columns
        if kept is not None:
            own = {name: _chosen(column, kept) for name, column in own.items()}
        return {**own, **columns}


def _chosen(column: Any, kept: Truths) -> Any:
    """The rows of a column that are kept: a list of a list, an array of an array."""
    if isinstance(column, list | tuple):
        return type(column)(value for value, keep in zip(column, kept.tolist(), strict=True) if keep)
    return np.asarray(column)[kept]


class Fields:
    """An array of NumPy: with fields, which are the columns, or of two dimensions, whose columns are c1, c2, …"""

    name = "the array"
    index: object = None

    def __init__(self, array: NDArray[Any]) -> None:
        self._array = array
        names = array.dtype.names
        self.header = names if names else tuple(f"c{place + 1}" for place in range(array.shape[1]))

    def columns(self, places: Sequence[int]) -> list[pa.Array]:
        return [arrow_of(self.header[place], self._at(place), self.name) for place in places]

    def values(self, place: int) -> Iterable[object]:
        values: list[object] = self._at(place).tolist()
        return values

    def records(self) -> pa.Schema:
        kind = self._array.dtype
        nested = [name for name in kind.names or () if kind[name].names]
        return pa.schema([(name, arrow_of(name, self._array[:0][name], self.name).type) for name in nested])

    def settle(self) -> None:
        """All is there."""

    def made(self, columns: Mapping[str, Floats]) -> dict[str, Any]:
        return dict(columns)

    def widened(self, columns: Mapping[str, Floats], kept: Truths | None = None) -> NDArray[Any]:
        """An array with fields of one with fields, else one of two dimensions."""
        own = self._array if kept is None else self._array[kept]
        if not own.dtype.names:
            return np.column_stack([own, *columns.values()])
        fields = [(name, own.dtype[name]) for name in self.header if name not in columns]
        found = np.empty(len(own), [*fields, *((name, np.float64) for name in columns)])
        for name, _ in fields:
            found[name] = own[name]
        for name, column in columns.items():
            found[name] = column
        return found

    def _at(self, place: int) -> NDArray[Any]:
        column: NDArray[Any] = self._array[self.header[place]] if self._array.dtype.names else self._array[:, place]
        if column.dtype.hasobject:
            raise DataError(f"{self.name}: column {quoted(self.header[place])} holds objects, not numbers")
        return column
