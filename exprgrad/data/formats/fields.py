"""Rows of delimited text as columns, by pyarrow; and what is wrong with them where pyarrow refuses."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.csv as pacsv  # type: ignore[import-untyped]

from exprgrad.data.faults import CONVERT, MisfitError, not_a_number

NULLS = ["", "NA", "N/A", "null", "NULL", "None"]
"""What a field says that holds no value. "nan" is a number."""

_NUMBER = re.compile(rb"[ \t]*[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|nan|inf(inity)?)[ \t]*", re.IGNORECASE)
_TOGETHER = 1 << 14
"""Columns that are read at a time: pyarrow takes some 5 kB for each."""

Types = dict[str, pa.DataType]
"""The types of columns, by their position."""


class Fields:
    """The fields of rows under a header; pyarrow knows columns by their position, as names may be any text."""

    def __init__(self, delimiter: str, header: Sequence[str]) -> None:
        self._delimiter = delimiter
        self._header = header

    def columns(self, rows: memoryview, types: Types) -> dict[str, pa.Array]:
        """The columns of some rows that have types. Raises one of `kinds.REFUSALS` where a field does not fit."""
        names = list(types)
        found: dict[str, pa.Array] = {}
        for start in range(0, max(len(names), 1), _TOGETHER):
            some = names[start : start + _TOGETHER]
            table = self._table(rows, {name: types[name] for name in some}, some)
            found |= {name: _only(table, name) for name in some}
        return found

    def _table(self, rows: memoryview, types: Types, include: list[str]) -> pa.Table:
        return pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(rows)),
            read_options=self._in_one_block(rows),
            parse_options=pacsv.ParseOptions(delimiter=self._delimiter),
            convert_options=pacsv.ConvertOptions(
                include_columns=include, column_types=types, null_values=NULLS, quoted_strings_can_be_null=True
            ),
        )

    def _in_one_block(self, rows: bytes | memoryview) -> pacsv.ReadOptions:
        """One block on one thread: whole rows only, and quotes that pyarrow does not cut through."""
        names = [str(place) for place in range(len(self._header))]
        return pacsv.ReadOptions(use_threads=False, block_size=len(rows) + 1, column_names=names)

    def misfit(self, rows: memoryview, types: Sequence[Types], whole: bool) -> MisfitError:
        """The first row that pyarrow does not read as one of these types."""
        faults = [fault for each in types if (fault := self._fault(rows, each, whole))]
        nothing = MisfitError(0, "the rows that begin here are no CSV")
        return min(faults, key=lambda misfit: misfit.row, default=nothing)

    def _fault(self, rows: memoryview, types: Types, whole: bool) -> MisfitError | None:
        """What pyarrow did not like, found in the texts of the fields."""
        ragged: list[MisfitError] = []

        def note(row: pacsv.InvalidRow) -> str:
            count = f"{row.actual_columns} field{'s' * (row.actual_columns != 1)}"
            what = f"{count} where the header has {row.expected_columns}"
            ragged.append(MisfitError((row.number or 1) - 1, what))
            return "skip"

        checked = [str(place) for place in range(len(self._header))] if whole else list(types)
        # pyarrow shows `note` the row as UTF-8, which it may not be: each byte goes as a character.
        characters = bytes(rows).decode("latin-1").encode("utf-8")
        table = pacsv.read_csv(
            pa.BufferReader(characters),
            read_options=self._in_one_block(characters),
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
            if (misfit := _misfit(_only(before, column), self._header[int(column)], types.get(column)))
        ]
        found += ragged[:1]
        return min(found, key=lambda misfit: misfit.row, default=None)


def _only(table: pa.Table, name: str) -> pa.Array:
    """A column of a table that was read in one block."""
    column = table.column(name)
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


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
