"""Values of Python, as workbooks and databases give them, as Arrow columns, in which values of several types may be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.batch import FileBatch
from exprgrad.data.faults import MisfitError, not_a_number, quoted

_KINDS: list[tuple[set[type], pa.DataType]] = [
    ({bool}, pa.bool_()),
    ({int}, pa.int64()),
    ({bool, int, float}, pa.float64()),
    ({date, datetime}, pa.timestamp("us")),
    ({time}, pa.time64("us")),
    ({timedelta}, pa.duration("us")),
    ({str}, pa.string()),
    ({bytes}, pa.binary()),
]
"""The types of columns, by those of their values; any other mixture is of texts."""


def kind_of(values: Iterable[Any]) -> pa.DataType:
    """The type of a column with these values."""
    found = {type(value) for value in values if value is not None}
    if not found:
        return pa.null()
    return next((kind for types, kind in _KINDS if found <= types), pa.string())


def kinds_of(columns: Iterable[Iterable[Any]]) -> list[pa.DataType]:
    """The types of columns in whole rows: one without values is of texts."""
    kinds = map(kind_of, columns)
    return [pa.string() if pa.types.is_null(kind) else kind for kind in kinds]


def batch_of(
    header: Sequence[str], columns: Sequence[Sequence[Any]], used: Sequence[str], kinds: Sequence[pa.DataType] | None
) -> FileBatch:
    """Some rows as a batch; whole rows too, if their types are known. Raises MisfitError for the first value that does
    not go with them."""
    places = {name: place for place, name in enumerate(header)}
    misfits: list[MisfitError] = []
    arrays: list[pa.Array] = []
    for name in used:
        try:
            arrays.append(_used(name, columns[places[name]]))
        except MisfitError as misfit:
            misfits.append(misfit)
    whole: list[pa.Array] = []
    for place, kind in enumerate(kinds or ()):
        try:
            whole.append(_typed(header[place], columns[place], kind))
        except MisfitError as misfit:
            misfits.append(misfit)
    if misfits:
        raise min(misfits, key=lambda misfit: misfit.row)
    batch = None if kinds is None else pa.RecordBatch.from_arrays(whole, names=list(header))
    return FileBatch(arrays, batch)


def _used(name: str, values: Sequence[Any]) -> pa.Array:
    """The values of a column that is used: numbers where any is one."""
    kind = kind_of(values)
    if not pa.types.is_string(kind):
        return _typed(name, values, kind)
    numbers = [row for row, value in enumerate(values) if isinstance(value, float | int)]
    if not numbers:
        texts = [value for value in values if value is not None]
        if all(isinstance(value, str) for value in texts):
            row = next((row for row, value in enumerate(values) if value is not None and is_number(value)), None)
            if row is None:
                return pa.array(values, pa.string())
            raise number_as_text(row, name, values[row])
    for row, value in enumerate(values):
        if isinstance(value, str) and is_number(value):
            raise number_as_text(row, name, value)
        if value is not None and not isinstance(value, float | int):
            raise not_a_number(row, name, shown(value))
    raise not_a_number(0, name, "")


def _typed(name: str, values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """The values in a type that earlier ones have shown."""
    if pa.types.is_string(kind):
        return pa.array([None if value is None else shown(value) for value in values], kind)
    if pa.types.is_floating(kind):
        try:
            return pa.array(values, kind)
        except (pa.ArrowException, OverflowError, TypeError, ValueError):
            pass  # a bool, or a whole number that float64 does not hold, or a misfit
        for row, value in enumerate(values):
            if value is not None and not isinstance(value, float | int):
                raise not_a_number(row, name, shown(value))
        return pa.array([None if value is None else float(value) for value in values], kind)
    if pa.types.is_timestamp(kind):
        values = [datetime(*value.timetuple()[:3]) if type(value) is date else value for value in values]
    try:
        return pa.array(values, kind)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        for row, value in enumerate(values):
            if value is not None and not _fits(value, kind):
                what = f"{quoted(shown(value))} does not go with the values before it, of type {kind}"
                raise MisfitError(row, what, name, "--format csv keeps all texts as they are") from None
        raise MisfitError(0, "values that do not go together", name) from None


def _fits(value: Any, kind: pa.DataType) -> bool:
    try:
        pa.array([value], kind)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        return False
    return True


def number_as_text(row: int, name: str, text: str) -> MisfitError:
    """The error for a text that says a number."""
    query = f"""--query 'SELECT * REPLACE ("{name}"::DOUBLE AS "{name}") FROM data'"""
    plain = not set(name) & set("\"'\\")
    hint = "write it as a number where it comes from" + (f", or give {query}" if plain else "")
    return MisfitError(row, f"{quoted(text)} is a text, not a number", name, hint)


def is_number(text: Any) -> bool:
    """Whether a text says a number."""
    try:
        float(text)
    except (ValueError, TypeError):
        return False
    return True


def shown(value: Any) -> str:
    """A value as text: whole numbers without a point, times as ISO 8601."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else str(value)
