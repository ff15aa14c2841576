"""Tables in Python: `exprgrad.read`, and what a path or a data frame stands for where columns are wanted."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, Unpack

from exprgrad.arguments import checked
from exprgrad.binding import Lowered
from exprgrad.columns.rows import RowSource
from exprgrad.data.choices import Reading, read_options
from exprgrad.data.frames.frame import frame_of, is_frame
from exprgrad.data.source import (
    TableSource,
    bound_headers,
    check_complete,
    check_response,
    refuse_misspelt,
    unread_notes,
)
from exprgrad.errors import UsageError, check_installed, in_python
from exprgrad.keywords import spread
from exprgrad.text.escapes import visible

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame
    from numpy import float64, ndarray
    from numpy.typing import NDArray

    from exprgrad.columns.values import Column
    from exprgrad.data.frames.frame import Frame
    from exprgrad.data.table import Table as OpenTable


class DataNote(UserWarning):
    """A warning that says how a file was read, where that was worked out and is not what every CSV has."""


class Data:
    """A table, opened: `data["x"]` is a column. Of files, only the columns that were asked for are held in memory.

    It stands for the columns where an expression is fitted, trained or computed: `exprgrad.fit("y ~ a*x", data)`.
    """

    def __init__(self, table: OpenTable) -> None:
        self.table = table
        self._arrays: dict[str, NDArray[float64]] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """The headers."""
        return tuple(self.table.names.header)

    @property
    def aliases(self) -> dict[str, str]:
        """The header that each alias stands for: what an expression can call a column whose header is no name."""
        return dict(self.table.names.aliases)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was worked out about how the files are to be read."""
        return tuple(self.table.notes)

    @property
    def in_memory(self) -> bool:
        """Whether it is a table in memory, such as a data frame."""
        return hasattr(self.table.readers[0], "frame")

    @property
    def frame(self) -> Frame:
        """That table."""
        reader: Any = self.table.readers[0]
        found: Frame = reader.frame
        return found

    def with_columns(self, columns: Mapping[str, Any]) -> Data:
        """The same table in memory, with these columns in the place of those that are called so, or beside them."""
        from exprgrad.data.opened import framed

        if not self.in_memory:
            what = f"{next(iter(columns))} is a list, but there are columns of data"
            raise UsageError(what, hint="put it into the data")
        return Data(framed(self.frame, self.table.nulls, self.table.options, None, columns))

    @checked
    def __getitem__(self, header: str, /) -> NDArray[float64]:
        """A column, by its header or alias, as float64 [rows]; nan where it has no value. Raises DataError for a column
        that is not there or not of numbers."""
        if not isinstance(header, str):
            raise UsageError(f"a column goes by its header or alias, not by {header!r}")
        name = self.table.names.find(header) or header
        if name not in self._arrays:
            column = _held(TableSource(self.table.with_nulls("nan"), {name: name}))[name]
            self._arrays[name] = column if column.flags.writeable else column.copy()
        return self._arrays[name]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.table.names.find(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __repr__(self) -> str:
        files = ", ".join(visible(reader.name) for reader in self.table.readers[:3])
        return f"Data({files}{', …' if len(self.table.readers) > 3 else ''}: {self.table.names.listed()})"


Files: TypeAlias = str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | Data
"""What stands for the columns of data files."""
Table: TypeAlias = "Files | IntoFrame | Mapping[str, Column] | ndarray[Any, Any]"
"""What stands for a table: files, a data frame of pandas, polars or Arrow (and whatever else narwhals reads), a dict of
columns, an array of NumPy with fields or of two dimensions."""


def are_files(value: object) -> bool:
    """Whether a value stands for files: a path, a list of paths, or what `read` gave."""
    paths = value if isinstance(value, list | tuple) and value else [value]
    return isinstance(value, Data) or all(isinstance(path, str | os.PathLike) for path in paths)


def is_table(value: object) -> bool:
    """Whether a value stands for a table, whatever is expected. (A dict may be one, or bindings.)"""
    return are_files(value) or is_frame(value)


@checked
def read(table: Table, **said: Unpack[Reading]) -> Data:
    """Open a table: data files, which are one table (CSV and other texts, Parquet, NDJSON and so on, also compressed or
    at URLs), or a data frame of pandas, polars or Arrow, a dict of columns, an array with fields.

    Files are a path, a pattern such as `"day-*.csv"`, or a list of these. How they are read is worked out from their
    first lines; keywords say it instead, as the options of the command line do: delimiter, decimal, thousands, percent,
    comment, skip_lines, names, header, missing, encoding, time, sheet, data_format. `nulls` is what rows without a
    value do to a fit ("error", "skip", "nan"), `time` the units of times, `query` an SQL query over the table `data`;
    these three are for every table. Raises UsageError for what is said wrongly, DataError for what cannot be read.
    """
    check_installed("exprgrad.read", "data", "numpy", "pyarrow")
    from exprgrad.data import opened as tables

    keywords: dict[str, Any] = dict(said)
    nulls, query = keywords.pop("nulls", None) or "error", keywords.pop("query", None)
    options = read_options(keywords)
    if isinstance(table, Mapping) or is_frame(table):
        return Data(tables.framed(frame_of(table), nulls, options, query))
    if isinstance(table, Data) or not are_files(table):
        what = f"exprgrad.read takes a path, a list of paths or a table, not {type(table).__name__}"
        raise UsageError(what, hint=spread(table))
    from exprgrad.data.parts.files import matching

    files: Any = [table] if isinstance(table, str | os.PathLike) else table
    return Data(tables.opened(matching([os.fspath(path) for path in files]), nulls, options, query))


def opened(table: Table, said: Mapping[str, Any]) -> Data:
    """A table, to be used at once: warns of what was worked out to read files."""
    if isinstance(table, Data):
        if said:
            raise UsageError(f"{next(iter(said))} says how a table is read, and it is", hint="give it to exprgrad.read")
        return table
    data = read(table, **said)
    warn(data.notes)
    return data


class Wanted(NamedTuple):
    """What a call wants of a table, beside the variables of its expression."""

    bound: Collection[str] = ()
    """The variables that have values, and must not be columns."""
    over: Collection[str] = ()
    """Those whose values win over columns that are called so."""
    column: Mapping[str, object] = {}
    """The columns of variables that are called otherwise."""
    more: Collection[str] = ()
    """Columns that need not be variables."""
    parameters: Collection[str] | None = None
    """The variables that are known to have no value: of the others, those that are near an unused column are
    misspelt. None where every variable needs a value or a column."""
    hold: bool | None = None
    """Whether the columns are to be held in memory, if they fit; None for those that are there already."""


@contextmanager
def source_of(data: Data, lowered: Lowered, wanted: Wanted) -> Iterator[Any]:
    """The variables of a program that are columns of a table. Warns of what the rows showed."""
    names, chosen, bound = data.table.names, _chosen(wanted.column), {*wanted.bound, *wanted.over}
    headers = bound_headers(lowered, names, chosen, wanted.bound, wanted.more, wanted.over)
    warn(unread_notes(lowered, names, chosen, bound))
    if wanted.parameters is None:
        check_complete(lowered, data.table, headers, bound)
    source = TableSource(data.table, headers)
    check_response(lowered, source, bound)
    if wanted.parameters is not None:
        refuse_misspelt(lowered, source, {*bound, *wanted.parameters})
    if data.in_memory if wanted.hold is None else wanted.hold:
        from exprgrad.data.between.resident import held

        yield held(source, list(source.names), sys.maxsize if data.in_memory else None) or source
    else:
        yield source
    warn(data.table.told)


def _chosen(column: Mapping[str, object]) -> dict[str, str]:
    """The columns of variables, by header, alias or position."""
    for name, place in column.items():
        if isinstance(place, bool) or not isinstance(place, str | int):
            raise UsageError(f"the column of {name} goes by its header or position, not by {type(place).__name__}")
    return {name: str(place) for name, place in column.items()}


def _held(source: RowSource) -> dict[str, NDArray[float64]]:
    from exprgrad.data.between.resident import in_memory

    return in_memory(source, list(source.names)).columns


def warn(notes: Iterable[str]) -> None:
    """Warnings at the line of the user's program."""
    frame, level = sys._getframe(), 1
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in _OURS:
        frame, level = frame.f_back, level + 1
    for note in notes:
        warnings.warn(in_python(note), DataNote, stacklevel=level)


_OURS = ("exprgrad", "contextlib")
