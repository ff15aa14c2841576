"""Fields of records as columns: `pos.x` is the field x of the record pos, unless a column has that very name."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

Path = tuple[str, ...]
"""The names of a column and of the fields within it, from outside."""


def paths_of(schema: pa.Schema) -> dict[str, Path]:
    """The fields of records that can be used as columns, by their names with dots between them. Those that could be
    meant in two ways are left out."""
    names = Counter(schema.names)
    tops = (field for field in schema if names[field.name] == 1)
    return unmistakable((path for field in tops for path in _within((field.name,), field.type)), names)


def unmistakable(paths: Iterable[Path], names: Collection[str]) -> dict[str, Path]:
    """Those of the paths by their names that are neither another's nor a column's."""
    found = list(paths)
    written = Counter(".".join(path) for path in found)
    named = {".".join(path): path for path in found}
    return {name: path for name, path in named.items() if written[name] == 1 and name not in names}


def _within(path: Path, kind: pa.DataType) -> list[Path]:
    if not pa.types.is_struct(kind):
        return []
    fields = [kind.field(place) for place in range(kind.num_fields)]
    names = Counter(field.name for field in fields)
    found: list[Path] = []
    for field in fields:
        if names[field.name] == 1:
            inner = (*path, field.name)
            found += _within(inner, field.type) or [inner]
    return found


def column_of(batch: pa.RecordBatch, name: str) -> pa.Array:
    """The column of this name, or the field; null where a record around it is."""
    if name in batch.schema.names:
        return batch.column(name)
    first, *inner = paths_of(batch.schema)[name]
    return within(batch.column(first), inner)


def within(array: pa.Array, path: Iterable[str]) -> pa.Array:
    """The field of the records in an array; null where a record around it is."""
    for key in path:
        if pa.types.is_null(array.type):
            break
        array = array.flatten()[array.type.get_field_index(key)]
    return array


def changed(kind: pa.DataType, path: Path, change: Callable[[pa.DataType], pa.DataType]) -> pa.DataType:
    """The type of records with another type of the field within it."""
    if not path:
        return change(kind)
    fields = [kind.field(place) for place in range(kind.num_fields)]
    return pa.struct([f.with_type(changed(f.type, path[1:], change)) if f.name == path[0] else f for f in fields])


def record_of(paths: Iterable[tuple[Path, pa.DataType]]) -> pa.DataType:
    """The type of records with these fields alone, each of a type."""
    inner: dict[str, list[tuple[Path, pa.DataType]]] = {}
    for path, kind in paths:
        inner.setdefault(path[0], []).append((path[1:], kind))
    fields = []
    for key, rest in inner.items():
        fields.append((key, record_of(rest) if all(path for path, _ in rest) else rest[-1][1]))
    return pa.struct(fields)


def of_row(row: Any, path: Path) -> Any:
    """The value within an object of JSON; None where there is none."""
    for key in path:
        row = row.get(key) if isinstance(row, dict) else None
    return row


def field_of(rows: pa.RecordBatch, name: str) -> pa.Array:
    """A field of records that is not of numbers. Where the records are of several types, they are texts of JSON."""
    if name in paths_of(rows.schema):
        return column_of(rows, name)
    top = next((top for top in rows.schema.names if name.startswith(f"{top}.")), None)
    if top is None or not pa.types.is_string(rows.schema.field(top).type):
        return pa.nulls(rows.num_rows)
    path = tuple(name.removeprefix(f"{top}.").split("."))
    values = (None if text is None else of_row(json.loads(text), path) for text in rows.column(top).to_pylist())
    return pa.array([None if value is None else str(value) for value in values], pa.string())
