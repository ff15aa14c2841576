"""Which whole numbers of an .xlsb workbook are dates. python-calamine does not tell: it gives whole days as numbers.

The format of a cell says so, as `yyyy-mm-dd` does. It is found by way of the style of the cell: the sheet has the
number of a style, `styles.bin` the number of its format, and the texts of the formats that are not built in.

The layout of the records, and the formats that are built in: Microsoft, [MS-XLSB] Excel (.xlsb) Binary File Format,
sections 2.1.4, 2.4 and 2.5.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import datetime, time, timedelta
from itertools import takewhile
from typing import IO, Any
from zipfile import BadZipFile, ZipFile, is_zipfile

from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

_ROW, _WHOLE, _FORMAT, _STYLE, _BOOK, _SHEET = 0, 2, 44, 47, 153, 156
_STYLES_BEGIN, _STYLES_END, _ROWS_END = 617, 618, 146
"""The records that are looked at: BrtRowHdr, BrtCellRk, BrtFmt, BrtXF, BrtWbProp, BrtBundleSh and so on."""

_BUILT_IN = dict.fromkeys([*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)], "d") | {46: "[h]"}
"""Formats of dates and times that have a number and no text."""
_NO_LETTERS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
"""What is shown as it is, colours and conditions."""
_SPAN = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(rb'\b(Id|Target)\s*=\s*["\']([^"\']*)')
_EPOCH = datetime(1899, 12, 30)
_LAST = 2_958_465
"""The number of 9999-12-31."""
_SHIFT_1904 = 1462
"""Days from 1899-12-30 to 1904-01-01, from which the other calendar counts."""
_BOOK_MEMBER, _STYLES_MEMBER = "xl/workbook.bin", "xl/styles.bin"
_MOST = 1 << 24
"""Bytes of a record, or of a list of sheets, at the most."""

Row = list[Any]


def dates(path: str, name: str, sheet: str) -> Dates | None:
    """The dates of a sheet; None where the workbook is no .xlsb file. `name` is what it is called in errors.

    Raises DataError where its records cannot be followed.
    """
    if not is_zipfile(path):
        return None
    with _Opened(path, name) as book:
        return Dates(path, name, book, sheet) if _BOOK_MEMBER in book.namelist() else None


class Dates:
    """The dates of one sheet."""

    def __init__(self, path: str, name: str, book: ZipFile, sheet: str) -> None:
        self._path, self._name = path, name
        self._shift = 0
        self._member = ""
        for kind, data in _records(book, _BOOK_MEMBER):
            if kind == _BOOK and data[0] & 1:
                self._shift = _SHIFT_1904
            elif kind == _SHEET and _names(data)[1] == sheet:
                self._member = _member(book, _names(data)[0])
        self._kinds = dict(_date_styles(book)) if _STYLES_MEMBER in book.namelist() else {}

    def put_in(self, rows: Iterator[tuple[int, Row]], left: int) -> Generator[tuple[int, Row], None, None]:
        """The rows, with their numbers from 1 on, with dates in place of the numbers that are meant so. Their first
        cells are in the column `left`, counted from 0."""
        if not self._kinds or not self._member:
            yield from rows
            return
        with closing(self._cells()) as cells:
            cell = next(cells, None)
            for number, row in rows:
                while cell is not None and cell[0] < number:
                    cell = next(cells, None)
                while cell is not None and cell[0] == number:
                    _, column, kind, value = cell
                    place = column - left
                    if 0 <= place < len(row) and type(row[place]) in (int, float) and row[place] == value:
                        row[place] = self._date(kind, value)
                    cell = next(cells, None)
                yield number, row

    def _date(self, kind: str, days: int) -> Any:
        """The same as python-calamine gives for such a cell of an .xlsx workbook."""
        if kind == "span":
            return timedelta(days=days)
        days += self._shift if days > 0 else 0
        if days < 1:
            return time(0)
        # Excel has a 29th of February in 1900.
        return _EPOCH + timedelta(days=days + (days < 60)) if days <= _LAST else days - self._shift

    def _cells(self) -> Generator[tuple[int, int, str, int], None, None]:
        """The whole numbers of the sheet that are dates: row, column, kind and number."""
        with _Opened(self._path, self._name) as book:
            row = 0
            for kind, data in takewhile(lambda record: record[0] != _ROWS_END, _records(book, self._member)):
                if kind == _ROW:
                    row = struct.unpack_from("<I", data)[0] + 1
                elif kind == _WHOLE:
                    column, style, number = struct.unpack_from("<IIi", data)
                    date = self._kinds.get(style & 0xFFFFFF)
                    if date and number & 2:
                        value, rest = divmod(number >> 2, 100) if number & 1 else (number >> 2, 0)
                        if not rest:
                            yield row, column, date, value


class _Opened:
    """The archive; what is wrong with it is a DataError."""

    def __init__(self, path: str, name: str) -> None:
        self._path, self._name = path, name

    def __enter__(self) -> ZipFile:
        try:
            self._book = ZipFile(self._path)
        except (OSError, BadZipFile) as error:
            raise self._damaged() from error
        return self._book

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._book.close()
        if isinstance(
            error, BadZipFile | zlib.error | OSError | EOFError | KeyError | LookupError | struct.error | ValueError
        ):
            raise self._damaged() from error

    def _damaged(self) -> DataError:
        what = f"{visible(self._name)}: it cannot be told which of its cells are dates"
        return DataError(what, hint="save it as .xlsx")


def _records(book: ZipFile, member: str) -> Iterator[tuple[int, bytes]]:
    """The records of a part of a workbook: the kind and the bytes of each."""
    with book.open(member) as stream:
        while head := stream.read(1):
            kind = head[0] if head[0] < 128 else head[0] & 127 | (_byte(stream) & 127) << 7
            size = shift = 0
            while True:
                part = _byte(stream)
                size |= (part & 127) << shift
                shift += 7
                if part < 128 or shift == 28:
                    break
            data = stream.read(size) if size <= _MOST else b""
            if len(data) < size:
                raise EOFError
            yield kind, data


def _byte(stream: IO[bytes]) -> int:
    return stream.read(1)[0]


def _names(data: bytes) -> tuple[str, str]:
    """The relation and the name of a sheet."""
    relation, end = _text(data, 8)
    return relation, _text(data, end)[0]


def _text(data: bytes, start: int) -> tuple[str, int]:
    """A text in a record, and where it ends."""
    size = struct.unpack_from("<I", data, start)[0]
    end = start + 4 + (0 if size == 0xFFFFFFFF else 2 * size)
    return data[start + 4 : end].decode("utf-16-le", "surrogatepass"), end


def _member(book: ZipFile, relation: str) -> str:
    """The name of the part of the archive that a relation leads to."""
    with book.open("xl/_rels/workbook.bin.rels") as stream:
        text = stream.read(_MOST)
    for element in _RELATION.findall(text):
        found = {name: value.decode() for name, value in _ATTRIBUTE.findall(element)}
        if found.get(b"Id") == relation:
            target = found[b"Target"]
            return target[1:] if target.startswith("/") else f"xl/{target}"
    raise LookupError(relation)


def _date_styles(book: ZipFile) -> Iterator[tuple[int, str]]:
    """The numbers of the styles of cells that show dates or times, as "date", or spans of time, as "span"."""
    texts: dict[int, str] = dict(_BUILT_IN)
    within, number = False, 0
    for kind, data in _records(book, _STYLES_MEMBER):
        if kind == _FORMAT:
            texts[struct.unpack_from("<H", data)[0]] = _text(data, 2)[0]
        elif kind in (_STYLES_BEGIN, _STYLES_END):
            within = kind == _STYLES_BEGIN
        elif kind == _STYLE and within:
            if found := _kind(texts.get(struct.unpack_from("<H", data, 2)[0], "")):
                yield number, found
            number += 1


def _kind(text: str) -> str:
    """What a format shows; empty for numbers and texts."""
    letters = _NO_LETTERS.sub("", text.partition(";")[0])
    return "span" if _SPAN.search(letters) else "date" if re.search("[dmyhs]", letters, re.IGNORECASE) else ""
