"""Rows written as JSON objects, one a line. A number that JSON has not is the string NaN, Infinity or -Infinity."""

from __future__ import annotations

import json
import math
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data import compute as pc
from exprgrad.data.formats.format import Encoder
from exprgrad.data.formats.kinds import JSON
from exprgrad.data.formats.texts import TextEncoder, check_types, joined, refusals, texts_of, unwrapped


def write(sink: Any, schema: pa.Schema, streamed: bool) -> Encoder:
    """An encoder: see `format.Codec`."""
    check_types(schema, "JSON")
    return TextEncoder(sink, b"", _to_text)


def _to_text(batch: pa.RecordBatch) -> Any:
    """Rows as JSON objects, one a line; a number that JSON does not have is the string NaN, Infinity or -Infinity."""
    parts = []
    for index, name in enumerate(batch.schema.names):
        column = batch.column(index)
        with refusals(name, "JSON"):
            made = JSON.items() <= (batch.schema.field(index).metadata or {}).items()
            texts = column if made else _json_texts(column)
        key = f"{'{' if index == 0 else ', '}{json.dumps(name, ensure_ascii=False)}: "
        values = pc.fill_null(texts, "null")
        parts.append(pc.binary_join_element_wise(key, values, ""))
    return joined([*parts, pa.repeat("}", batch.num_rows)], "")


def _json_texts(column: pa.Array) -> pa.Array:
    column = unwrapped(column)
    kind = column.type
    if pa.types.is_floating(kind):
        texts = column.cast(pa.string())
        if pc.any(pc.equal(column, pc.trunc(column))).as_py():
            # A float stays one: many a reader takes 1 for an integer, and -0 for 0.
            bare = pc.match_substring_regex(texts, "^-?[0-9]+$")
            texts = pc.if_else(bare, pc.binary_join_element_wise(texts, ".0", ""), texts)
        if pc.all(pc.is_finite(column)).as_py() is not False:
            return texts
        words = pa.array(['"NaN"', '"Infinity"', '"-Infinity"'])
        which = pc.if_else(pc.is_nan(column), 0, pc.if_else(pc.greater(column, 0), 1, 2))
        return pc.if_else(pc.is_finite(column), texts, words.take(which))
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_decimal(kind):
        return column.cast(pa.string())
    if pa.types.is_nested(kind):
        values = column.to_pylist()
        dumped = [None if value is None else json.dumps(_plain(value), ensure_ascii=False) for value in values]
        return pa.array(dumped, pa.string())
    texts = texts_of(column)
    if pc.any(pc.match_substring_regex(texts, '["\\\\\\x00-\\x1f]')).as_py():
        escaped = [None if value is None else json.dumps(value, ensure_ascii=False) for value in texts.to_pylist()]
        return pa.array(escaped, pa.string())
    return pc.binary_join_element_wise('"', texts, '"', "")


def _plain(value: Any) -> Any:
    """A nested value in what JSON has: words for nan and the infinite, texts for times and decimals."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value if value is None or isinstance(value, str | int | float) else str(value)
