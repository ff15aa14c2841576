"""What is wrong with rows of delimited text that pyarrow refuses: the first bad row, its column, and what may help."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.csv as pacsv  # type: ignore[import-untyped]

from exprgrad.data.faults import MisfitError, not_a_number, not_a_time, quoted
from exprgrad.data.formats.fields import Fields, Types, converted_to, is_clock
from exprgrad.data.formats.odd_numbers import HEADERS, REMARKS, way_with_number
from exprgrad.data.formats.strays import may_be_strays, stray, way_with
from exprgrad.data.text.dialect import BLANKS, Dialect
from exprgrad.data.text.look.programs import touching
from exprgrad.data.text.look.shape import MARKS
from exprgrad.data.text.numerals import Numerals
from exprgrad.data.times import CLOCK, DATE, kind_of_text
from exprgrad.text.escapes import visible

_MARKS = re.compile(rf"[ \t]*({'|'.join(MARKS)}|;)")
_REMARK = re.compile(rf"[\s\d.,eEdD+-]+\s(?:{'|'.join(MARKS)}).*")
_NO_ROW = re.compile(r"[^\d\W]|[-=*_]{2,}|[(\[<{]|\d+ [^\d\W]")
"""How a line begins that is surely no row of numbers."""
_KEEP = "--format csv keeps all texts as they are"


def misfit(fields: Fields, rows: memoryview, types: Sequence[Types], whole: bool, texts: bool = False) -> MisfitError:
    """The first row that is not read as one of these types; the rows are plain ones. `texts` says that the fields of
    whole rows go on as texts."""
    faults = [fault for each in types if (fault := _fault(fields, rows, each, whole, texts))]
    nothing = MisfitError(0, "the rows that begin here are no CSV")
    return min(faults, key=lambda fault: fault.row, default=nothing)


def _fault(fields: Fields, rows: memoryview, types: Types, whole: bool, texts: bool) -> MisfitError | None:
    """What is wrong, found in the texts of the fields."""
    ragged: list[MisfitError] = []

    def note(row: pacsv.InvalidRow) -> str:
        if not ragged:
            count = f"{row.actual_columns} field{'s' * (row.actual_columns != 1)}"
            what = f"{count} where the header has {row.expected_columns}"
            ragged.append(MisfitError((row.number or 1) - 1, what, None, _hint_of_row(row.text, fields, rows)))
        return "skip"

    checked = [str(place) for place in range(len(fields.header))] if whole else list(types)
    may_be_none = may_be_strays(fields, rows)
    if may_be_none and "0" not in checked:
        checked.append("0")
    # pyarrow shows `note` the row as UTF-8, which it may not be: each byte goes as a character.
    characters = memoryview(bytes(rows).decode("latin-1").encode("utf-8"))
    table = fields.read(characters, dict.fromkeys(checked, pa.string()), note)
    end = ragged[0].row if ragged else len(rows)
    found = [
        fault
        for column in checked
        if (fault := _in_column(table[column].slice(0, end), fields, int(column), types.get(column), rows))
    ]
    for column in checked if whole and texts else []:
        found += _in_csv(table[column].slice(0, end), fields, int(column))
    if may_be_none:
        found += stray(fields, _decoded(table["0"].slice(0, end)), rows)
    return min([*found, *ragged], key=lambda fault: fault.row, default=None)


def _in_csv(texts: pa.Array, fields: Fields, place: int) -> list[MisfitError]:
    """The first text that would be another number in a CSV, if there is one."""
    changed = fields.numerals.changed(texts)
    if not changed.any():
        return []
    row = int(np.argmax(changed))
    text = texts[row].as_py()
    what = f"{quoted(text)} is not a number here, and would be one in CSV"
    return [MisfitError(row, what, fields.header[place], _hint(text, fields.dialect, place))]


def _decoded(texts: pa.Array) -> pa.Array:
    """Texts of which each byte is a character, as the characters that they are."""
    written = (text.encode("latin-1") for text in texts.to_pylist())
    return pa.array([text.decode("utf-8", "backslashreplace") for text in written], pa.string())


def _in_column(
    texts: pa.Array, fields: Fields, place: int, kind: pa.DataType | None, rows: memoryview
) -> MisfitError | None:
    """The first text that a column of this type cannot hold."""
    name = fields.header[place]
    written = [text.strip(" \t").encode("latin-1") for text in texts.to_pylist()]
    if kind is None or pa.types.is_string(kind):
        for row, text in enumerate(written):
            try:
                text.decode("utf-8")
            except UnicodeDecodeError:
                encoding = fields.dialect.encoding.upper()
                hint = "name its encoding, as in --encoding latin-1"
                return MisfitError(row, f"not {encoding}", name, hint)
        return None
    if pa.types.is_binary(kind):
        return None
    decoded = _decoded(texts)
    _, bad = converted_to(kind, decoded, fields.numerals)
    if bad is None:
        return None
    row = int(np.argmax(np.asarray(bad)))
    text = decoded[row].as_py()
    if is_clock(kind):
        return not_a_time(row, name, text, CLOCK if pa.types.is_time(kind) else DATE)
    if not pa.types.is_floating(kind):
        return MisfitError(row, f"{quoted(text)} is not {kind}, as the rows before it are", name, _KEEP)
    fault = not_a_number(row, name, text)
    fault.hint = _hint(text, fields.dialect, place).replace("COLUMN", name if name.isidentifier() else "COLUMN")
    if kind_of_text(text):
        fault.hint = f"is it a time? --time '{visible(name)}=s' reads the column as times"
    elif text.strip() == name.strip():
        fault.hint = f"it repeats the header: {HEADERS}"
    elif not fault.hint and not place and fields.dialect.labels and _NO_ROW.match(text.strip()):
        fault.hint = way_with(fields, text.strip(), rows, value=True)
    return fault


def _hint(text: str, dialect: Dialect, place: int) -> str:
    """What may help where a text is no number in a dialect."""
    text = text.strip(" \t")
    ways = []
    for decimal in ".,":
        for thousands in ("", ",", ".", " ", "'", "_"):
            for percent in (False, True):
                other = dialect._replace(decimal=decimal, thousands=thousands, percent=percent or dialect.percent)
                if thousands != decimal and Numerals(other).is_number(text):
                    ways.append(_difference(dialect, other))
    fewest = min(map(len, ways), default=0)
    if fewest:
        return "give " + " or ".join(dict.fromkeys(" ".join(way) for way in ways if len(way) == fewest))
    if not place and (mark := _MARKS.match(text)) and mark[1] != dialect.delimiter:
        return f"give --comment '{mark[1]}' if the line is a comment"
    if re.fullmatch(r"[^\w\s'\"\\]+", text):
        return f"give --missing '{text}' if it stands for no value"
    return way_with_number(text)


def _difference(dialect: Dialect, other: Dialect) -> list[str]:
    """The options that make another dialect of one."""
    options = []
    if other.decimal != dialect.decimal:
        options.append(f"--decimal {other.decimal}")
    if other.thousands and other.thousands != dialect.thousands:
        mark = other.thousands
        options.append(f'--thousands "{mark}"' if mark in " '" else f"--thousands {mark}")
    if other.percent != dialect.percent:
        options.append("--percent")
    return options


def _hint_of_row(text: str | None, fields: Fields, rows: memoryview) -> str:
    """What may help where a row has another number of fields."""
    dialect = fields.dialect
    mark = _MARKS.match(text or "")
    if mark and mark[1] not in (dialect.comment, dialect.delimiter):
        return f"give --comment '{mark[1]}' if the line is a comment"
    if dialect.delimiter == BLANKS and _REMARK.fullmatch(text or ""):
        return f"leave out what follows the numbers: {REMARKS}"
    first = (text or "").encode("latin-1").decode("utf-8", "replace").strip().partition(dialect.delimiter)[0]
    if way := next(filter(None, map(touching, (text or "").split())), ""):
        return way
    if _NO_ROW.match(first):
        return way_with(fields, first, rows)
    if dialect.delimiter == BLANKS:
        return "fields are separated by blanks: a text with blanks takes quotes, or give --delimiter"
    return ""
