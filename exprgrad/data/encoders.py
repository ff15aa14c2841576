"""Rows as text: CSV and NDJSON. Each number reads back to the same binary64."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.faults import quoted
from exprgrad.errors import OutputError

Encoder = Callable[[pa.RecordBatch], Any]
"""A batch as bytes or a buffer of them."""


def csv_header(names: list[str], delimiter: str) -> bytes:
    """The first line."""
    special = set('"\r\n' + delimiter)
    shown = ['"' + name.replace('"', '""') + '"' if special & set(name) else name for name in names]
    return (delimiter.join(shown) or '""').encode("utf-8", "surrogatepass") + b"\n"


def csv_rows(delimiter: str) -> Encoder:
    """Rows as CSV, quoted only where a text needs it; null is an empty field."""
    import pyarrow.csv as pacsv  # type: ignore[import-untyped]

    options = pacsv.WriteOptions(include_header=False, quoting_style="none", delimiter=delimiter)

    def encode(batch: pa.RecordBatch) -> Any:
        alone = batch.num_columns == 1
        plain = [not alone and _needs_no_quotes(column, delimiter) for column in batch.columns]
        if all(plain):
            sink = pa.BufferOutputStream()
            pacsv.write_csv(batch, sink, options)
            return sink.getvalue()
        columns = [
            _texts(name, column, "CSV") if simple else _quoted_texts(_texts(name, column, "CSV"), delimiter, alone)
            for name, column, simple in zip(batch.schema.names, batch.columns, plain, strict=True)
        ]
        return _joined(columns, delimiter)

    return encode


def ndjson_rows(batch: pa.RecordBatch) -> Any:
    """Rows as JSON objects, one a line; a number that JSON has not is the string NaN, Infinity or -Infinity."""
    import pyarrow.compute as pc  # type: ignore[import-untyped]

    parts = []
    for index, name in enumerate(batch.schema.names):
        key = f"{'{' if index == 0 else ', '}{json.dumps(name, ensure_ascii=False)}: "
        values = pc.fill_null(_json_texts(name, batch.column(index)), "null")
        parts.append(pc.binary_join_element_wise(key, values, ""))
    return _joined([*parts, pa.repeat("}", batch.num_rows)], "")


def _joined(columns: list[pa.Array], separator: str) -> Any:
    """The texts of each row joined, each row ended: the characters of the array are the file's."""
    import pyarrow.compute as pc

    null = {"null_handling": "replace", "null_replacement": ""}
    *before, last = (column.cast(pa.string()) for column in columns)
    rows = pc.binary_join_element_wise(*before, pc.binary_join_element_wise(last, "", "\n", **null), separator, **null)
    return rows.buffers()[2] if len(rows) else b""


def _needs_no_quotes(column: pa.Array, delimiter: str) -> bool:
    """Whether no field needs quotes, at a glance: False is "perhaps"."""
    if not pa.types.is_string(column.type):
        return bool(pa.types.is_primitive(column.type))
    _, offsets, data = column.buffers()
    if data is None:
        return True
    first, end = (
        int.from_bytes(offsets[4 * i : 4 * i + 4], "little") for i in (column.offset, column.offset + len(column))
    )
    characters = bytes(data[first:end])
    return not any(special.encode() in characters for special in ('"', delimiter, "\n", "\r"))


def _quoted_texts(texts: pa.Array, delimiter: str, alone: bool) -> pa.Array:
    """The fields, quoted where they must be: an empty one too if it is `alone`, as an empty line is no row."""
    import pyarrow.compute as pc

    texts = pc.fill_null(texts, "") if alone else texts
    special = pc.match_substring_regex(texts, f'["\\r\\n{delimiter}]' + ("|^$" if alone else ""))
    quotes = pc.binary_join_element_wise('"', pc.replace_substring(texts, '"', '""'), '"', "")
    return pc.if_else(special, quotes, texts)


def _json_texts(name: str, column: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
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
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        values = column.to_pylist()
        try:
            return pa.array([None if value is None else json.dumps(value, ensure_ascii=False) for value in values])
        except (TypeError, ValueError):
            raise OutputError(f"column {quoted(name)} holds {kind}, which JSON has no form for") from None
    texts = _texts(name, column, "NDJSON")
    if pc.any(pc.match_substring_regex(texts, '["\\\\\\x00-\\x1f]')).as_py():
        escaped = [None if value is None else json.dumps(value, ensure_ascii=False) for value in texts.to_pylist()]
        return pa.array(escaped, pa.string())
    return pc.binary_join_element_wise('"', texts, '"', "")


def _texts(name: str, column: pa.Array, output: str) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    try:
        return column.cast(pa.string())
    except pa.ArrowException:
        raise OutputError(f"column {quoted(name)} holds {column.type}, which {output} has no form for") from None
