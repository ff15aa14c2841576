"""A small reader of texts as a layout says, for the tests: no batches, no types, no speed."""

from __future__ import annotations

import re

from exprgrad.data.text.dialect import BLANKS, Layout
from exprgrad.data.text.look.encoding import is_single_byte
from exprgrad.errors import DataError

_ERROR = re.compile(r"#(?:N/A|DIV/0!|REF!|VALUE!|NAME\?|NUM!|NULL!|NA)(?:[\s,;|]|\Z)")


def rows_of(content: bytes, layout: Layout) -> list[list[str]]:
    """The fields of all rows. Raises DataError for a row that is not as wide as the header."""
    dialect = layout.dialect
    if dialect.encoding == "utf-8" or is_single_byte(dialect.encoding):
        text = content[layout.begin :].decode(dialect.encoding)
    else:
        utf8 = content.decode(dialect.encoding).removeprefix("\ufeff").encode()
        text = utf8[layout.begin :].decode()
    rows: list[list[str]] = []
    place = 0
    while place < len(text):
        line = re.compile(r"[^\r\n]*").match(text, place)
        assert line is not None
        shown = line[0].lstrip(" \t")
        comment = dialect.comment and shown.startswith(dialect.comment) and not _ERROR.match(shown)
        if comment or not (shown if dialect.delimiter == BLANKS else line[0]):
            place = line.end() + 1
            continue
        fields, place = _row(text, place, dialect.delimiter)
        if dialect.trailing and fields[-1] == "":
            fields.pop()
        if len(fields) != len(layout.header):
            raise DataError(f"row {len(rows) + 1}: {len(fields)} fields where the header has {len(layout.header)}")
        rows.append(fields)
    return rows


def _row(text: str, place: int, delimiter: str) -> tuple[list[str], int]:
    fields: list[str] = []
    while True:
        while delimiter == BLANKS and text[place : place + 1] in (" ", "\t"):
            place += 1
        if delimiter == BLANKS and fields and text[place : place + 1] in ("", "\r", "\n"):
            return fields, place + 1
        field = ""
        if text[place : place + 1] == '"':
            place += 1
            while text[place : place + 1] != '"' or text[place : place + 2] == '""':
                if place >= len(text):
                    raise DataError("an open quote")
                field += text[place]
                place += 1 + (text[place] == '"')
            place += 1
        ends = ("", "\r", "\n", *((" ", "\t") if delimiter == BLANKS else (delimiter,)))
        while text[place : place + 1] not in ends:
            field += text[place]
            place += 1
        fields.append(field)
        if text[place : place + 1] in ("", "\r", "\n"):
            return fields, place + 1
        place += 1


def number(field: str, layout: Layout) -> float:
    """A field as a number, nan where it holds none."""
    text = field.strip()
    dialect = layout.dialect
    if text in ("", "NA", "N/A", "NaN", "nan", "-", ".", "***", "null", "#N/A", *dialect.missing):
        return float("nan")
    if dialect.thousands:
        text = text.replace(dialect.thousands, "")
    if (dialect.decimal == "," and "." in text) or (dialect.decimal == "." and "," in text):
        raise DataError(f"{field} is not a number")
    try:
        return float(re.sub("[dD]", "e", text.replace(",", ".")))
    except ValueError:
        raise DataError(f"{field} is not a number") from None
