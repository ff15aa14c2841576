"""The files of a table, and the parts of it that can be loaded by themselves, on any machine that sees them."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from glob import glob
from typing import Any, NamedTuple

import numpy as np

from exprgrad.data.faults import UnreadableError, unreadable
from exprgrad.data.formats.columnar import Parquet
from exprgrad.data.formats.delimited import Delimited
from exprgrad.data.formats.ndjson import Ndjson
from exprgrad.data.parts.folder import files_at
from exprgrad.data.piece import Column
from exprgrad.data.stores.bytesource import Origin
from exprgrad.data.stores.opening import open_source
from exprgrad.data.stores.urls import is_url, on_this_machine
from exprgrad.data.table import Table, open_reader
from exprgrad.errors import DataError, UsageError
from exprgrad.functions.numerics.ieee import plain_sum
from exprgrad.text.escapes import visible

_GROUP_ROWS = 1 << 18
"""Rows of a part of a Parquet file at the least: row groups of fewer go together."""


class Part(NamedTuple):
    """A file of a table, or a piece of it."""

    path: str
    """From the root, or a URL."""
    name: str
    """What messages call it."""
    size: int | None
    """Bytes of the file, by which another one of the same name is told."""
    cut: tuple[int, int] | None
    """The piece, from one on, before another: row groups of a Parquet file, bytes of a text. None for all."""
    weight: float
    """About its share of the bytes."""
    version: str = ""
    """What else tells the file: see `bytesource.Origin`."""
    text: bool = False
    """Whether it is a piece of a text, which `ranges` moves to where rows begin."""

    @property
    def far(self) -> bool:
        """Whether it is at a URL."""
        return not os.path.isabs(self.path)

    @property
    def place(self) -> str:
        """What messages on another machine call it."""
        return self.name if self.far else self.path

    def follows(self, other: Part) -> bool:
        """Whether it begins where the other ends."""
        return self.path == other.path and bool(self.cut and other.cut and self.cut[0] == other.cut[1])

    def __repr__(self) -> str:
        """For the logs of workers, which no password in a URL is for."""
        return f"Part({self.name!r}, {self.cut})"


class Rows:
    """Columns in memory, float64 [rows], under the names of variables."""

    def __init__(self, columns: dict[str, Column], size: int) -> None:
        self.columns = columns
        self.size = size

    def __sizeof__(self) -> int:
        return sum(array.nbytes for array in {id(array): array for array in self.columns.values()}.values())

    def cut(self, start: int, stop: int) -> Rows:
        """Some of the rows, not copied."""
        stop = min(stop, self.size)
        start = min(start, stop)
        return Rows({name: column[start:stop] for name, column in self.columns.items()}, stop - start)


def matching(paths: Iterable[str]) -> list[str]:
    """The files, patterns such as `shard-*.csv` replaced by what matches them, sorted, and folders by their parts.

    A name that a file has is none, nor is it a URL. Raises DataError for a pattern that nothing matches.
    """
    found: list[str] = []
    for path in map(on_this_machine, paths):
        if is_url(path):
            from exprgrad.data.stores import schemes

            found += schemes.matching(path)
            continue
        if path == "-" or not any(character in path for character in "*?[") or os.path.lexists(path):
            found += files_at(path)
            continue
        files = sorted(glob(path, recursive=True))
        if not files:
            raise DataError(f"no file matches {visible(path)}")
        found += [file for name in files for file in files_at(name)]
    return found


def parts(table: Table) -> list[Part]:
    """The parts of a table, in the order of its rows; large texts in pieces.

    Raises UsageError for a pipe.
    """
    found = []
    for reader in table.readers:
        if reader.origin is None:
            raise UsageError(f"{visible(reader.name)} is a pipe, which no other process can read", hint="write a file")
        path, size, version, ranged = reader.origin
        whole = Part(path, reader.name, size, None, size or 0.0, version)
        match reader:
            case Parquet() if ranged and len(reader.sizes) > 1:
                each = whole.weight / (sum(reader.sizes) or 1)
                groups = _groups(reader.sizes)
                found += [whole._replace(cut=c, weight=sum(reader.sizes[slice(*c)]) * each) for c in groups]
            case Delimited() | Ndjson() if ranged and size is not None and (stretches := reader.lines.ranges(size)):
                found += [whole._replace(cut=c, weight=c[1] - c[0], text=True) for c in stretches]
            case _:
                found.append(whole)
    known = [part.weight for part in found if part.weight]
    usual = plain_sum(known) / len(known) if known else 1.0
    return [part if part.weight else part._replace(weight=usual) for part in found]


def _groups(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Row groups, from one on and before another, of about as many rows as are worth a task."""
    found = []
    first = rows = 0
    for group, size in enumerate(sizes):
        rows += size
        if rows >= _GROUP_ROWS or group == len(sizes) - 1:
            found.append((first, group + 1))
            first, rows = group + 1, 0
    return found


@contextmanager
def open_part(part: Part, nulls: str, types: Any = None) -> Iterator[Table]:
    """A part as a table, to be read within the context, in whole rows with columns of such types: see `ranges.types`.

    Raises DataError for a file that this machine does not see, or sees another.
    """
    try:
        if not part.far:
            _compare(part, _seen(part.path))
        source = open_source(part.path, again=lambda: False, name=part.name)
        if part.far and source.origin is not None:
            _compare(part, source.origin)
        yield Table([open_reader(source, None, part.cut, types)], nulls)
    except UnreadableError as error:
        what = f"{visible(part.place)} cannot be read on the worker {socket.gethostname()}: {error.reason}"
        hint = (
            "the workers need a way to it, too" if part.far else "put it where all workers see it, under the same name"
        )
        raise DataError(what, hint=hint) from None


def _seen(path: str) -> Origin:
    """A file of this machine, before it is opened."""
    try:
        return Origin(path, os.stat(path).st_size)
    except OSError as error:
        raise unreadable(path, error) from None


def _compare(part: Part, here: Origin) -> None:
    """Raises DataError where a file is not the same that the command saw."""
    if (here.size, here.version) == (part.size, part.version):
        return
    worker = f"the worker {socket.gethostname()}"
    if here.size is None or part.size is None or here.size == part.size:
        what = f"is another one on {worker} than here"
    else:
        what = f"has {here.size:,} bytes on {worker}, and {part.size:,} here"
    raise DataError(f"{visible(part.place)} {what}", hint="has it changed? all must see the same file")


def load(part: Part, headers: Mapping[str, str], nulls: str) -> Rows:
    """The columns of a part, under the names of variables. Raises DataError for what cannot be read, MisfitError where
    the rows of the file before it are not counted."""
    names = list(dict.fromkeys(headers.values()))
    pieces: dict[str, list[Column]] = {name: [] for name in names}
    with open_part(part, nulls) as table:
        for batch in table.columns(names):
            for name, column in batch.items():
                pieces[name].append(column)
    columns = {name: joined(pieces.pop(name)) for name in names}
    return Rows({name: columns[header] for name, header in headers.items()}, len(columns[names[0]]))


def joined(pieces: Sequence[Column]) -> Column:
    """One array of its own with the rows of all."""
    return np.concatenate(pieces) if pieces else np.empty(0)
