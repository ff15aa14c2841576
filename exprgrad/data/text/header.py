"""Where the names of the columns are in some rows of fields: lines before the header, the header, units under it.

The rows are those of a delimited text, or of a sheet. What is not clear is an error that names the option which says
it: a line is never left out on a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from exprgrad.data.read_options import FROM_THE_FILE, ReadOptions
from exprgrad.data.text.look.cells import Cells, Kind
from exprgrad.data.text.look.comments import Comments
from exprgrad.data.text.look.doubts import Doubts, count_of, list_of
from exprgrad.data.text.look.shape import MARKS, Role, Row, Shape
from exprgrad.data.text.look.units import are_formats, are_units
from exprgrad.errors import DataError, UsageError
from exprgrad.text.escapes import visible


class Heading(NamedTuple):
    """What the first rows show."""

    names: tuple[str, ...]
    begin: int
    """Which row is the first of the table."""
    kinds: Sequence[Kind]
    """What the columns hold, as far as they were looked at."""
    trailing: bool = False
    """Whether an empty field ends each row, which is no column."""
    notes: tuple[str, ...] = ()
    """What is not as in every table, for the user."""


def header_in(
    rows: Sequence[Row],
    options: ReadOptions = FROM_THE_FILE,
    name: str = "the data",
    *,
    lines: Sequence[int] = (),
    delimiter: str = "",
    comments: Comments = lambda row, width, strict: None,
) -> Heading:
    """What the first rows of a table show. `lines` has the number of each in the file, by default 1, 2, …; `delimiter`
    is what was between the fields, nothing for cells of a sheet, whose rows are all of the same width.

    Raises DataError where it is not clear, and UsageError where the options do not fit.
    """
    lines = lines or range(1, len(rows) + 1)
    skipped = sum(line <= (options.skip_lines or 0) for line in lines)
    rows, lines = rows[skipped:], lines[skipped:]
    if not rows:
        raise DataError(f"{visible(name)} has no header line" + f" after line {options.skip_lines}" * bool(skipped))
    heading = _Search(Doubts(Shape(rows, Cells(options), delimiter), options, name, lines), comments).heading()
    return heading._replace(begin=heading.begin + skipped)


class _Search(NamedTuple):
    """The rows in which the header is searched."""

    doubts: Doubts
    comments: Comments

    @property
    def shape(self) -> Shape:
        """The rows."""
        return self.doubts.shape

    @property
    def lines(self) -> Sequence[int]:
        """The number of each row's line in the file."""
        return self.doubts.lines

    def heading(self) -> Heading:
        """The header, as the options say or the rows show it."""
        shape, options = self.shape, self.doubts.options
        start = shape.start if options.skip_lines is None else 0
        if options.names and options.header:
            raise UsageError("the names of columns are given twice", hint="give --names or --header-row, not both")
        if options.names:
            return self._named(start)
        if options.header is False:
            return self._nameless(start, self.doubts.before(start))
        if options.header is None:
            return self._of_values() if shape.typed else self._of_texts()
        if options.skip_lines is None and start and shape.is_short_header(start - 1):
            start -= 1
        return self._under(start)

    def _named(self, start: int) -> Heading:
        names, shape = self.doubts.options.names, self.shape
        trailing = shape.ended and len(names) == shape.width - 1
        if len(names) != shape.width - trailing:
            there = f"a row of {visible(self.doubts.name)} has {count_of(shape.width, 'field')}"
            raise UsageError(f"--names has {count_of(len(names), 'name')}, and {there}")
        if self.doubts.options.skip_lines is None:
            for place in range(start, shape.first()):
                if shape.role(place) is Role.NAMES:
                    line = self.lines[place]
                    hint = f"give --skip-lines {line} to leave it out, or --skip-lines {line - 1} where it is a row"
                    raise DataError(f"{self.doubts.line(place)} has texts where the rows below have numbers", hint=hint)
        return Heading(names, start, shape.kinds, trailing, self.doubts.before(start))

    def _of_values(self) -> Heading:
        """The header of a table with columns of numbers or dates."""
        shape = self.shape
        titles = [place for place in range(shape.first()) if shape.is_above(place)]
        if titles:
            return self._under(self._chosen(titles))
        start = self._first_row()
        if start > 1 and are_units(shape.rows[start - 1]) and shape.is_short_header(start - 2):
            return self._under(start - 2)
        if start and shape.is_short_header(start - 1):
            return self._under(start - 1)
        if commented := self._commented(start):
            return commented
        for place in range(start):
            if shape.delimiter and len(shape.rows[place]) == shape.width and not shape.filled(place):
                self.doubts.unclear(place)
            if not shape.may_be_label(place) and not _is_sign(shape.rows[place]):
                self.doubts.skip(
                    start, f"has {count_of(len(shape.rows[place]), 'field')}, and the rows have {shape.width}", place
                )
        self.doubts.check_first_row(start)
        return self._nameless(start, self.doubts.before(start))

    def _of_texts(self) -> Heading:
        """A table of texts only has its header in the first line."""
        shape = self.shape
        start = self._first_row()
        if start and shape.is_short_header(start - 1):
            return self._under(start - 1)
        if commented := self._commented(start, strict=True):
            return commented
        for place in range(start):
            if not shape.may_be_label(place):
                self.doubts.skip(
                    start, f"has {count_of(len(shape.rows[place]), 'field')}, and the rows have {shape.width}", place
                )
        below = [shape.rows[place] for place in shape.regular if place > start + 1]
        empty = any(shape.cells.column(column) is Kind.MISSING for column in zip(*below, strict=True))
        if empty and start + 1 in shape.regular and are_units(shape.rows[start + 1]):
            self.doubts.skip(start + 2, "may have the units of the columns", start + 1)
        if any(field.strip() and shape.cells.kind(field) is not Kind.TEXT for field in shape.rows[start]):
            self.doubts.unclear(start)
        return self._under(start)

    def _first_row(self) -> int:
        """The first row of the usual width that has something in it, and is no line `key: value`."""
        shape = self.shape
        rows = (place for place in shape.regular if shape.filled(place) and not shape.is_label(place))
        return next(rows, shape.start)

    def _chosen(self, titles: list[int]) -> int:
        """The header among the lines above the rows that have texts in place of numbers."""
        shape = self.shape
        header = last = titles[-1]
        above = titles[-2:-1] == [last - 1]
        if above and are_units(shape.rows[last]):
            header = last - 1
        if last and are_formats(shape.rows[last]) and len(shape.rows[last - 1]) == shape.width:
            header = last - 1
        if shape.is_scale(last) and (above or shape.is_short_header(last - 1)):
            header = last - 1
        for place in titles:
            if place >= header or shape.may_be_label(place) or shape.filled(place) < shape.filled(header):
                continue
            what = f"lines {self.lines[place]} and {self.lines[last]} both have texts where the rows below have numbers"
            hint = f"give --skip-lines {self.lines[header] - 1} if the names are in line {self.lines[header]}"
            if place == titles[0]:
                names = visible(",".join(field.strip() for field in shape.rows[place]))
                hint += f", or --skip-lines {self.lines[last]} --names '{names[:80]}'"
            raise DataError(f"{visible(self.doubts.name)}: {what}", hint=hint)
        found = self.comments(header + 1, shape.width - shape.ended, True)
        if found and not are_units(found.names):
            both = f"{self.doubts.line(header)} and the comment in line {found.line}"
            what = f"{both} may both have the names of the columns"
            raise DataError(what, hint=f"give --skip-lines {found.line} --names {visible(','.join(found.names))[:80]}")
        return header

    def _under(self, header: int) -> Heading:
        """The heading whose names are in this row; units and a rule may follow."""
        shape = self.shape
        fields, begin, said = shape.rows[header], header + 1, list(self.doubts.before(header))
        if shape.is_rule(begin):
            begin += 1
            said.append("a rule under the header")
        below = shape.typed and begin < len(shape.rows) and len(shape.rows[begin]) == len(fields)
        if below and shape.role(begin) in (Role.NAMES, Role.OTHER) and are_units(shape.rows[begin]):
            said.append(f"units {list_of(shape.rows[begin])} in line {self.lines[begin]}")
            begin += 2 if shape.is_rule(begin + 1) else 1
        elif below and are_formats(shape.rows[begin]) and shape.role(begin) is not Role.ROW:
            said.append(f"formats of the columns in line {self.lines[begin]}")
            begin += 1
        elif shape.is_scale(begin):
            said.append(f"no row in line {self.lines[begin]}: {list_of(shape.rows[begin])}")
            begin += 1
        for place in range(begin, shape.first() if shape.typed else begin):
            if shape.role(place) is Role.OTHER and (shape.is_text(place) or shape.is_alone(place)):
                self.doubts.skip(place + 1, "is not divided as the rows below", place)
        names = list(fields)
        width = shape.width - shape.ended
        if not names[-1].strip() and (len(names) == width + 1 or (shape.ended and len(names) == width)):
            names.pop()
        if len(names) == width + 1 and names[0].strip() in MARKS:
            names.pop(0)
        if len(names) == width - 1 and shape.is_short_header(header):
            names.insert(0, "row_" if "row" in names else "row")
            said.append(f"the first column has the names of the rows: {names[0]}")
        trailing = shape.ended and len(names) == width
        if len(names) != shape.width - trailing or (shape.delimiter == "\t" and not names[-1]):
            what = f"has {count_of(len(names), 'name')}, and the rows below have {count_of(shape.width, 'field')}"
            hint = f"give --skip-lines {self.lines[header]} and --names, or --delimiter"
            raise DataError(f"{self.doubts.line(header)} {what}", hint=hint)
        return Heading(tuple(map(str, names)), begin, shape.kinds, trailing, tuple(said))

    def _nameless(self, start: int, before: tuple[str, ...]) -> Heading:
        """The heading of rows for which no names are found."""
        shape = self.shape
        for place in range(start, len(shape.rows)) if self.doubts.options.header is None else ():
            if shape.role(place) is Role.OTHER:
                there = f"has {count_of(len(shape.rows[place]), 'field')}, and the others have {shape.width}"
                raise DataError(
                    f"{self.doubts.line(place)} {there}", hint="give --delimiter, or --no-header where it is so"
                )
        # An empty field that ends each row may be a column of which the first rows lack the values.
        names = tuple(f"c{column}" for column in range(1, shape.width + 1))
        said = f"no header: column{'s' * (len(names) > 1)} {list_of(names)}"
        return Heading(names, start, shape.kinds, notes=(*before, said))

    def _commented(self, start: int, strict: bool = False) -> Heading | None:
        shape = self.shape
        if strict and not shape.delimiter.strip(" "):
            return None
        # An empty field that ends each row may be a column, too.
        ways = [(0, True), (1, strict), (0, strict)] if shape.ended else [(0, strict)]
        tried = ((short, self.comments(start, shape.width - short, exact)) for short, exact in ways)
        short, found = next((way for way in tried if way[1]), (0, None))
        if found is None:
            return None
        said = [f"names from the comment in line {found.line}"]
        if found.units:
            said.append(f"units {list_of(found.units)} in line {found.line + 1}")
        return Heading(found.names, start, shape.kinds, bool(short), (*self.doubts.before(start), *said))


def _is_sign(row: Row) -> bool:
    """Whether it has no letter and no digit, such as a line that is drawn."""
    return not any(character.isalnum() for field in row for character in field)
