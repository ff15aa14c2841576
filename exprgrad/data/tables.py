"""What a call from Python is given: numbers and columns by name, and a table whose columns are variables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, NamedTuple

from exprgrad.arguments import bindings as named
from exprgrad.arguments import separate
from exprgrad.binding import Lowered
from exprgrad.columns.rows import RowSource
from exprgrad.data.choices import KEYWORDS
from exprgrad.data.frames.series import is_series
from exprgrad.data.read import Data, Wanted, is_table, opened, source_of
from exprgrad.errors import UsageError

READING = (*KEYWORDS, "column", "data")
"""The keywords that give a table, and say how it is read."""


class Call(NamedTuple):
    """What a call is given."""

    bindings: Mapping[str, Any]
    """Numbers, and columns that are given one by one."""
    source: RowSource | None = None
    """The columns of a table."""
    table: Data | None = None
    """That table, if it is in memory."""

    def made(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """New columns, one number a row: series with the same index where a data frame or series were given, else
        arrays."""
        if self.table is None or self.table.table.nulls == "skip":
            return dict(columns)
        return self.table.frame.made(columns)


class Given(NamedTuple):
    """What a user gives to a call."""

    first: Any = None
    """What stands in the place of the bindings: numbers and columns by name, or a table."""
    keywords: Mapping[str, Any] = {}
    """Numbers and columns by name, too, which win over columns of the table."""
    data: Any = None
    """A table, where there are bindings besides."""
    reading: Mapping[str, Any] = {}
    """How the table is read, and the columns of variables that are called otherwise."""

    def sorted(self, lowered: Lowered, more: Collection[str]) -> Given:
        """The same, with bindings in the first place, the table as data, and how it is read as reading. Columns that
        are given one by one make a table where some of them are no variables, or are no plain numbers."""
        table, first, reading = None, {} if self.first is None else self.first, dict(self.reading)
        if is_table(first):
            table, first = first, {}
        if is_series(first):
            name = getattr(first, "name", None) or "x"
            raise UsageError(f"a {type(first).__name__} is one column", hint=f"give it by its name: {name}=…")
        names = set(lowered.bindable)
        reading |= {name: value for name, value in self.keywords.items() if name in READING and name not in names}
        keywords = {name: value for name, value in self.keywords.items() if name not in reading}
        first = named("bindings", first)
        tables = [each for each in (table, self.data, reading.pop("data", None)) if each is not None]
        if len(tables) > 1:
            raise UsageError("a table is given twice: in place of the bindings and as data")
        data = tables[0] if tables else None
        if data is None:
            numbers, columns = separate(first)
            others, more_columns = separate(keywords)
            for name in more_columns:
                if name not in names and name not in more:
                    raise lowered.unknown(name)
            every = {**columns, **more_columns}
            extra = any(name not in names and name not in more for name in columns)
            odd = any(map(_is_odd, every.values()))
            if every and find_spec("pyarrow") is not None and (extra or odd or reading):
                if not columns:
                    reading.setdefault("nulls", "nan")
                return Given(numbers, others, every, reading)
        return Given(first, keywords, data, reading)


@contextmanager
def taken(lowered: Lowered, given: Given, wanted: Wanted = Wanted()) -> Iterator[Call]:  # noqa: B008 - it never changes
    """What a call is given, sorted. A table is read while the context is open; at its end there are warnings of what
    its rows showed.

    Raises UsageError for a table that is given twice, for what says how a table is read where there is none, and for
    names that are no variables; extra columns of a table are no error.
    """
    given = given.sorted(lowered, wanted.more)
    said = dict(given.reading)
    column = named("column", said.pop("column", None) or {})
    if not (is_table(given.data) or isinstance(given.data, Mapping)):
        if said or column:
            first = next(iter(said), "column")
            raise UsageError(f"{first} says how a table is read", hint='give one: data="decay.dat", or a data frame')
        if given.data is not None and not hasattr(given.data, "read"):
            what = "a path, a list of paths, what exprgrad.read gave, or a data frame"
            raise UsageError(f"data is {what}, not {type(given.data).__name__}")
        yield Call({**given.first, **given.keywords}, given.data)
        return
    numbers, columns = separate(given.keywords)
    data = opened(given.data, said)
    if columns:
        data = data.with_columns(columns)
    with source_of(
        data, lowered, wanted._replace(bound=given.first.keys(), over=numbers.keys(), column=column)
    ) as source:
        yield Call({**given.first, **numbers}, source, data if data.in_memory else None)


def _is_odd(column: Any) -> bool:
    """Whether it takes more than `columns.memory` to make numbers of a column: a series, times, a list with None."""
    if is_series(column):
        return True
    kind = getattr(getattr(column, "dtype", None), "kind", "f")
    if kind != "f" or not isinstance(column, list | tuple):
        return kind in tuple("mMO")
    return any(value is None or type(value).__module__ == "datetime" for value in column)
