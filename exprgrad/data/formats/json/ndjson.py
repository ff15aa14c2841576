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

from exprgrad.data.batch import FileBatch
from exprgrad.data.faults import MisfitError
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
from exprgrad.data.formats.nested import Path, changed, paths_of, record_of, unmistakable, within
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.stores.bytesource import Bounds, ByteSource
from exprgrad.data.text.batches import LONGEST, too_long
from exprgrad.data.text.lines import Lines
from exprgrad.data.threads import in_order
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

_QUOTED_WORD = re.compile(rb':\s*"(NaN|-?Infinity)"')
_BOM = b"\xef\xbb\xbf"
_FIRST = 1 << 20
"""Bytes whose lines show which columns there are, or more where the first line is longer."""


def read(source: ByteSource, options: ReadOptions, bounds: Bounds | None, types: pa.Schema | None) -> Ndjson:
    """A reader: see `format.Codec`."""
    return Ndjson(source, bounds, types)


class Ndjson:
    """An NDJSON file or pipe."""

    notes = ()

    def __init__(self, source: ByteSource, bounds: Bounds | None = None, types: pa.Schema | None = None):
        """All of its rows, or those of the part within `bounds`, whose columns are of these types."""
        self.name = source.name
        self.origin = source.origin
        size = _FIRST
        while b"\n" not in (start := source.peek(size)) and len(start) == size:
            if size >= LONGEST:
                raise too_long(self.name)
            size *= 4
        skip = len(_BOM) if start.startswith(_BOM) else 0
        self.lines = Lines(source, None, skip, bounds)
        self.first = self.lines.first
        self._types = types
        end = start.rfind(b"\n") + 1 if len(start) == size else len(start)
        rows = memoryview(start)[skip:end]
        try:
            schema = _parsed(rows, None).schema
            names, paths = schema.names, paths_of(schema)
        except REFUSALS:
            try:
                objects = all_objects(bytes(rows))
                names = list(dict.fromkeys(key for row in objects for key in row))
                paths = unmistakable(paths_in(objects), names)
            except MisfitError as misfit:
                raise misfit.at(self.name, 0) from None
        if not names:
            raise DataError(f"{visible(self.name)} has no rows")
        self.header = tuple(names)
        self._paths = paths
        self.nested = self._paths.keys()

    def batches(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[FileBatch]:
        """The used columns as numbers; `whole` adds all of them in the types that the first rows show."""
        with closing(self.lines.batches()) as batches:
            yield from self._batches(batches, used, whole, texts)

    def _batches(
        self, batches: Iterator[memoryview], used: Sequence[str], whole: bool, texts: bool
    ) -> Iterator[FileBatch]:
        schema = self._types if whole else self._numbers(used)
        paths = {name: self._paths.get(name, (name,)) for name in used}
        apart: pa.Schema | None = None
        if schema is None:
            first = next(batches, None)
            if first is None:
                return
            schema = self._shown(first, used, texts)
            batches = chain([first], batches)

        if any(path[1:] and not pa.types.is_struct(schema.field(path[0]).type) for path in paths.values()):
            apart = self._numbers(used)  # records with values of several types are texts

        def parse(rows: memoryview) -> FileBatch:
            table = _read(rows, schema, whole, paths)
            of_numbers = table if apart is None else _read(rows, apart, False, paths)
            used_columns = [within(of_numbers.column(path[0]).combine_chunks(), path[1:]) for path in paths.values()]
            if not whole:
                return FileBatch(used_columns, None)
            return FileBatch(
                used_columns, pa.RecordBatch.from_arrays([c.combine_chunks() for c in table.columns], schema=schema)
            )

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
        fields = {f.name: _used(f) if f.name in used else f.with_type(texts_for_times(f.type)) for f in found}
        for name in used:
            if name in self._paths and pa.types.is_struct(fields[self._paths[name][0]].type):
                first, *inner = self._paths[name]
                fields[first] = fields[first].with_type(changed(fields[first].type, tuple(inner), _as_number))
        return pa.schema(fields.values())

    def _numbers(self, used: Sequence[str]) -> pa.Schema:
        """The used columns as numbers; of records only the fields that are used."""
        fields = {name: pa.float64() for name in used if name not in self._paths}
        paths = [self._paths[name] for name in used if name in self._paths]
        for first in dict.fromkeys(path[0] for path in paths):
            fields.setdefault(first, record_of(path[1:] for path in paths if path[0] == first))
        return pa.schema(fields.items())


def _used(field: pa.Field) -> pa.Field:
    """The field of a column that is used: whole numbers stay so, else float64."""
    return pa.field(field.name, _as_number(field.type))


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
