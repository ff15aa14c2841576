"""What a column holds: numbers, whole numbers, truth values, times or texts; its extremes; how many rows lack one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data import compute as pc
from exprgrad.data.batch import described, floats
from exprgrad.data.read_options import TIME_UNITS
from exprgrad.data.text.words import NULLS
from exprgrad.data.times import is_time

NUMBER, WHOLE, TRUTH, TEXT, NOTHING = "number", "whole number", "true/false", "text", "no values"
"""The types of columns; times are of the type `time in seconds` or in another unit."""

_NO_NUMBER = re.compile(r"(?!\s*[+-]?(nan|inf(inity)?|true|false)\s*$)[^0-9]*[^\W\d_][^0-9]*", re.IGNORECASE)
"""Texts that are no numbers in whatever way files write these: letters without any digit."""
_SOME = 1000
"""Rows in which such texts are looked for."""


class Contents:
    """What one column holds, batch after batch."""

    def __init__(self, words: Sequence[str] = (), unit: str = "s") -> None:
        """`words` are those that hold no value, beside the usual ones; times are counted in a `unit`."""
        self._nothing = pa.array([*NULLS, *words])
        self._unit = unit
        self._time = f"time in {TIME_UNITS[unit]}"
        self._kinds: set[str] = set()
        self._ends: tuple[float | int, float | int] | None = None
        self.missing = 0

    @property
    def type(self) -> str:
        """What all of its values are."""
        kinds = self._kinds or {NOTHING}
        if len(kinds) == 1:
            return next(iter(kinds))
        return NUMBER if kinds <= {NUMBER, WHOLE} else TEXT

    @property
    def ends(self) -> tuple[float | int, float | int] | tuple[None, None]:
        """The least and the greatest of its numbers, None where it has none."""
        if self._ends is None or self.type in (TEXT, NOTHING):
            return None, None
        least, most = self._ends
        whole = self.type != NUMBER and least == least // 1 and most == most // 1
        return (int(least), int(most)) if whole else (float(least), float(most))

    def add_numbers(self, numbers: pa.Array, whole: pa.Array) -> None:
        """Some rows as numbers, and as they are in the file."""
        if pa.types.is_integer(numbers.type):
            least, most = (end.as_py() for end in pc.min_max(numbers).values())
            self._add(len(numbers) - numbers.null_count, WHOLE, numbers.null_count)
            self._reach(least, most)
            return
        values = floats("", numbers, self._unit)
        there = values[~np.isnan(values)]
        kind = self._time if is_time(numbers.type) else _kind_of(whole, there)
        self._add(len(there), kind, len(values) - len(there))
        if len(there):
            self._reach(float(there.min()), float(there.max()))

    def add_others(self, column: pa.Array) -> None:
        """Some rows that are no numbers."""
        missing = column.null_count
        if _is_text(column.type):
            missing += pc.sum(pc.is_in(pc.utf8_trim_whitespace(column), self._nothing)).as_py() or 0
        kind = self._time if is_time(column.type) else _kind_of_type(column.type)
        self._add(len(column) - missing, kind, missing)

    def _add(self, values: int, kind: str, missing: int) -> None:
        self.missing += missing
        if values:
            self._kinds.add(kind)

    def _reach(self, least: float | int | None, most: float | int | None) -> None:
        if least is None or most is None:
            return
        before = self._ends or (least, most)
        self._ends = min(before[0], least), max(before[1], most)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _kind_of(whole: pa.Array, numbers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    """What numbers are by the way they stand in the file."""
    if pa.types.is_boolean(whole.type):
        return TRUTH
    if _is_text(whole.type):
        first = next((text.as_py() for text in whole if text.is_valid and text.as_py().strip()), "")
        if re.fullmatch(r"\s*(true|false)\s*", first, re.IGNORECASE):
            return TRUTH
    return WHOLE if np.isfinite(numbers).all() and np.all(numbers == np.floor(numbers)) else NUMBER


def _kind_of_type(kind: pa.DataType) -> str:
    if _is_text(kind):
        return TEXT
    if pa.types.is_dictionary(kind):
        return _kind_of_type(kind.value_type)
    return NOTHING if pa.types.is_null(kind) else described(kind)


def is_number(kind: pa.DataType) -> bool:
    """Whether a column of this type can be computed with."""
    known = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    return bool(known or pa.types.is_decimal(kind) or is_time(kind))


def numbers_in(column: pa.Array, words: Sequence[str]) -> pa.Array | None:
    """Texts as numbers, if all of them are but those that hold no value, as the `words` do."""
    if not _is_text(column.type):
        return column if is_number(column.type) else None
    texts = pc.utf8_trim_whitespace(column)
    try:
        return pc.if_else(pc.is_in(texts, pa.array([*NULLS, *words])), None, texts).cast(pa.float64())
    except pa.ArrowInvalid:
        return None


def surely_no_numbers(batch: pa.RecordBatch) -> Iterator[str]:
    """The columns of texts that hold no numbers, as their first rows show."""
    for field, column in zip(batch.schema, batch.columns, strict=True):
        if _is_text(field.type):
            texts = [text for text in column.slice(0, _SOME).to_pylist() if text is not None]
            if any(text.strip() not in NULLS and _NO_NUMBER.fullmatch(text) for text in texts):
                yield field.name


def cells(columns: Sequence[pa.Array], rows: int) -> Iterator[tuple[object, ...]]:
    """The first rows of columns: numbers, truth values, texts and None; what else there is, as texts."""
    yield from zip(*(map(_cell, column.slice(0, rows).to_pylist()) for column in columns), strict=True)


def _cell(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)
