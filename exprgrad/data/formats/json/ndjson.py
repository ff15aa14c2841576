"""Tables as NDJSON (JSON Lines), read: one object a line, its keys the columns; an absent key is null.

The words "NaN", "Infinity" and "-Infinity", which JSON has no numbers for, are numbers here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.json as pajson  # type: ignore[import-untyped]

from exprgrad.data.aliases import headers_of
from exprgrad.data.batch import FileBatch, first_rounded, floats, is_beyond
from exprgrad.data.faults import MisfitError, not_a_time
from exprgrad.data.formats.json.objects import (
    DEEPEST,
    all_objects,
    as_array,
    not_numbers,
    objects_of,
    paths_in,
    schema_of,
    too_deep,
    unknown_keys,
)
from exprgrad.data.formats.kinds import REFUSALS, texts_for_times
from exprgrad.data.formats.nested import Path, changed, of_row, paths_of, record_of, unmistakable, within
from exprgrad.data.formats.threads import in_order
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.stores.bytesource import Bounds, ByteSource
from exprgrad.data.text.batches import LONGEST, too_long
from exprgrad.data.text.lines import Lines
from exprgrad.data.times import DATE, from_texts, kind_of_text
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

_QUOTED_WORD = re.compile(rb':\s*"(NaN|-?Infinity)"')
_BOM = b"\xef\xbb\xbf"
_FIRST = 1 << 20
"""Bytes whose lines show which columns there are, or more where the first line is longer."""


def read(source: ByteSource, options: ReadOptions, bounds: Bounds | None, types: pa.Schema | None) -> Ndjson:
    """A reader: see `format.Codec`."""
    return Ndjson(source, bounds, types, [name for name, _ in options.times])


class Ndjson:
    """An NDJSON file or pipe."""

    notes = ()

    def __init__(
        self,
        source: ByteSource,
        bounds: Bounds | None = None,
        types: pa.Schema | None = None,
        times: Sequence[str] = (),
    ):
        """All of its rows, or those of the part within `bounds`, whose columns are of these types. The columns `times`
        are of times, whatever the first rows show."""
        self.name = source.name
        self.origin = source.origin
        self._source = source
        skip = len(_BOM) if source.start.startswith(_BOM) else 0
        self.lines = Lines(source, None, skip, bounds)
        self.first = self.lines.first
        self._types = types
        rows = self._start()
        try:
            schema = _parsed(rows, None).schema
            paths = paths_of(schema)
        except REFUSALS:
            try:
                objects = all_objects(bytes(rows))
                schema = schema_of(objects, True)
                paths = unmistakable(paths_in(objects), schema.names)
            except MisfitError as misfit:
                raise misfit.at(self.name, 0) from None
        if not schema.names:
            raise DataError(f"{visible(self.name)} has no rows")
        self.header = tuple(schema.names)
        self._paths = paths
        self.nested = paths.keys()
        self._texts = {f.name for f in schema if pa.types.is_string(f.type) or pa.types.is_timestamp(f.type)}
        known = [*self.header, *self.nested]
        self._times = set(headers_of(times, known)) & set(known)

    def _start(self) -> memoryview:
        """The first rows of the file."""
        size = _FIRST
        while b"\n" not in (start := self._source.peek(size)) and len(start) == size:
            if size >= LONGEST:
                raise too_long(self.name)
            size *= 4
        skip = len(_BOM) if start.startswith(_BOM) else 0
        end = start.rfind(b"\n") + 1 if len(start) == size else len(start)
        return memoryview(start)[skip:end]

    def batches(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[FileBatch]:
        """The used columns as numbers or times; `whole` adds all of them in the types that the first rows show."""
        kinds = self._kinds(used)
        with closing(self.lines.batches()) as batches:
            yield from self._batches(batches, used, kinds, whole, texts)

    def _kinds(self, used: Sequence[str]) -> dict[str, str]:
        """The kinds of times in used columns, as the first value in the first rows of the file shows it."""
        found = dict.fromkeys(self._times & set(used), DATE)
        if names := (self._texts | self.nested) & set(used):
            for row in reversed(all_objects(bytes(self._start()))):
                for name in names:
                    value = of_row(row, self._paths.get(name, (name,)))
                    if isinstance(value, str):
                        found[name] = kind_of_text(value) or found.get(name, "")
                    elif value is not None and name in self.nested:
                        found[name] = ""
        return {name: kind for name, kind in found.items() if kind}

    def _batches(
        self, batches: Iterator[memoryview], used: Sequence[str], kinds: dict[str, str], whole: bool, texts: bool
    ) -> Iterator[FileBatch]:
        schema = self._types if whole else self._of_used(used, kinds)
        paths = {name: self._paths.get(name, (name,)) for name in used}
        numbers = {name: path for name, path in paths.items() if name not in kinds}
        apart: pa.Schema | None = None
        if schema is None:
            first = next(batches, None)
            if first is None:
                return
            schema = self._shown(first, used, texts)
            batches = chain([first], batches)

        if any(path[1:] and not pa.types.is_struct(schema.field(path[0]).type) for path in paths.values()):
            apart = self._of_used(used, kinds)  # records with values of several types are texts

        def parse(rows: memoryview) -> FileBatch:
            table = _read(rows, schema, whole, numbers)
            from_table = table if apart is None else _read(rows, apart, False, numbers)
            columns = [
                _of_kind(within(from_table.column(path[0]).combine_chunks(), path[1:]), name, kinds.get(name))
                for name, path in paths.items()
            ]
            rounded = [(name, _rounded(rows, name, column)) for name, column in zip(used, columns, strict=True)]
            batch = None
            if whole:
                batch = pa.RecordBatch.from_arrays([c.combine_chunks() for c in table.columns], schema=schema)
            return FileBatch(columns, batch, tuple((name, text) for name, text in rounded if text))

        for rows, parsed in in_order(parse, batches):
            try:
                batch = parsed.result()
            except MisfitError as misfit:
                yield from self.lines.before(parse, rows, misfit)
                raise
            yield batch

    def divisions(self, size: int | None) -> list[tuple[Bounds, float]]:
        """See `format.DivisibleReader`."""
        return self.lines.divisions(size)

    def count(self) -> int:
        """How many rows there are, whatever they hold."""
        with closing(self.lines.batches()) as batches:
            return sum(1 for rows in batches for line in bytes(rows).split(b"\n") if line.strip())

    def types(self, used: Sequence[str], texts: bool) -> pa.Schema:
        """The types of all columns in whole rows, as the first rows of the file show them."""
        return self._shown(self.lines.sample(), used, texts)

    def _shown(self, rows: memoryview, used: Sequence[str], plain: bool) -> pa.Schema:
        """The types that these rows show; the used columns are numbers, whatever the rows hold."""
        try:
            found = _parsed(rows, None).schema
        except REFUSALS:
            found = schema_of(all_objects(bytes(rows)), plain)
        for name in self.header:
            if found.get_field_index(name) < 0:
                found = found.append(pa.field(name, pa.string()))
        kinds = self._kinds(used)
        numbers = set(used) - kinds.keys()
        fields = {f.name: _used(f) if f.name in numbers else f.with_type(texts_for_times(f.type)) for f in found}
        for name in used:
            if name in self._paths and pa.types.is_struct(fields[self._paths[name][0]].type):
                first, *inner = self._paths[name]
                change = _as_text if name in kinds else _as_number
                fields[first] = fields[first].with_type(changed(fields[first].type, tuple(inner), change))
        return pa.schema(fields.values())

    def _of_used(self, used: Sequence[str], kinds: Mapping[str, str]) -> pa.Schema:
        """The used columns, as texts those that have a kind of times, as numbers the others; of records only the fields
        that are used."""
        tops = [name for name in used if name not in self._paths]
        fields = {name: pa.string() if name in kinds else pa.float64() for name in tops}
        nested = [name for name in used if name in self._paths]
        for field in record_of((self._paths[name], pa.string() if name in kinds else pa.float64()) for name in nested):
            fields.setdefault(field.name, field.type)
        return pa.schema(fields.items())


def _of_kind(column: pa.Array, name: str, kind: str | None) -> pa.Array:
    """A used column: times where its texts are. Raises MisfitError for a text that is none."""
    if kind is None:
        return column
    found, bad = from_texts(column, kind)
    if bad is not None:
        row = int(np.argmax(bad))
        raise not_a_time(row, name, column[row].as_py(), kind)
    return found


def _rounded(rows: memoryview, name: str, column: pa.Array) -> str:
    """The first whole number of a column that float64 does not hold, as it is written; empty if there is none."""
    if not pa.types.is_floating(column.type) or not is_beyond(column):
        return ""
    try:
        options = pajson.ParseOptions(pa.schema([(name, pa.int64())]), unexpected_field_behavior="ignore")
        whole = _parsed(rows, options).column(name).combine_chunks()
    except REFUSALS:
        return ""
    return first_rounded(whole, floats(name, whole)) or ""


def _used(field: pa.Field) -> pa.Field:
    """The field of a column that is used: whole numbers stay so, else float64."""
    return pa.field(field.name, _as_number(field.type))


def _as_text(kind: pa.DataType) -> pa.DataType:
    return pa.string()


def _as_number(kind: pa.DataType) -> pa.DataType:
    return kind if pa.types.is_integer(kind) or pa.types.is_boolean(kind) else pa.float64()


def _read(rows: memoryview, schema: pa.Schema, whole: bool, used: Mapping[str, Path]) -> pa.Table:
    """The columns of the schema, in which the `used` ones are numbers. Raises MisfitError for the first line that does
    not fit."""
    if not bytes(rows).strip():
        return schema.empty_table()
    options = pajson.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error" if whole else "ignore")
    # pyarrow takes a bare NaN for a number, which is quick; the last resort, line by line, is not.
    mixed = any(field.metadata for field in schema)
    for text in () if mixed else (lambda: rows, lambda: _QUOTED_WORD.sub(rb": \1", bytes(rows))):
        try:
            return _parsed(text(), options).select(schema.names)
        except REFUSALS:
            continue
    objects, misfit = objects_of(bytes(rows))
    misfits = [misfit] if misfit else []
    if whole:
        misfits += unknown_keys(objects, set(schema.names))
    misfits += [misfit for name, path in used.items() if path[1:] and (misfit := not_numbers(objects, name, path))]
    arrays = []
    for field in schema:
        try:
            arrays.append(as_array(objects, field))
        except MisfitError as misfit:
            misfits.append(misfit)
    if misfits:
        raise min(misfits, key=lambda misfit: misfit.row)
    return pa.Table.from_arrays(arrays, schema=schema)


def _is_sure(text: bytes | memoryview) -> bool:
    """Whether pyarrow may see these lines: each looks like an object in UTF-8, and none is nested too deep."""
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
    if (opening[DEEPEST:] - opening[:-DEEPEST]).min(initial=len(characters)) > (ends - starts).max():
        return True
    counts = np.diff(np.searchsorted(opening, np.append(starts, len(characters))))
    doubtful = np.flatnonzero(counts > DEEPEST)
    return not any(too_deep(bytes(text[starts[line] : ends[line]])) >= 0 for line in doubtful)


def _are_rows(lines: Iterable[bytes]) -> bool:
    """The same, for lines with spaces around the objects, or blank ones."""
    return all(row[:1] == b"{" and row[-1:] == b"}" and too_deep(row) < 0 for line in lines if (row := line.strip()))


def _parsed(text: bytes | memoryview, options: pajson.ParseOptions | None) -> pa.Table:
    """The text read by pyarrow, on this thread. Raises pa.ArrowInvalid where pyarrow must not see it."""
    if not _is_sure(text):
        raise pa.ArrowInvalid("lines that are to be looked at one by one")
    read = pajson.ReadOptions(use_threads=False, block_size=len(text) + 1)
    return pajson.read_json(pa.BufferReader(pa.py_buffer(text)), read_options=read, parse_options=options)
