"""Tables as text: CSV and TSV, with a header line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.csv as pacsv  # type: ignore[import-untyped]

from exprgrad.data.faults import CONVERT, MisfitError, not_a_number
from exprgrad.data.formats.kinds import REFUSALS, fits_floats, kind_of
from exprgrad.data.piece import Piece
from exprgrad.data.stores.bytesource import ByteSource
from exprgrad.data.text.chunks import in_order
from exprgrad.data.text.lines import Lines
from exprgrad.data.text.rows import first_end
from exprgrad.errors import DataError, LimitError
from exprgrad.text.escapes import visible

NULLS = ["", "NA", "N/A", "null", "NULL", "None"]
"""What a field says that holds no value. "nan" is a number."""

_NUMBER = re.compile(rb"[ \t]*[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|nan|inf(inity)?)[ \t]*", re.IGNORECASE)
_BOM = b"\xef\xbb\xbf"
_LONGEST_HEADER = 16 << 20
_MOST = 200_000
"""Columns: pyarrow takes 2 kB for each as it looks for the fields."""
_TOGETHER = 1 << 14
"""Columns that are read at a time: pyarrow takes some 5 kB for each."""

Types = dict[str, pa.DataType]
"""Of columns, by their position."""


class Delimited:
    """A CSV file or pipe; columns are known to pyarrow by their position, as names may be any text."""

    def __init__(
        self, source: ByteSource, delimiter: str, cut: tuple[int, int] | None = None, types: Types | None = None
    ):
        """All of its rows, or those from a byte on, before another, whose columns are of such types."""
        self.name = source.name
        self.origin = source.origin
        self._source = source
        self._delimiter = delimiter
        self.header, begin = self._read_header()
        self.lines = Lines(source, delimiter, begin, cut)
        self.first = self.lines.first
        self._types = types

    def pieces(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[Piece]:
        """The used columns as numbers; `whole` adds all of them, `texts` as the texts that they are."""
        with closing(self.lines.blocks()) as blocks:
            yield from self._pieces(blocks, used, whole, texts)

    def _pieces(self, blocks: Iterator[memoryview], used: Sequence[str], whole: bool, texts: bool) -> Iterator[Piece]:
        places = [self.header.index(name) for name in used]
        as_floats = {str(place): pa.float64() for place in places}
        everything = self._types or {}
        if whole and not everything:
            first = next(blocks, None)
            if first is None:
                batch = pa.RecordBatch.from_arrays([pa.array([], pa.string())] * len(self.header), list(self.header))
                yield Piece([pa.array([], pa.float64())] * len(places), batch)
                return
            everything = self._shown(first, used, texts)
            blocks = chain([first], blocks)
        as_texts = whole and any(pa.types.is_string(everything[place]) for place in as_floats)

        def parse(block: memoryview) -> Piece:
            if not whole:
                columns = self._columns(block, as_floats)
                return Piece([columns[str(place)] for place in places], None)
            columns = self._columns(block, everything)
            fields = list(columns.values())
            if not texts:
                fields = [_without_empty(field) for field in fields]
            batch = pa.RecordBatch.from_arrays(fields, list(self.header))
            if as_texts:
                columns = self._columns(block, as_floats)
            return Piece([columns[str(place)] for place in places], batch)

        types = [everything | as_floats, everything] if whole and not texts else [as_floats]
        for block, parsed in in_order(parse, blocks, self._threads):
            try:
                piece = parsed.result()
            except REFUSALS:
                misfit = self._refused(block, types, whole)
                yield from self.lines.before(parse, block, misfit)
                raise misfit from None
            yield piece

    def count(self) -> int:
        """How many rows there are, whatever they hold."""

        def size(block: memoryview) -> int:
            return len(self._columns(block, {"0": pa.binary()})["0"])

        with closing(self.lines.blocks()) as blocks:
            return sum(counted.result() for _, counted in in_order(size, blocks, self._threads))

    @property
    def _threads(self) -> int:
        """How many blocks are parsed at a time, as each takes memory for all columns."""
        return max(min(_MOST // len(self.header), 8), 1)

    def _columns(self, block: memoryview, types: Types) -> dict[str, pa.Array]:
        """The columns that have types."""
        names = list(types)
        found: dict[str, pa.Array] = {}
        for start in range(0, max(len(names), 1), _TOGETHER):
            some = names[start : start + _TOGETHER]
            table = self._table(block, {name: types[name] for name in some}, some)
            found |= {name: _only(table, name) for name in some}
        return found

    def _table(self, block: memoryview, types: Types, include: list[str]) -> pa.Table:
        return pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(block)),
            read_options=self._whole_block(block),
            parse_options=pacsv.ParseOptions(delimiter=self._delimiter),
            convert_options=pacsv.ConvertOptions(
                include_columns=include, column_types=types, null_values=NULLS, quoted_strings_can_be_null=True
            ),
        )

    def _whole_block(self, block: bytes | memoryview) -> pacsv.ReadOptions:
        """One block on one thread: whole rows only, and quotes that pyarrow does not cut through."""
        names = [str(place) for place in range(len(self.header))]
        return pacsv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names)

    def types(self, used: Sequence[str], texts: bool) -> Types:
        """Of all columns in whole rows, as the first rows of the file show them."""
        return self._shown(self.lines.sample(), used, texts)

    def _shown(self, block: memoryview, used: Sequence[str], texts: bool) -> Types:
        """What is used is float64, as later rows may be no whole numbers, but for numbers so large that float64 would
        change them."""
        everything = dict.fromkeys(map(str, range(len(self.header))), pa.string())
        if texts:
            return everything
        try:
            columns = self._columns(block, everything)
        except REFUSALS:
            raise self._refused(block, [{}], True) from None
        floats = {str(self.header.index(name)) for name in used}
        return {
            name: pa.float64() if name in floats and fits_floats(column, NULLS) else kind_of(column, NULLS)
            for name, column in columns.items()
        }

    def _refused(self, block: memoryview, types: Sequence[Types], whole: bool) -> MisfitError:
        """The first row that pyarrow does not read as one of these types."""
        faults = [fault for each in types if (fault := self._fault(block, each, whole))]
        nothing = MisfitError(0, "the rows that begin here are no CSV")
        return min(faults, key=lambda misfit: misfit.row, default=nothing)

    def _fault(self, block: memoryview, types: Types, whole: bool) -> MisfitError | None:
        """What pyarrow did not like, found in the texts of the fields."""
        ragged: list[MisfitError] = []

        def note(row: pacsv.InvalidRow) -> str:
            count = f"{row.actual_columns} field{'s' * (row.actual_columns != 1)}"
            what = f"{count} where the header has {row.expected_columns}"
            ragged.append(MisfitError((row.number or 1) - 1, what))
            return "skip"

        checked = [str(place) for place in range(len(self.header))] if whole else list(types)
        # pyarrow shows `note` the row as UTF-8, which it may not be: each byte goes as a character.
        characters = bytes(block).decode("latin-1").encode("utf-8")
        table = pacsv.read_csv(
            pa.BufferReader(characters),
            read_options=self._whole_block(characters),
            parse_options=pacsv.ParseOptions(delimiter=self._delimiter, invalid_row_handler=note),
            convert_options=pacsv.ConvertOptions(
                include_columns=checked,
                column_types=dict.fromkeys(checked, pa.string()),
                null_values=NULLS,
                strings_can_be_null=True,
            ),
        )
        before = table.slice(0, ragged[0].row) if ragged else table
        found = [
            misfit
            for column in checked
            if (misfit := _misfit(_only(before, column), self.header[int(column)], types.get(column)))
        ]
        found += ragged[:1]
        return min(found, key=lambda misfit: misfit.row, default=None)

    def _read_header(self) -> tuple[tuple[str, ...], int]:
        """The names, and the offset at which the rows begin."""
        size = 1 << 16
        while True:
            text = self._source.peek(size)
            skip = len(_BOM) if text.startswith(_BOM) else 0
            skip += len(text[skip:]) - len(text[skip:].lstrip(b"\r\n"))
            end = first_end(text[skip:], self._delimiter)
            if end or len(text) < size:
                break
            if size >= _LONGEST_HEADER:
                raise DataError(f"{visible(self.name)}: the header line is longer than {_LONGEST_HEADER >> 20} MB")
            size *= 4
        end = skip + end if end else len(text)
        try:
            line = text[skip:end].decode("utf-8")
        except UnicodeDecodeError:
            raise DataError(f"{visible(self.name)}: the header is not UTF-8 text") from None
        if not line.strip():
            raise DataError(f"{visible(self.name)} has no header line")
        if "\0" in line:
            raise DataError(f"{visible(self.name)} is not a text file: its first line holds a null byte")
        try:
            fields = next(csv.reader(io.StringIO(line, newline=""), delimiter=self._delimiter))
        except csv.Error as error:
            raise DataError(f"{visible(self.name)}: the header line cannot be read: {error}") from None
        if len(fields) > _MOST:
            raise LimitError(f"{visible(self.name)} has {len(fields):,} columns, and {_MOST:,} are the most")
        return tuple(fields), end


def _only(table: pa.Table, name: str) -> pa.Array:
    """A column of a table that was read in one block."""
    column = table.column(name)
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _without_empty(column: pa.Array) -> pa.Array:
    """Texts with null for an empty field."""
    import pyarrow.compute as pc  # type: ignore[import-untyped]

    return pc.if_else(pc.equal(column, ""), None, column) if pa.types.is_string(column.type) else column


def _misfit(texts: pa.Array, name: str, kind: pa.DataType | None) -> MisfitError | None:
    """The first text that a column of this type cannot hold."""
    for row, characters in enumerate(texts.to_pylist()):
        if characters is None:
            continue
        text = characters.encode("latin-1")
        if kind is not None and pa.types.is_floating(kind):
            if not _NUMBER.fullmatch(text):
                return not_a_number(row, name, text.decode("utf-8", "backslashreplace"))
            continue
        try:
            text.decode("utf-8")
        except UnicodeDecodeError:
            return MisfitError(row, "not UTF-8", name, CONVERT)
        if kind is not None and not pa.types.is_string(kind) and not _holds(kind, text):
            shown = not_a_number(row, name, text.decode()).what.removesuffix("a number")
            keep = "--format csv keeps all texts as they are"
            return MisfitError(row, f"{shown}{kind}, as the rows before it are", name, keep)
    return None


def _holds(kind: pa.DataType, text: bytes) -> bool:
    """Whether a field of a CSV can be read as the type."""
    try:
        options = pacsv.ConvertOptions(column_types={"0": kind})
        read = pacsv.ReadOptions(column_names=["0"])
        field = b'"' + text.replace(b'"', b'""') + b'"'
        pacsv.read_csv(pa.BufferReader(field + b"\n"), read_options=read, convert_options=options)
    except pa.ArrowInvalid:
        return False
    return True
