"""Data frames of other libraries, through narwhals: pandas, polars, Arrow, and whatever else it reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from numpy.typing import NDArray

from exprgrad.data.frames.arrow import converted, line_of
from exprgrad.errors import DataError, UsageError

Floats = NDArray[np.float64]
Known: TypeAlias = nw.DataFrame[Any] | nw.LazyFrame[Any]


def native(value: Any) -> DataFrame | None:
    """The data frame, if narwhals knows its library or it has a stream of Arrow's."""
    if isinstance(value, pa.RecordBatch):
        value = pa.Table.from_batches([value])
    labels = _labels(value)
    if labels is not None and (len(set(labels)) < len(labels) or not all(isinstance(one, str) for one in labels)):
        value = _named(value, list(map(str, range(len(labels)))))
    else:
        labels = None
    frame = nw.from_native(value, pass_through=True)
    if not isinstance(frame, nw.DataFrame | nw.LazyFrame):
        if not hasattr(value, "__arrow_c_stream__"):
            return None
        frame = nw.from_native(_streamed(value))
    return DataFrame(frame, labels)


def _labels(value: Any) -> list[Any] | None:
    """The labels of the columns of pandas, which may be any objects, and the names of those of Arrow. Both may repeat,
    which narwhals refuses."""
    if isinstance(value, pa.Table):
        return list(value.column_names)
    return list(value.columns) if hasattr(value, "set_axis") and hasattr(value, "columns") else None


def _named(value: Any, labels: list[Any]) -> Any:
    """The same data frame, of pandas or Arrow, with other labels."""
    return value.rename_columns(labels) if isinstance(value, pa.Table) else value.set_axis(labels, axis=1)


def _streamed(value: Any) -> pa.Table:
    try:
        return pa.table(value)
    except Exception as error:
        raise UsageError(f"a {type(value).__name__} is no table: {line_of(error)}") from None


class DataFrame:
    """A data frame of any library. Of one that is computed when it is asked for, only the used columns are, and all
    of them at once: its rows may come in another order each time."""

    name = "the data frame"

    def __init__(self, frame: Known, labels: list[Any] | None) -> None:
        """`labels` are those of the columns, where the frame goes by their places."""
        self._frame = frame
        self._own = labels
        self._labels: list[Any] = list(frame.collect_schema().names())
        names = list(map(str, self._labels if labels is None else labels))
        self._levels = _levels_of(frame, names)
        self.header = (*names, *self._levels)
        self._held: nw.DataFrame[Any] | None = frame if isinstance(frame, nw.DataFrame) else None

    @property
    def index(self) -> object:
        return nw.maybe_get_index(self._frame)

    def columns(self, places: Sequence[int]) -> list[pa.Array]:
        frame = self._eager([self._labels[place] for place in places if place < len(self._labels)])
        return [self._column(frame, place) for place in places]

    def _column(self, frame: nw.DataFrame[Any], place: int) -> pa.Array:
        name = self.header[place]
        if place >= len(self._labels):
            level = self._levels[name]
            return converted(self.name, name, lambda: pa.array(level, from_pandas=True))
        return converted(self.name, name, lambda: _arrow_of(frame.get_column(self._labels[place])))

    def values(self, place: int) -> Iterable[object]:
        if place >= len(self._labels):
            return list(self._levels[self.header[place]])
        label = self._labels[place]
        return self._eager([label]).get_column(label).to_list()

    def records(self) -> pa.Schema:
        kinds = self._frame.collect_schema()
        nested = [label for label, kind in kinds.items() if isinstance(kind, nw.Struct)]
        if not nested:
            return pa.schema([])
        first = self._frame.select(*nested).head(0)
        table: pa.Table = (_collected(first) if isinstance(first, nw.LazyFrame) else first).to_arrow()
        return pa.schema([field for field in table.schema if field.name in nested])

    def settle(self) -> None:
        self._eager(self._labels)

    def _eager(self, labels: Sequence[Any]) -> nw.DataFrame[Any]:
        """The frame, in memory; of one that is computed then, with these columns at least."""
        if self._held is None or not set(labels) <= set(self._held.columns):
            assert isinstance(self._frame, nw.LazyFrame)
            before = [] if self._held is None else self._held.columns
            wanted = [label for label in self._labels if label in labels or label in before]
            chosen = self._frame if len(wanted) == len(self._labels) else self._frame.select(*wanted)
            try:
                self._held = _collected(chosen)
            except MemoryError:
                raise
            except Exception as error:  # whatever the library raises
                raise DataError(f"{self.name} cannot be computed: {line_of(error)}") from None
        return self._held

    def made(self, columns: Mapping[str, Floats]) -> dict[str, Any]:
        frame = self._eager(self._labels[:1]).select(*self._labels[:1])
        return made(frame, columns)

    def widened(self, columns: Mapping[str, Floats], kept: NDArray[np.bool_] | None = None) -> Any:
        frame = self._eager(self._labels)
        if kept is not None:
            frame = frame.filter(kept.tolist())
        wide = frame.with_columns(*_series(frame, columns))
        lazy = isinstance(self._frame, nw.LazyFrame) and wide.implementation.is_polars()
        found = nw.to_native(wide.lazy() if lazy else wide)
        return found if self._own is None else _named(found, [*self._own, *columns])


def _arrow_of(series: nw.Series[Any]) -> Any:
    """A column of Arrow's is taken as it is: narwhals would copy it."""
    own = nw.to_native(series)
    if isinstance(own, pa.ChunkedArray):
        return own
    try:
        return series.to_arrow()
    except Exception:  # such as sparse columns of pandas, which are arrays none the less
        if np.asarray(own).dtype.kind in "fiub":
            return pa.array(np.asarray(own))
        raise


def _collected(frame: nw.LazyFrame[Any]) -> nw.DataFrame[Any]:
    """In polars where it is polars', else in Arrow."""
    return frame.collect() if frame.implementation.is_polars() else frame.collect("pyarrow")


def _levels_of(frame: Known, names: Sequence[str]) -> dict[str, Any]:
    """The named levels of the index of pandas, but those that are called as a column is."""
    index: Any = nw.maybe_get_index(frame)
    levels = [name for name in getattr(index, "names", ()) if name is not None and str(name) not in names]
    return {str(name): index.get_level_values(name) for name in levels}


def made(frame: nw.DataFrame[Any], columns: Mapping[str, Floats]) -> dict[str, Any]:
    """New columns beside a frame, as series of its library that have its index."""
    wide = frame.with_columns(*_series(frame, columns))
    return {name: nw.to_native(wide.get_column(name)) for name in columns}


def _series(frame: nw.DataFrame[Any], columns: Mapping[str, Floats]) -> list[nw.Series[Any]]:
    backend = frame.implementation
    return [nw.new_series(name, np.asarray(column, np.float64), backend=backend) for name, column in columns.items()]
