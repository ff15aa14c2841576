"""Fields of records as columns: `pos.x` is the field x of the record pos, unless a column has that very name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable

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


def record_of(paths: Iterable[Path]) -> pa.DataType:
    """The type of records with these fields alone, of numbers."""
    inner: dict[str, list[Path]] = {}
    for path in paths:
        inner.setdefault(path[0], []).append(path[1:])
    return pa.struct([(key, record_of(rest) if all(rest) else pa.float64()) for key, rest in inner.items()])
