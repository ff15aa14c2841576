"""Fields of records as columns: `pos.x` is the field x of the record pos, unless a column has that very name."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa  # type: ignore[import-untyped]

Path = tuple[str, ...]
"""The names of a column and of the fields within it, from outside."""


def paths_of(schema: pa.Schema) -> dict[str, Path]:
    """The fields of records that can be used as columns, by their names with dots between them. Those that could be
    meant in two ways are left out."""
    found: list[Path] = []
    names = Counter(schema.names)
    for field in schema:
        if names[field.name] == 1:
            found += _within((field.name,), field.type)
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
    array = batch.column(first)
    for key in inner:
        array = array.flatten()[array.type.get_field_index(key)]
    return array
