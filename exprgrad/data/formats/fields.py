"""Rows of delimited text as columns, by pyarrow; what it does not take for numbers or times is read from the texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.csv as pacsv  # type: ignore[import-untyped]

from exprgrad.data import compute as pc
from exprgrad.data.formats.kinds import REFUSALS
from exprgrad.data.text.comments import comments
from exprgrad.data.text.dialect import BLANKS, Dialect
from exprgrad.data.text.numerals import Numerals
from exprgrad.data.text.plain import Plain, has, with_e
from exprgrad.data.times import CLOCK, DATE, from_texts

_TOGETHER = 1 << 14
"""Columns that are read at a time: pyarrow takes some 5 kB for each."""
_TRIES = 4
"""Columns that are found one by one to be read from texts; then all are."""
_COLUMN = re.compile(r"In CSV column #(\d+)")

Types = dict[str, pa.DataType]
"""The types of columns, by their position."""

OF_KIND = {DATE: pa.timestamp("us"), CLOCK: pa.time64("us")}
"""The types of columns of times; how fine they are is not said."""

InvalidRow = Callable[[pacsv.InvalidRow], str]


class Fields:
    """The fields of rows under a header; pyarrow knows columns by their position, as names may be any text."""

    def __init__(self, dialect: Dialect, header: Sequence[str]) -> None:
        self.dialect = dialect
        self.header = header
        self.numerals = Numerals(dialect)
        plain = Plain(dialect)
        self.plain = plain.rows
        """Turns rows of the dialect into those that the other functions take."""
        self.delimiter = plain.delimiter
        """What separates the fields of plain rows."""
        self._exponents = False
        """Whether pyarrow refused a number with a D for its exponent."""
        self._from_texts: set[str] = set()
        """Columns of numbers that pyarrow refused so far."""

    def columns(self, rows: memoryview, types: Types) -> dict[str, pa.Array]:
        """The columns of some rows that have types. Raises one of `kinds.REFUSALS` where a field does not fit."""
        numbers = all(_is_number(kind) for kind in types.values())
        with_es = numbers and self._exponents
        rows = with_e(rows) if with_es else rows
        for _ in range(_TRIES):
            texts = {name for name, kind in types.items() if is_clock(kind) or name in self._from_texts}
            try:
                found = self.read(rows, types | dict.fromkeys(texts & types.keys(), pa.string()))
                return {name: self._converted(found[name], types[name]) for name in types}
            except REFUSALS as error:
                column = _COLUMN.search(str(error))
                if not column or column[1] in texts or not _is_number(types.get(column[1])):
                    raise
                if numbers and not with_es and (other := with_e(rows)) is not rows:
                    self._exponents, with_es, rows = True, True, other
                    continue
                self._from_texts.add(column[1])
        self._from_texts |= {name for name, kind in types.items() if _is_number(kind)}
        return self.columns(rows, types)

    def may_be_comments(self, rows: memoryview) -> bool:
        """Whether a row begins as a comment does, and may be one."""
        marks = (mark for mark in self.dialect.marks if has(rows, mark[:1].encode()))
        return any(len(comments(rows, len(rows), self.dialect.delimiter, mark)) for mark in marks)

    def _converted(self, found: pa.Array, kind: pa.DataType) -> pa.Array:
        """A column in its type."""
        if found.type == kind:
            return self.numerals.without_missing(found) if pa.types.is_floating(kind) else found
        converted, bad = converted_to(kind, found, self.numerals)
        if bad is not None:
            raise pa.ArrowInvalid("a text that does not fit")
        return converted

    def read(self, rows: memoryview, types: Types, invalid: InvalidRow | None = None) -> dict[str, pa.Array]:
        """The columns that have types, as pyarrow reads them. Only used columns of numbers have the words for nan
        as nulls, others nan. `invalid` is what is done with rows of another number of fields."""
        padded = self.dialect.delimiter == BLANKS and not has(rows, b'"')
        found = self.untrimmed(rows, types, invalid)
        return {name: _trimmed(column) for name, column in found.items()} if padded else found

    def untrimmed(self, rows: memoryview, types: Types, invalid: InvalidRow | None = None) -> dict[str, pa.Array]:
        """The same; texts between runs of blanks have some of these around them."""
        names = list(types)
        found: dict[str, pa.Array] = {}
        for start in range(0, max(len(names), 1), _TOGETHER):
            some = names[start : start + _TOGETHER]
            table = self._table(rows, {name: types[name] for name in some}, some, invalid)
            found |= {name: _only(table, name) for name in some}
        return found

    def _table(self, rows: memoryview, types: Types, include: list[str], invalid: InvalidRow | None) -> pa.Table:
        """One block on one thread: whole rows only, and quotes that pyarrow does not cut through."""
        names = [str(place) for place in range(len(self.header))]
        return pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(rows if len(rows) else b"\n")),  # pyarrow refuses a text of no bytes
            read_options=pacsv.ReadOptions(use_threads=False, block_size=len(rows) + 1, column_names=names),
            parse_options=pacsv.ParseOptions(delimiter=self.delimiter, invalid_row_handler=invalid),
            convert_options=pacsv.ConvertOptions(
                include_columns=include,
                column_types=types,
                null_values=self.numerals.no_values,
                quoted_strings_can_be_null=True,
                decimal_point=self.dialect.decimal,
            ),
        )


def converted_to(kind: pa.DataType, texts: pa.Array, numerals: Numerals) -> tuple[pa.Array, pa.Array | None]:
    """Texts as values of a type of numbers or times, null where there is no value; and which texts are none, if any."""
    if is_clock(kind):
        return from_texts(numerals.present(texts), CLOCK if pa.types.is_time(kind) else DATE)
    found, bad = numerals.floats(texts)
    if bad is not None or pa.types.is_floating(kind):
        return found, bad
    whole = numerals.plain(numerals.present(texts))
    try:
        return whole.cast(kind), None
    except pa.ArrowInvalid:
        return None, pa.array([not _fits(text, kind) for text in whole.to_pylist()])


def _fits(text: str | None, kind: pa.DataType) -> bool:
    try:
        pa.array([text], pa.string()).cast(kind)
    except pa.ArrowInvalid:
        return False
    return True


def is_clock(kind: pa.DataType | None) -> bool:
    """Whether a column is one of times, which are read from texts."""
    return kind is not None and bool(pa.types.is_timestamp(kind) or pa.types.is_time(kind))


def _is_number(kind: pa.DataType | None) -> bool:
    return kind is not None and bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _trimmed(column: pa.Array) -> pa.Array:
    """A column of texts without the blanks around them, any other as it is."""
    return pc.ascii_trim(column, " \t") if pa.types.is_string(column.type) else column


def _only(table: pa.Table, name: str) -> pa.Array:
    """A column of a table that was read in one block."""
    column = table.column(name)
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
