"""Sheets of workbooks: .xlsx, .xls, .xlsb and .ods, by python-calamine. A formula is the value that was saved with it.

A cell without a value, or with an error such as #N/A, is null; a date or a time a timestamp.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.columns.memory import half_of_memory
from exprgrad.data.batch import FileBatch
from exprgrad.data.faults import MisfitError, not_a_number, out_of_memory, quoted
from exprgrad.data.formats.columnar import uncompressed
from exprgrad.data.formats.foreign.cells import batch_of, is_number, kinds_of, shown
from exprgrad.data.formats.foreign.choice import listed, missing
from exprgrad.data.formats.foreign.xlsb_dates import dates
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.stores.bytesource import Bounds, ByteSource
from exprgrad.data.text.footers import total, ways_out
from exprgrad.data.text.header import header_in
from exprgrad.data.text.look.cells import VALUES, Cells
from exprgrad.data.text.look.labels import are_labels
from exprgrad.data.text.words import NULLS
from exprgrad.errors import DataError, check_installed
from exprgrad.text.escapes import visible

_LOOK = 1000
"""Rows that are looked at for the header, and for the types of whole rows."""
_ROWS = 1 << 14
_PROCESS = Path(__file__).with_name("sheet_process.py")

Row = list[Any]


def read(source: ByteSource, options: ReadOptions, bounds: Bounds | None, types: object) -> Sheet:
    """A reader: see `format.Codec`. Raises MissingError where python-calamine is not installed."""
    check_installed(f"{visible(source.name)}, a workbook,", "files", "python-calamine")
    return Sheet(source, options)


class Sheet:
    """One sheet of a workbook."""

    first = 0

    def __init__(self, source: ByteSource, options: ReadOptions) -> None:
        self.name = source.name
        self.origin = source.origin
        self._source = uncompressed(source, "workbook")
        self._missing = {*NULLS, *options.missing}
        self._comment = options.comment or ""
        self._wanted = options.sheet
        self._sheet = ""
        self._others: list[str] = []
        with closing(self._rows()) as rows:
            start = list(islice(rows, _LOOK))
        where = f"{self.name}, sheet {quoted(self._sheet)}"
        if not start:
            hint = f"give --sheet: it has {listed(self._others)}" if self._others else ""
            raise DataError(f"{visible(self.name)}: the sheet {quoted(self._sheet)} is empty", hint=hint)
        lines, cells = zip(*start, strict=True)
        width = max(map(len, cells))
        texts = [[shown(value) for value in row] + [""] * (width - len(row)) for row in cells]
        heading = header_in(texts, options, where, lines=lines)
        self.header, self._begin = heading.names, heading.begin
        below = texts[heading.begin :]
        self._asks = options.comment != ""
        """Whether rows are asked about that may be none."""
        self._labels = self._asks and heading.kinds[0] in VALUES and are_labels(below, Cells(options))
        self._start = [] if len(start) < _LOOK else below
        notes = (f"{visible(where)}: {', '.join(heading.notes)}",) if heading.notes else ()
        if self._others and options.sheet is None:
            first = f"the sheet {quoted(self._sheet)} is read; there is {listed(self._others)}, too (--sheet)"
            notes = (f"{visible(self.name)}: {first}", *notes)
        self.notes = notes

    def batches(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[FileBatch]:
        """The used columns in the types that their cells have; whole rows in those that the first rows show."""
        kinds: list[pa.DataType] | None = None
        width = len(self.header)
        last: list[list[Any]] = []
        with closing(self._rows()) as rows:
            below = (row for _, row in islice(rows, self._begin, None))
            while (some := list(islice(below, _ROWS))) or (whole and kinds is None):
                columns = [
                    [self._value(row[place]) if place < len(row) else None for row in some] for place in range(width)
                ]
                if whole and kinds is None:
                    kinds = kinds_of(columns)
                stray = self._stray(columns, used)
                if stray is not None and stray.row:
                    yield batch_of(self.header, [column[: stray.row] for column in columns], used, kinds)
                    stray.row = 0
                if stray is not None:
                    raise stray
                yield batch_of(self.header, columns, used, kinds)
                last = columns
        end = [list(map(_text, row)) for row in zip(*last, strict=True)]

        def ways(text: str) -> str:
            return ways_out(text, self._comment, False, row=True)

        if self._asks and (fault := total(end, self._start, self.header, ways)):
            raise fault

    def _stray(self, columns: Sequence[Sequence[Any]], used: Sequence[str]) -> MisfitError | None:
        """The error for the first row that begins with a text where the others have a number."""
        for row, value in enumerate(columns[0]) if self._labels else ():
            if isinstance(value, str) and not is_number(value):
                way = ways_out(value, self._comment, False, value=True, row=self.header[0] not in used)
                return not_a_number(row, self.header[0], value.strip(), way)
        return None

    def _value(self, value: Any) -> Any:
        return None if isinstance(value, str) and value.strip() in self._missing else value

    def _rows(self) -> Generator[tuple[int, Row], None, None]:
        """The rows in which any cell holds something, with their numbers in the sheet."""
        with self._lines() as lines:
            first = next(lines)
            self._choose(first["sheets"], first["chosen"])
            found: Iterator[tuple[int, Row]] = enumerate(chain.from_iterable(lines), first["first"])
            if known := dates(self._source.on_disk(), self.name, self._sheet):
                found = known.put_in(found, first["left"])
            for number, row in found:
                if any(value != "" for value in row) and not self._is_comment(row):
                    yield number, [_untagged(value) if type(value) is dict else value for value in row]

    def _is_comment(self, row: Row) -> bool:
        first = next(value for value in row if value != "")
        return bool(self._comment) and isinstance(first, str) and first.lstrip().startswith(self._comment)

    def _choose(self, names: list[str], chosen: str | None) -> None:
        if chosen is None:
            if not names:
                raise DataError(f"{visible(self.name)} has no sheet with cells")
            raise missing(names, self._wanted or "", self.name, "sheet")
        self._sheet = chosen
        self._others = [name for name in names if name != chosen]

    @contextmanager
    def _lines(self) -> Iterator[Iterator[Any]]:
        """What the process says that reads the sheet."""
        wanted, memory = json.dumps(self._wanted), str(half_of_memory())
        command = [sys.executable, "-P", str(_PROCESS), self._source.on_disk(), wanted, memory]
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdout is not None
            try:
                yield chain(map(self._said, process.stdout), self._end(process))
            finally:
                process.kill()

    def _said(self, line: bytes) -> Any:
        if not line.endswith(b"\n"):
            raise out_of_memory(self.name)
        said = json.loads(line)
        if isinstance(said, dict) and "error" in said:
            what = f"{visible(self.name)} cannot be read as a workbook: {visible(said['error'])}"
            raise DataError(what, hint="save it as text: libreoffice --convert-to csv FILE")
        return said

    def _end(self, process: Any) -> Iterator[Any]:
        if process.wait():
            raise out_of_memory(self.name)
        yield from ()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else "0"


def _untagged(value: dict[str, Any]) -> Any:
    """The value that `sheet_process` has written with a letter for its type."""
    ((kind, inner),) = value.items()
    if kind == "t":
        return datetime.fromisoformat(inner)
    return time.fromisoformat(inner) if kind == "c" else timedelta(microseconds=inner)
