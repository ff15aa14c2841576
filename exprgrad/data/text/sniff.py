"""How a delimited text is written, worked out from its first bytes; what options say goes before."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from exprgrad.data.faults import quoted
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.stores.bytesource import ByteSource
from exprgrad.data.text.dialect import BLANKS, Dialect, Layout
from exprgrad.data.text.footers import ways_out
from exprgrad.data.text.header import Heading, header_in
from exprgrad.data.text.look.binary import binary
from exprgrad.data.text.look.cells import VALUES, Cells
from exprgrad.data.text.look.comments import comment_mark, names_above
from exprgrad.data.text.look.decimals import decimal_mark
from exprgrad.data.text.look.delimiters import divided
from exprgrad.data.text.look.encoding import Decoded, decoded
from exprgrad.data.text.look.labels import are_labels
from exprgrad.data.text.look.notes import note
from exprgrad.data.text.look.options import checked, marks
from exprgrad.data.text.look.programs import below_labview, check_drawn, check_touching
from exprgrad.data.text.look.records import Line, Record, Records, first_lines, records
from exprgrad.data.text.look.shape import MARKS
from exprgrad.errors import DataError, LimitError
from exprgrad.text.escapes import visible

_LOOK = 1 << 16
_LONGEST_HEADER = 16 << 20
_ENOUGH = 4
"""Rows that a look shows at least, if there are so many."""
_SPOILED = 3
"""Lines at the end that may be no rows."""
MOST = 200_000
"""Columns: pyarrow takes 2 kB for each as it looks for the fields."""
_SEPARATOR = re.compile(r'"?sep=([^\w"])"?[,; ]*', re.IGNORECASE)
"""A first line that tells spreadsheets the delimiter."""
_WORD = re.compile(r"[^\s,;]+(?:\s*[(\[].*[)\]])?")


def worked_out(source: ByteSource, options: ReadOptions, usual: str) -> Layout:
    """The layout of a text: what the options say, and what the first bytes show. `usual` is the delimiter that the
    name of the file tells. Raises DataError where it is not clear, UsageError for options that do not fit."""
    options = checked(options)
    size = _LOOK
    while True:
        start = source.peek(size)
        whole = len(start) < size
        look = _look_at(start, whole, options, source.name)
        if whole or look.is_enough(options.delimiter or usual):
            return look.layout(options, usual)
        if size >= _LONGEST_HEADER:
            what = f"{visible(source.name)}: the header line is longer than {_LONGEST_HEADER >> 20} MB"
            raise DataError(what, hint="is a quote left open?")
        size *= 4


class _Look(NamedTuple):
    """The first lines of a text."""

    name: str
    found: Decoded
    whole: bool
    lines: list[Line]
    separator: str
    """The delimiter that the first line tells, if it does."""
    said: tuple[str, ...] = ()
    """What is known of the lines above these."""

    def is_enough(self, delimiter: str) -> bool:
        """Whether there are rows enough."""
        return len(self.at(delimiter).rows) >= _ENOUGH

    def at(self, delimiter: str) -> Records:
        """The rows at a delimiter."""
        return records(self.found.text, self.whole, self.lines, delimiter)

    def layout(self, options: ReadOptions, usual: str) -> Layout:
        """The layout that the lines show. Raises DataError where it is not clear."""
        try:
            return self._layout(options, usual)
        except DataError:
            check_drawn(self.lines, self.name, most=1)
            if (line := self._spoiled_by(options, usual)) is None:
                raise
        what = f"{visible(self.name)}, line {line.number} is not as the lines above it: {quoted(line.text)}"
        quotes, indented = line.text.lstrip()[:1] == '"', line.text[:1].isspace()
        raise DataError(what, hint=ways_out(line.text, options.comment or "", quotes, indented=indented))

    def _spoiled_by(self, options: ReadOptions, usual: str) -> Line | None:
        """The line at the end without which, and without those below it, the layout is clear."""
        for place in range(len(self.lines) - 1, max(len(self.lines) - 1 - _SPOILED, _ENOUGH - 1), -1):
            line = self.lines[place]
            if not self.whole or not any(map(str.isalpha, line.text)) or line.mark:
                return None
            with suppress(DataError):
                self._replace(lines=self.lines[:place])._layout(options, usual)
                return line
        return None

    def _layout(self, options: ReadOptions, usual: str) -> Layout:
        cells = Cells(options)
        if options.delimiter is None:
            check_touching(self.lines, self.name)
            check_drawn(self.lines, self.name)
        delimiter = options.delimiter or self.separator
        if not delimiter and any(not line.mark for line in self.lines):
            division = divided(cache(self.at), cells, usual, self.name)
            delimiter, found = division.delimiter, division.found
        else:
            delimiter = delimiter or usual
            found = self.at(delimiter)
        if not found.rows:
            self._empty(bool(found.comments))
        fields = [record.fields for record in found.rows]
        heading = header_in(
            fields,
            options,
            self.name,
            lines=[record.number for record in found.rows],
            delimiter=delimiter,
            comments=names_above(found, delimiter, cells),
        )
        if len(heading.names) > MOST:
            raise LimitError(f"{visible(self.name)} has {len(heading.names):,} columns, and {MOST:,} are the most")
        decimal = decimal_mark(fields[heading.begin :], heading.kinds, options, self.name, delimiter)
        alone = len(heading.names) == 1 and not heading.trailing and delimiter not in (options.delimiter, BLANKS)
        if len(heading.names) == 1 and decimal == "," and options.decimal is None:
            self._check_one_column(heading, found.rows)
        if delimiter == decimal and alone:
            delimiter = ";"
        comment = comment_mark(found, heading.begin, heading.kinds, options, delimiter, self.name)
        asks = options.comment is None and heading.kinds[0] in VALUES
        dialect = Dialect(
            delimiter,
            decimal,
            options.thousands,
            options.percent,
            comment,
            tuple(mark for mark in MARKS if asks and mark != comment),
            options.missing,
            self.found.encoding,
            heading.trailing,
            options.comment != "" and heading.kinds[0] in VALUES and are_labels(fields[heading.begin :], cells),
            options.comment != "",
        )
        shown = dialect._replace(delimiter=usual) if alone else dialect
        notes = note(self.name, usual, options, shown, len(found.comments), self.whole, (*self.said, *heading.notes))
        return Layout(dialect, heading.names, self._begin(found.rows, heading.begin), notes)

    def _check_one_column(self, heading: Heading, rows: list[Record]) -> None:
        """Raises DataError where numbers with a comma in one column may be two numbers all the same."""
        firsts = [record.fields[0].strip().partition(",")[0] for record in rows[heading.begin :]]
        counted = len(firsts) > 1 and all(
            one.isdecimal() and other.isdecimal() and int(other) == int(one) + 1 for one, other in pairwise(firsts)
        )
        if counted or not _WORD.fullmatch(heading.names[0]):
            shown = quoted(rows[-1].fields[0])
            what = f"{visible(self.name)}: {shown} may be a number with a decimal comma, or two numbers"
            raise DataError(what, hint="give --decimal , or --delimiter ,")

    def _begin(self, rows: list[Record], begin: int) -> int:
        """The byte at which a row begins, or where the text ends if there is none."""
        return self.found.offset(rows[begin].start if begin < len(rows) else len(self.found.text))

    def _empty(self, comments: bool) -> None:
        if comments:
            what = f"{visible(self.name)} has nothing but comments"
            raise DataError(what, hint="give --comment '' if its lines are rows")
        raise DataError(f"{visible(self.name)} has nothing but blank lines")


def _look_at(start: bytes, whole: bool, options: ReadOptions, name: str) -> _Look:
    found = decoded(start, whole, options.encoding, name)
    if "\0" in found.text:
        raise binary(name, start)
    lines = first_lines(found.text, whole, options.skip_lines or 0, marks(options))
    separator = _SEPARATOR.fullmatch(lines[0].text) if lines else None
    if separator:
        lines = lines[1:]
    lines, said = below_labview(lines) if options.skip_lines is None else (lines, ())
    return _Look(name, found, whole, lines, separator[1] if separator else "", said)
