"""Data files in Python: `exprgrad.read`, and what a path stands for where columns are wanted."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, Unpack

from exprgrad.binding import Lowered
from exprgrad.columns.rows import RowSource
from exprgrad.data.choices import Reading, read_options
from exprgrad.data.source import TableSource, bound_headers
from exprgrad.errors import LimitError, UsageError, check_installed
from exprgrad.text.escapes import visible

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    from exprgrad.data.table import Table


class DataNote(UserWarning):
    """A warning that says how a file was read, where that was worked out and is not what every CSV has."""


class Data:
    """Data files, opened: `data["x"]` is a column. Nothing is held in memory but the columns that were asked for.

    It stands for the columns where an expression is fitted, trained or computed: `exprgrad.fit("y ~ a*x", data)`.
    """

    def __init__(self, table: Table) -> None:
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

    def __getitem__(self, name: str) -> NDArray[float64]:
        """A column, by its header or alias, as float64 [rows]; nan where it has no value. Raises DataError for a column
        that is not there or not of numbers."""
        if not isinstance(name, str):
            raise UsageError(f"a column goes by its header or alias, not by {name!r}")
        header = self.table.names.find(name) or name
        if header not in self._arrays:
            self._arrays[header] = _held(TableSource(self.table.with_nulls("nan"), {name: header}))[name]
        return self._arrays[header]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.table.names.find(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __repr__(self) -> str:
        files = ", ".join(visible(reader.name) for reader in self.table.readers[:3])
        return f"Data({files}{', …' if len(self.table.readers) > 3 else ''}: {self.table.names.listed()})"


Files: TypeAlias = str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | Data
"""What stands for the columns of data files."""


def are_files(value: object) -> bool:
    """Whether a value stands for files: a path, a list of paths, or what `read` gave."""
    paths = value if isinstance(value, list | tuple) and value else [value]
    return isinstance(value, Data) or all(isinstance(path, str | os.PathLike) for path in paths)


def read(files: Files, **said: Unpack[Reading]) -> Data:
    """Open data files, which are one table: CSV and other texts, Parquet, NDJSON and so on, also compressed or at URLs.

    `files` is a path, a pattern such as `"day-*.csv"`, or a list of these. How they are read is worked out from their
    first lines; keywords say it instead, as the options of the command line do: delimiter, decimal, thousands, percent,
    comment, skip_lines, names, header, missing, encoding, time, sheet, data_format. `nulls` is what rows without a
    value do to a fit ("error", "skip", "nan"), `query` an SQL query over the table `data`. Raises UsageError for what
    is said wrongly, DataError for what cannot be read.
    """
    check_installed("exprgrad.read", "data", "numpy", "pyarrow")
    if isinstance(files, Data) or not are_files(files):
        raise UsageError(f"exprgrad.read takes a path or a list of paths, not {type(files).__name__}")
    from exprgrad.data.opened import opened
    from exprgrad.data.parts.files import matching

    keywords: dict[str, Any] = dict(said)
    nulls, query = keywords.pop("nulls", None) or "error", keywords.pop("query", None)
    paths = [os.fspath(path) for path in ([files] if isinstance(files, str | os.PathLike) else files)]
    options = read_options(keywords)
    return Data(opened(matching(paths), nulls, options, query))


@contextmanager
def source_of(
    files: Files,
    lowered: Lowered,
    bound: Collection[str],
    column: Mapping[str, str | int],
    said: Mapping[str, Any],
    more: Collection[str] = (),
    *,
    hold: bool = False,
) -> Iterator[RowSource]:
    """The variables of a program that are columns of files, and the columns `more`; `column` has headers by variables.
    With `hold`, in memory if they fit. Warns of what was worked out to read them, and of what the rows showed."""
    if isinstance(files, Data) and said:
        raise UsageError(f"{next(iter(said))} says how files are read, and these are", hint="give it to exprgrad.read")
    table = (files if isinstance(files, Data) else read(files, **said)).table
    if not isinstance(files, Data):
        _warn(table.notes)
    source = TableSource(table, bound_headers(lowered, table.names, _chosen(column), bound, more))
    for name in lowered.observed:
        if name not in source.names and name not in bound:
            raise UsageError(f"the response has no column {name}", hint=table.names.hint(name, python=True))
    if hold:
        from exprgrad.data.resident import held

        yield held(source, list(source.names), None) or source
    else:
        yield source
    _warn(table.told)


def _chosen(column: Mapping[str, object]) -> dict[str, str]:
    """The columns of variables, by header, alias or position."""
    for name, place in column.items():
        if isinstance(place, bool) or not isinstance(place, str | int):
            raise UsageError(f"the column of {name} goes by its header or position, not by {type(place).__name__}")
    return {name: str(place) for name, place in column.items()}


def in_memory(files: Files, lowered: Lowered, bound: Collection[str]) -> dict[str, NDArray[float64]]:
    """The variables of a program that are columns of files, as arrays."""
    with source_of(files, lowered, bound, {}, {}) as source:
        return _held(source)


def _held(source: RowSource) -> dict[str, NDArray[float64]]:
    from exprgrad.data.resident import held

    found = held(source, list(source.names), None)
    if found is None:
        raise LimitError("the columns of the data take more than half of the memory")
    return found.columns


def _warn(notes: Sequence[str]) -> None:
    """Warnings at the line of the user's program."""
    frame, level = sys._getframe(), 1
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in _OURS:
        frame, level = frame.f_back, level + 1
    for note in notes:
        warnings.warn(note, DataNote, stacklevel=level)


_OURS = ("exprgrad", "contextlib")
