"""A table in memory as a reader, so that all that holds of files holds of it: names, nulls, times, messages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.columns.memory import check_lengths
from exprgrad.data.batch import FileBatch
from exprgrad.data.faults import not_a_number
from exprgrad.data.formats.columnar import file_batch
from exprgrad.data.formats.nested import paths_of
from exprgrad.data.frames.arrow import arrow
from exprgrad.data.frames.frame import Frame
from exprgrad.data.frames.series import check_rows
from exprgrad.errors import DataError


class FrameReader:
    """See `formats.format.Reader`. All rows come in one batch, whose columns are not copied where they are as Arrow has
    them."""

    origin = None
    first = 0
    notes: Sequence[str] = ()
    twice = "rename one of them"
    """What to do about columns of one name."""

    def __init__(self, frame: Frame, instead: Mapping[str, Any] | None = None) -> None:
        """`instead` has columns that stand in the place of those of the frame that are called so, or beside them."""
        self.frame = frame
        self.name = frame.name
        self._instead = dict(instead or {})
        check_rows(self._instead, frame.index)
        self.header = (*frame.header, *(name for name in self._instead if name not in frame.header))
        self._records = {n: path for n, path in paths_of(frame.records()).items() if n not in self.header}

    @property
    def nested(self) -> Collection[str]:
        """The fields of records."""
        return self._records.keys()

    def batches(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[FileBatch]:
        """All rows at once; none where no column is wanted."""
        tops = dict.fromkeys(self._records[name][0] if name in self._records else name for name in used)
        places = [*range(len(self.header))] if whole else [self.header.index(name) for name in tops]
        arrays = self._arrays(places, whole=whole)
        if not arrays:
            return
        names = [self.header[place] for place in places]
        check_lengths(zip(names, map(len, arrays), strict=True))
        batch = pa.RecordBatch.from_arrays(arrays, names)
        found = file_batch(batch, used, whole)
        for name, column in zip(used, found.used, strict=True):
            _check(name, column)
        yield found

    def _arrays(self, places: Sequence[int], *, whole: bool) -> list[pa.Array]:
        """The columns at these places; in `whole` rows, those for which Arrow has no type are texts."""
        own = [place for place in places if self.header[place] not in self._instead]
        found = iter([self._any(place) for place in own] if whole else self.frame.columns(own))
        headers = [self.header[place] for place in places]
        return [
            arrow(self.name, name, self._instead[name]) if name in self._instead else next(found) for name in headers
        ]

    def _any(self, place: int) -> pa.Array:
        try:
            return self.frame.columns([place])[0]
        except DataError:
            return pa.array([None if value is None else str(value) for value in self.frame.values(place)], pa.string())


def _check(name: str, column: pa.Array) -> None:
    """Raises MisfitError for a column of texts, with what makes numbers of it."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if "string" in str(kind) and column.null_count < len(column):
        row = next(row for row, value in enumerate(column) if value.is_valid)
        hint = "the column holds texts: convert it first, as pandas.to_numeric does"
        raise not_a_number(row, name, str(column[row].as_py()), hint)
