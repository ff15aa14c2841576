"""Tables as NDJSON (JSON Lines): one object a line, its keys the columns; an absent key is null.

The words "NaN", "Infinity" and "-Infinity", which JSON has no numbers for, are numbers here.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.json as pajson  # type: ignore[import-untyped]

from exprgrad.data.faults import CONVERT, MisfitError, not_a_number, quoted
from exprgrad.data.formats.kinds import JSON, REFUSALS, texts_for_times
from exprgrad.data.piece import Piece
from exprgrad.data.stores.streams import Source
from exprgrad.data.text.chunks import LONGEST, in_order, too_long
from exprgrad.data.text.lines import Lines
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible
from exprgrad.text.numbers import WORDS

_QUOTED_WORD = re.compile(rb':\s*"(NaN|-?Infinity)"')
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_TOKEN = re.compile(rb'("(?:[^"\\]|\\.)*+")(\s*+:)?|[\[{\]}]')
_BOM = b"\xef\xbb\xbf"
_UNFIT = (*REFUSALS, OverflowError, TypeError, UnicodeError)
_FIRST = 1 << 20
"""Bytes whose lines show which columns there are, or more where the first line is longer."""
_DEEPEST = 60
"""Lists and objects within each other, a row being the first: pyarrow ends the process over some ten thousand, and
writes no more than 64."""


class Ndjson:
    """An NDJSON file or pipe."""

    def __init__(self, source: Source, cut: tuple[int, int] | None = None, types: pa.Schema | None = None):
        """All of its rows, or those from a byte on, before another, whose columns are of such types."""
        self.name = source.name
        self.origin = source.origin
        size = _FIRST
        while b"\n" not in (start := source.peek(size)) and len(start) == size:
            if size >= LONGEST:
                raise too_long(self.name)
            size *= 4
        skip = len(_BOM) if start.startswith(_BOM) else 0
        self.lines = Lines(source, None, skip, cut)
        self.first = self.lines.first
        self._types = types
        end = start.rfind(b"\n") + 1 if len(start) == size else len(start)
        block = memoryview(start)[skip:end]
        try:
            names = list(_parsed(block, None).schema.names)
        except REFUSALS:
            try:
                names = list(dict.fromkeys(key for record in _all_records(bytes(block)) for key in record))
            except MisfitError as misfit:
                raise misfit.at(self.name, 0) from None
        if not names:
            raise DataError(f"{visible(self.name)} has no rows")
        self.header = tuple(names)

    def pieces(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[Piece]:
        """The used columns as numbers; `whole` adds all of them in the types that the first rows show."""
        with closing(self.lines.blocks()) as blocks:
            yield from self._pieces(blocks, used, whole, texts)

    def _pieces(self, blocks: Iterator[memoryview], used: Sequence[str], whole: bool, texts: bool) -> Iterator[Piece]:
        schema = self._types if whole else pa.schema([(name, pa.float64()) for name in used])
        if schema is None:
            first = next(blocks, None)
            if first is None:
                return
            schema = self._shown(first, used, texts)
            blocks = chain([first], blocks)

        def parse(block: memoryview) -> Piece:
            table = _read(block, schema, whole)
            used_columns = [table.column(name).combine_chunks() for name in used]
            if not whole:
                return Piece(used_columns, None)
            return Piece(
                used_columns, pa.RecordBatch.from_arrays([c.combine_chunks() for c in table.columns], schema=schema)
            )

        for block, parsed in in_order(parse, blocks):
            try:
                piece = parsed.result()
            except MisfitError as misfit:
                yield from self.lines.before(parse, block, misfit)
                raise
            yield piece

    def count(self) -> int:
        """How many rows there are, whatever they hold."""
        with closing(self.lines.blocks()) as blocks:
            return sum(1 for block in blocks for line in bytes(block).split(b"\n") if line.strip())

    def types(self, used: Sequence[str], texts: bool) -> pa.Schema:
        """Of all columns in whole rows, as the first rows of the file show them."""
        return self._shown(self.lines.sample(), used, texts)

    def _shown(self, block: memoryview, used: Sequence[str], plain: bool) -> pa.Schema:
        """The used columns are numbers, whatever the first rows hold."""
        try:
            found = _parsed(block, None).schema
        except REFUSALS:
            found = _schema_of(_all_records(bytes(block)), plain)
        for name in self.header:
            if found.get_field_index(name) < 0:
                found = found.append(pa.field(name, pa.string()))
        return pa.schema(_used(f) if f.name in used else f.with_type(texts_for_times(f.type)) for f in found)


def _used(field: pa.Field) -> pa.Field:
    """A column of numbers, whole ones if they are."""
    whole = pa.types.is_integer(field.type) or pa.types.is_boolean(field.type)
    return pa.field(field.name, field.type if whole else pa.float64())


def _read(block: memoryview, schema: pa.Schema, whole: bool) -> pa.Table:
    """The columns of the schema; MisfitError at the first line that does not fit."""
    if not bytes(block).strip():
        return schema.empty_table()
    options = pajson.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error" if whole else "ignore")
    # pyarrow takes a bare NaN for a number, which is quick; the last resort, line by line, is not.
    mixed = any(field.metadata for field in schema)
    for text in () if mixed else (lambda: block, lambda: _QUOTED_WORD.sub(rb": \1", bytes(block))):
        try:
            return _parsed(text(), options).select(schema.names)
        except REFUSALS:
            continue
    records, misfit = _records(bytes(block))
    misfits = [misfit] if misfit else []
    if whole:
        misfits += _unknown(records, set(schema.names))
    arrays = []
    for field in schema:
        try:
            arrays.append(_as_array(records, field))
        except MisfitError as misfit:
            misfits.append(misfit)
    if misfits:
        raise min(misfits, key=lambda misfit: misfit.row)
    return pa.Table.from_arrays(arrays, schema=schema)


def _all_records(text: bytes) -> list[dict[str, Any]]:
    """The objects of the lines; MisfitError where one is none."""
    records, misfit = _records(text)
    if misfit:
        raise misfit
    return records


def _records(text: bytes) -> tuple[list[dict[str, Any]], MisfitError | None]:
    """The objects of the lines, numbers as floats or ints as they are written, up to a line that is none."""
    records: list[dict[str, Any]] = []
    for line in text.split(b"\n"):
        if not line.strip():
            continue
        try:
            if (deep := _too_deep(line)) >= 0:
                return records, MisfitError(len(records), f"nested more than {_DEEPEST} deep", _column(line, deep))
            record = json.loads(line.decode("utf-8"), parse_int=_integer)
        except UnicodeDecodeError as error:
            return records, MisfitError(len(records), "not UTF-8", _column(line, error.start), CONVERT)
        except json.JSONDecodeError as error:
            return records, MisfitError(len(records), f"invalid JSON at character {error.pos + 1}: {error.msg}")
        except ValueError:
            return records, MisfitError(len(records), "invalid JSON")
        if not isinstance(record, dict):
            return records, MisfitError(len(records), "not a JSON object")
        if b"\\u" in line and (odd := next((key for key in record if not _is_text(key)), None)) is not None:
            return records, MisfitError(len(records), "no Unicode text, half of a surrogate pair", odd)
        records.append(record)
    return records, None


def _column(line: bytes, place: int) -> str | None:
    """The key of the row which the byte at a place is in, or in whose value it is."""
    depth, found = 0, None
    for token in _TOKEN.finditer(line):
        if token.start() > place:
            break
        if token[0] in b"[{":
            depth += 1
        elif token[0] in b"]}":
            depth -= 1
        elif depth == 1 and token[2]:
            found = token[1]
    if found is None:
        return None
    try:
        return str(json.loads(found))
    except ValueError:
        return found[1:-1].decode("utf-8", "backslashreplace")


def _too_deep(line: bytes) -> int:
    """Where a line goes deeper than is read; -1 if it does not."""
    if line.count(b"[") + line.count(b"{") <= _DEEPEST:
        return -1
    # What is within quotes counts for nothing.
    characters = np.frombuffer(_TEXT.sub(lambda text: b"." * len(text[0]), line), np.uint8) | 0x20
    depth = np.cumsum((characters == ord("{")).astype(np.int32) - (characters == ord("}")))
    place = int(np.argmax(depth > _DEEPEST))
    return place if depth[place] > _DEEPEST else -1


def _is_text(key: str) -> bool:
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_sure(text: bytes | memoryview) -> bool:
    """Whether each line is a row as far as can be seen, in UTF-8, and none goes deeper than is read."""
    try:
        str(text, "utf-8")
    except UnicodeDecodeError:
        return False
    characters = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(characters == ord("\n"))
    if not len(ends) or ends[-1] != len(characters) - 1:
        ends = np.append(ends, len(characters))
    starts = np.append(0, ends[:-1] + 1)
    if ends[0] == 0 or (np.diff(ends) == 1).any():
        return _are_rows(bytes(text).split(b"\n"))
    if (characters[starts] != ord("{")).any() or (characters[ends - 1] != ord("}")).any():
        return _are_rows(bytes(text).split(b"\n"))
    opening = np.flatnonzero(characters | 0x20 == ord("{"))
    if (opening[_DEEPEST:] - opening[:-_DEEPEST]).min(initial=len(characters)) > (ends - starts).max():
        return True
    counts = np.diff(np.searchsorted(opening, np.append(starts, len(characters))))
    doubtful = np.flatnonzero(counts > _DEEPEST)
    return not any(_too_deep(bytes(text[starts[line] : ends[line]])) >= 0 for line in doubtful)


def _are_rows(lines: Iterable[bytes]) -> bool:
    """The same of lines with spaces around the rows, or of blank ones."""
    return all(row[:1] == b"{" and row[-1:] == b"}" and _too_deep(row) < 0 for line in lines if (row := line.strip()))


def _integer(digits: str) -> int | float:
    """As pyarrow reads it: the sign of a zero is kept."""
    return -0.0 if digits == "-0" else int(digits)


def _unknown(records: list[dict[str, Any]], known: set[str]) -> Iterator[MisfitError]:
    """The first key that is none of those known."""
    for row, record in enumerate(records):
        if not record.keys() <= known:
            name = next(key for key in record if key not in known)
            yield MisfitError(row, "the rows before it have no such key", name)
            return


def _schema_of(records: list[dict[str, Any]], plain: bool) -> pa.Schema:
    """The types that objects show; a column of several types is JSON texts, or as they are if `plain`."""
    fields = []
    for name in dict.fromkeys(key for record in records for key in record):
        values = [record.get(name) for record in records]
        if any(type(value) in (int, float) for value in values):
            values = [WORDS.get(value, value) if isinstance(value, str) else value for value in values]
        try:
            fields.append(pa.field(name, pa.array(values).type))
        except _UNFIT:
            fields.append(pa.field(name, pa.string(), metadata={b"plain": b""} if plain else JSON))
    return pa.schema(fields)


def _as_array(records: list[dict[str, Any]], field: pa.Field) -> pa.Array:
    """A column of objects in its type."""
    name, kind = field.name, field.type
    values = [record.get(name) for record in records]
    if pa.types.is_floating(kind):
        values = [_number(row, name, value) for row, value in enumerate(values)]
    elif field.metadata:
        as_is = b"plain" in field.metadata
        values = [v if v is None or (as_is and isinstance(v, str)) else json.dumps(v) for v in values]
    try:
        return pa.array(values, kind)
    except _UNFIT:
        raise _mixed(name, values, kind) from None


def _number(row: int, name: str, value: object) -> float | None:
    if value is None or isinstance(value, float):
        return value
    if isinstance(value, str):
        if value in WORDS:
            return WORDS[value]
        raise not_a_number(row, name, value)
    if isinstance(value, int):
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    raise MisfitError(row, f"{'a list' if isinstance(value, list) else 'an object'} is not a number", name)


def _mixed(name: str, values: list[Any], kind: pa.DataType) -> MisfitError:
    """The first value that does not go with the type of those before it."""
    for row in range(len(values)):
        try:
            pa.array(values[row : row + 1], kind)
        except _UNFIT:
            if pa.types.is_integer(kind) and not isinstance(values[row], bool):
                _number(row, name, values[row])
            return MisfitError(row, f"{quoted(json.dumps(values[row]))} does not go with the values before it", name)
    return MisfitError(0, "values that do not go together", name)


def _parsed(text: bytes | memoryview, options: pajson.ParseOptions | None) -> pa.Table:
    """All of the text as one block, on this thread; pa.ArrowInvalid where pyarrow is not to see it."""
    if not _is_sure(text):
        raise pa.ArrowInvalid("lines that are to be looked at one by one")
    read = pajson.ReadOptions(use_threads=False, block_size=len(text) + 1)
    return pajson.read_json(pa.BufferReader(pa.py_buffer(text)), read_options=read, parse_options=options)
