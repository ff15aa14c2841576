"""Rows of delimited text that may be none: they begin as comments do, or with a text where the others have a number,
as a total at the end does."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from numpy.typing import NDArray

from exprgrad.data import compute as pc
from exprgrad.data.faults import MisfitError, not_a_number, quoted
from exprgrad.data.formats.fields import Fields, Types
from exprgrad.data.formats.kinds import REFUSALS
from exprgrad.data.text.dialect import BLANKS
from exprgrad.data.text.footers import WORDS, total, ways_out
from exprgrad.data.text.rows import line_starts, past

_LETTERS = ord("A")
"""The first byte that is a letter, or a part of one."""
_SIGNS = bytes(sign for sign in range(128) if not chr(sign).isalnum() and sign not in b"\r\n")
"""What may be before the first letter of a text, or the first digit of a number."""
_TAIL = 1 << 12
"""Bytes of the last rows that show whether a row may sum up others."""
_TEXT = r"^[^\d\s]*\p{L}"
"""How a text begins that is no number."""
_WORDS = re.compile(f"{WORDS}|min|max".encode())


def check_rows(fields: Fields, rows: memoryview, types: Types) -> None:
    """Raises ArrowInvalid where a row may be none.

    `types` are those in which columns are read: where the first column is one of numbers, a text in it is refused
    anyway.
    """
    numbers = pa.types.is_floating(types.get("0", pa.null()))
    if may_be_strays(fields, rows, texts=not numbers) and stray(
        fields, fields.read(rows, {"0": pa.string()})["0"], rows
    ):
        raise pa.ArrowInvalid("a row, or none")


def may_be_strays(fields: Fields, rows: memoryview, *, texts: bool = True) -> bool:
    """Whether rows are to be looked at one by one, as some may be none: comments, or `texts`."""
    return fields.may_be_comments(rows) or (texts and fields.dialect.labels and _may_begin_texts(fields, rows))


def stray(fields: Fields, texts: pa.Array, rows: memoryview) -> list[MisfitError]:
    """The first row that may be none, by the first fields, if there is one."""
    found = []
    begin = _begin_comments(fields, texts)
    if begin.any():
        row = int(np.argmax(begin))
        mark = next(mark for mark in fields.dialect.marks if texts[row].as_py().lstrip(" \t").startswith(mark))
        hint = f"give --comment '{mark}', or --comment '' if it is a row"
        found.append(MisfitError(row, f"{quoted(texts[row].as_py())} begins as a comment does", fields.header[0], hint))
    begin = _begin_texts(fields, texts)
    if begin.any():
        row = int(np.argmax(begin))
        text = texts[row].as_py().strip()
        way = way_with(fields, text, rows, value=True, row=True)
        found.append(not_a_number(row, fields.header[0], text, way))
    return found


def way_with(fields: Fields, text: str, rows: memoryview, *, value: bool = False, row: bool = False) -> str:
    """What to type where a line that begins with a text is no row."""
    dialect = fields.dialect
    found = re.search(rb'(?:\A|[\r\n])([ \t"]*)' + re.escape(text.encode("utf-8", "surrogateescape")), rows)
    before = found[1] if found else b""
    hidden = b'"' in before or (not text.isascii() and dialect.encoding != "utf-8")
    # Between blanks, plain rows with quotes do not have the blanks that began a line.
    indented = bool(before if dialect.delimiter == BLANKS else before.strip(b'"'))
    return ways_out(text, dialect.comment, hidden, indented=indented, value=value, row=row)


def _begin_comments(fields: Fields, texts: pa.Array) -> NDArray[np.bool_]:
    """Which rows begin as comments do, by their first fields."""
    marks = "|".join(map(re.escape, fields.dialect.marks))
    if not marks:
        return np.zeros(len(texts), np.bool_)
    return np.asarray(pc.match_substring_regex(fields.numerals.present(texts), f"^({marks})").fill_null(False))


def _begin_texts(fields: Fields, texts: pa.Array) -> NDArray[np.bool_]:
    """Which rows begin with a text where a number is expected, by their first fields."""
    bad = fields.numerals.floats(texts)[1] if fields.dialect.labels else None
    if bad is None:
        return np.zeros(len(texts), np.bool_)
    found: NDArray[np.bool_] = bad & np.asarray(pc.match_substring_regex(pc.ascii_trim(texts, " \t"), _TEXT))
    return found


def _may_begin_texts(fields: Fields, rows: memoryview) -> bool:
    """Whether a line begins with a letter, perhaps after other signs."""
    text = np.frombuffer(rows, np.uint8)
    if not len(text) or text.max() < _LETTERS:
        return False
    places = past(text, line_starts(text), _SIGNS.replace(fields.delimiter.encode(), b""))
    firsts = text[places[places < len(text)]]
    return bool(((firsts >= _LETTERS) & (firsts != ord(fields.delimiter))).any())


def footer(fields: Fields, last: memoryview, first: memoryview) -> MisfitError | None:
    """The error for rows at the end that sum up those before them, see `footers.total`. `last` are the last rows of a
    text, `first` its first ones."""
    if not _WORDS.search(bytes(last[-_TAIL:]).lower()):
        return None
    rows = fields.plain(last)
    try:
        found, before = _rows(fields, rows), _rows(fields, fields.plain(first))
    except REFUSALS:
        return None
    return total(found, before, fields.header, lambda text: way_with(fields, text, rows, row=True))


def _rows(fields: Fields, rows: memoryview) -> list[tuple[str, ...]]:
    """The fields of some rows."""
    if not len(rows):
        return []
    columns = fields.read(rows, {str(place): pa.string() for place in range(len(fields.header))})
    return list(zip(*(column.to_pylist() for column in columns.values()), strict=True))
