"""Rows as text: CSV and NDJSON. Each number reads back to the same binary64."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.faults import quoted
from exprgrad.data.formats.kinds import JSON
from exprgrad.errors import OutputError
from exprgrad.text.escapes import visible
from exprgrad.text.numbers import WORDS, word

_HINTS = {"CSV": "--format ndjson keeps lists and records, --format parquet all types", "JSON": "try --format arrow"}

Encoder = Callable[[pa.RecordBatch], Any]
"""A batch as bytes or a buffer of them."""


def check_types(schema: pa.Schema, output: str) -> None:
    """Refuse a column that "CSV" or "JSON" has no form for: OutputError."""
    for field in schema:
        if not _has_form(field.type, output):
            what = f"column {quoted(field.name)} holds {field.type}, which {output} has no form for"
            raise OutputError(what, hint=_HINTS[output])
        with _refusals(field.name, output):
            _read_zones(field.type)


def _read_zones(kind: pa.DataType) -> None:
    """Raises an error where times are those of a zone that is not known here."""
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        time = pa.scalar(0, kind)
        _ = time.cast(pa.string()), time.as_py()
    if pa.types.is_dictionary(kind):
        _read_zones(kind.value_type)
    for index in range(kind.num_fields):
        _read_zones(kind.field(index).type)


@contextmanager
def _refusals(name: str, output: str) -> Iterator[None]:
    """What pyarrow or Python cannot turn into text, such as times in the year 300,000, as OutputError."""
    try:
        yield
    except MemoryError:
        raise
    except (pa.ArrowException, ValueError, OverflowError, LookupError) as error:
        what = f"column {quoted(name)} holds what cannot be written as {output}: {visible(str(error))}"
        raise OutputError(what, hint=_HINTS[output]) from None


def _has_form(kind: pa.DataType, output: str) -> bool:
    if pa.types.is_dictionary(kind):
        return _has_form(kind.value_type, output)
    if isinstance(kind, pa.BaseExtensionType):
        return _has_form(kind.storage_type, output)
    if pa.types.is_nested(kind):
        parts = [kind.field(index).type for index in range(kind.num_fields)]
        return output == "JSON" and all(_has_form(part, output) for part in parts)
    return "binary" not in str(kind) and str(kind) != "month_day_nano_interval"


def _unwrapped(column: pa.Array) -> pa.Array:
    """The values themselves: no dictionary, no extension type, no float that is too short to compute with."""
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column.cast(pa.float32()) if pa.types.is_float16(column.type) else column


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
        columns = []
        for name, column, simple in zip(batch.schema.names, batch.columns, plain, strict=True):
            with _refusals(name, "CSV"):
                texts = _texts(column)
            columns.append(texts if simple else _quoted_texts(texts, delimiter, alone))
        return _joined(columns, delimiter)

    return encode


def ndjson_rows(batch: pa.RecordBatch) -> Any:
    """Rows as JSON objects, one a line; a number that JSON has not is the string NaN, Infinity or -Infinity."""
    import pyarrow.compute as pc  # type: ignore[import-untyped]

    parts = []
    for index, name in enumerate(batch.schema.names):
        column = batch.column(index)
        with _refusals(name, "JSON"):
            made = JSON.items() <= (batch.schema.field(index).metadata or {}).items()
            texts = column if made else _json_texts(column)
        key = f"{'{' if index == 0 else ', '}{json.dumps(name, ensure_ascii=False)}: "
        values = pc.fill_null(texts, "null")
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


def _json_texts(column: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    column = _unwrapped(column)
    kind = column.type
    if pa.types.is_floating(kind):
        texts = column.cast(pa.string())
        if pc.any(pc.equal(column, pc.trunc(column))).as_py():
            # A float stays one: many a reader takes 1 for an integer, and -0 for 0.
            bare = pc.match_substring_regex(texts, "^-?[0-9]+$")
            texts = pc.if_else(bare, pc.binary_join_element_wise(texts, ".0", ""), texts)
        if pc.all(pc.is_finite(column)).as_py() is not False:
            return texts
        words = pa.array([f'"{name}"' for name in WORDS])
        which = pc.if_else(pc.is_nan(column), 0, pc.if_else(pc.greater(column, 0), 1, 2))
        return pc.if_else(pc.is_finite(column), texts, words.take(which))
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_decimal(kind):
        return column.cast(pa.string())
    if pa.types.is_nested(kind):
        values = column.to_pylist()
        dumped = [None if value is None else json.dumps(_plain(value), ensure_ascii=False) for value in values]
        return pa.array(dumped, pa.string())
    texts = _texts(column)
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
        return word(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _texts(column: pa.Array) -> pa.Array:
    return _unwrapped(column).cast(pa.string())
