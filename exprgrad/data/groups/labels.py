"""Columns that say which group a row belongs to: numbers or texts, as codes that count the groups from 0."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
from numpy.typing import NDArray

from exprgrad.columns.rows import RowSource
from exprgrad.data.contents import is_number, surely_no_numbers
from exprgrad.data.groups.found import Codes, Found, Label, Labelled
from exprgrad.data.source import TableSource
from exprgrad.data.text.words import NULLS
from exprgrad.errors import DataError, UsageError
from exprgrad.text.spelling import did_you_mean

Keys = Any
"""The labels of rows in one column: an array of numbers of NumPy, nan where there is none, or one of Arrow."""


class Labels:
    """The groups that the columns `by` of a source make; more of them while the rows are read."""

    def __init__(self, source: RowSource, by: Sequence[str]) -> None:
        """Raises UsageError for columns that the source does not have."""
        self.by = tuple(by)
        self.source = source
        self.found = Found([[] for _ in self.by])
        self._codes: dict[tuple[Label, ...], int] = {}
        """The codes of groups by their labels, of as many groups as there are in it."""
        self._headers = _headers(source, by)

    def read(self, names: Sequence[str]) -> Iterator[Labelled]:
        """The rows with these columns. Raises DataError where a row has no label."""
        self.found, self._codes = Found([[] for _ in self.by]), {}
        if not isinstance(self.source, TableSource):
            yield from self._plain(self.source, names)
            return
        table = self.source.table
        texts = self._texts()
        if not texts:
            yield from self._plain(TableSource(table, {**self.source.columns, **self._headers}), names)
            return
        wanted = {name: self.source.columns[name] for name in names}
        numbers = {name: header for name, header in self._headers.items() if name not in texts}
        row = 0
        for whole, columns in table.rows(list(dict.fromkeys([*wanted.values(), *numbers.values()]))):
            given = [
                _texts_of(whole.column(header)) if name in texts else _keys(np.asarray(columns[header], np.float64))
                for name, header in self._headers.items()
            ]
            missing = _missing(given)
            if missing.any() and table.nulls != "skip":
                raise _unlabelled(self.by, self.source.place(row + int(np.argmax(missing))))
            kept = ~missing
            found = {name: columns[header][kept] for name, header in wanted.items()}
            yield self._coded([each.filter(pa.array(kept)) for each in given], found)
            row += len(whole)

    def _plain(self, source: RowSource, names: Sequence[str]) -> Iterator[Labelled]:
        """The rows of a source in which all labels are numbers."""
        row = 0
        for batch in source.read(list(dict.fromkeys([*names, *self.by]))):
            given: list[Keys] = [np.asarray(batch[name], np.float64) for name in self.by]
            found = self._coded(given, {name: batch[name] for name in names}, row)
            yield found
            row += found.rows

    def _texts(self) -> Collection[str]:
        """Those of the columns that hold anything but numbers: as the first rows show, and if these do not, all."""
        assert isinstance(self.source, TableSource)
        table = self.source.table
        first = next(iter(table.rows([])), (None, {}))[0]
        if first is None:
            return ()
        others = set(surely_no_numbers(first))
        for name, column in zip(first.schema.names, first.columns, strict=True):
            kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
            if not (is_number(kind) or pa.types.is_null(kind)) and (kind not in _TEXTS or kind != column.type):
                others.add(name)
        texts = {name for name, header in self._headers.items() if header in others}
        doubtful = [header for name, header in self._headers.items() if name not in texts]
        if not texts and not any(first.schema.field(header).type in _TEXTS for header in doubtful):
            return ()
        try:
            for _ in table.columns(doubtful) if doubtful else ():
                pass
        except DataError:
            return self.by
        return texts

    def _coded(self, given: Sequence[Keys], columns: Mapping[str, Any], row: int = 0) -> Labelled:
        """Rows by their labels in each column; groups that are new are counted on. `row` is the first of them."""
        rows = len(given[0])
        if not rows:
            return Labelled(_NONE, _NONE, 0, columns)
        starts = _starts(given)
        if len(starts) < rows:
            given = [
                each.take(starts) if isinstance(each, np.ndarray) else each.take(pa.array(starts)) for each in given
            ]
        keys = [_keys(each) for each in given]
        missing = _missing(keys)
        if missing.any():
            raise _unlabelled(self.by, self.source.place(row + int(starts[np.argmax(missing)])))
        return Labelled(self._distinct(keys), starts, rows, columns)

    def _distinct(self, given: Sequence[pa.Array]) -> Codes:
        """The codes of labels."""
        if len(given) == 1 and not len(self.found) and _ascending(given[0]):
            self.found = Found([_plain_labels(given[0])])
            return np.arange(len(given[0]))
        parts = [each.dictionary_encode() for each in given]
        codes = np.zeros(len(given[0]), np.int64)
        for part in parts:
            codes = codes * len(part.dictionary) + part.indices.to_numpy(zero_copy_only=False)
        if len(parts) > 1:
            joint = pa.array(codes).dictionary_encode()
            combined, codes = joint.dictionary.to_numpy(), joint.indices.to_numpy().astype(np.int64)
        else:
            combined = np.arange(len(parts[0].dictionary))
        columns: list[list[Label]] = []
        for part in reversed(parts):
            combined, which = np.divmod(combined, len(part.dictionary))
            columns.insert(0, _plain_labels(part.dictionary.take(pa.array(which))))
        if not len(self.found):  # all are new
            self.found = Found(columns)
            return codes
        if not self._codes:
            self._codes = {labels: code for code, labels in enumerate(self.found)}
        found: Codes = np.array([*map(self._number, zip(*columns, strict=True))], np.int64)[codes]
        return found

    def _number(self, labels: tuple[Label, ...]) -> int:
        code = self._codes.setdefault(labels, len(self.found))
        if code == len(self.found):
            self.found.append(labels)
        return code


_NONE = np.empty(0, np.int64)
_TEXTS = (pa.string(), pa.large_string())


def _headers(source: RowSource, by: Sequence[str]) -> dict[str, str]:
    """The headers of the columns that make groups."""
    if not isinstance(source, TableSource):
        for name in by:
            if name not in source.names:
                raise UsageError(
                    f"there is no column {name} to group by", hint=f"give --data FILE, or --{name} 1,1,2,2"
                )
        return {name: name for name in by}
    found = {}
    for name in by:
        header = source.columns.get(name) or source.table.names.find(name)
        if header is None:
            names = source.table.names
            hint = did_you_mean(name, [*names.header, *names.aliases], f"the columns are {names.listed()}")
            raise UsageError(f"there is no column {name} to group by", hint=hint)
        found[name] = header
    source.table.check(list(found.values()))
    return found


def _keys(column: Keys) -> pa.Array:
    """Labels that can be told apart; null where there is none."""
    if not isinstance(column, np.ndarray):
        return column
    numbers = column + 0.0  # -0 is 0
    return pa.array(numbers, from_pandas=bool(np.isnan(numbers).any()))


def _missing(given: Sequence[pa.Array]) -> NDArray[np.bool_]:
    """Which rows have no label."""
    found: NDArray[np.bool_] = np.logical_or.reduce([np.asarray(pc.is_null(each)) for each in given])
    return found


def _texts_of(column: pa.Array) -> pa.Array:
    """Labels as texts where they are such; null where a text holds no value."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if column.type not in _TEXTS:
        return column if is_number(column.type) else column.cast(pa.string())
    texts = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.is_in(texts, pa.array(list(NULLS), texts.type)), pa.scalar(None, texts.type), texts)


def _starts(given: Sequence[Keys]) -> Codes:
    """The rows whose labels are others than those of the row before, and the first one; so is each without a label."""
    changes = []
    for each in given:
        if isinstance(each, np.ndarray):
            changes.append(each[1:] != each[:-1])
        else:
            changes.append(np.asarray(pc.not_equal(each.slice(1), each.slice(0, len(each) - 1))))
    return np.concatenate([[0], np.flatnonzero(reduce(np.logical_or, changes)) + 1])


def _ascending(labels: pa.Array) -> bool:
    """Whether these are numbers of which each is larger than the one before."""
    if not pa.types.is_floating(labels.type):
        return False
    numbers = labels.to_numpy(zero_copy_only=False)
    return bool((numbers[1:] > numbers[:-1]).all())


def _plain_labels(labels: pa.Array) -> list[Label]:
    """Labels as they are shown: whole numbers without a point."""
    if pa.types.is_floating(labels.type):
        numbers = labels.to_numpy(zero_copy_only=False)
        if (np.abs(numbers) < 2.0**53).all() and (numbers == np.floor(numbers)).all():
            whole: list[Label] = numbers.astype(np.int64).tolist()
            return whole
    return [_plain_label(value) for value in labels.to_pylist()]


def _plain_label(value: Any) -> Label:
    """A label as it is shown: a whole number without a point."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2.0**53:
        return int(value)
    return value if isinstance(value, int | float | str) and not isinstance(value, bool) else str(value)


def _unlabelled(by: Sequence[str], place: str) -> DataError:
    return DataError(
        f"{' and '.join(by)} have no value" if len(by) > 1 else f"{by[0]} has no value",
        hint=f"{place}: skip such rows with --nulls skip",
    )
