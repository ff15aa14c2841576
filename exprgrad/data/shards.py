"""The files of a table, and the parts of it that can be loaded by themselves, on any machine that sees them."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Mapping, Sequence
from glob import glob
from typing import NamedTuple

import numpy as np

from exprgrad.data.columnar import Parquet
from exprgrad.data.folder import files_at
from exprgrad.data.piece import Column, Reader
from exprgrad.data.streams import open_source
from exprgrad.data.table import Table, open_reader
from exprgrad.errors import DataError, UsageError, visible

_GROUP_ROWS = 1 << 18
"""Rows of a part of a Parquet file at the least: row groups of fewer go together."""


class Part(NamedTuple):
    """A file of a table, or some row groups of it."""

    path: str
    """From the root."""
    name: str
    """As it was given: what messages call it."""
    size: int
    """Bytes of the file, by which another one of the same name is told."""
    groups: tuple[int, int] | None
    weight: float
    """About its share of the bytes."""


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

    A name that a file has is none. Raises DataError for a pattern that nothing matches.
    """
    found: list[str] = []
    for path in paths:
        if path == "-" or not any(character in path for character in "*?[") or os.path.lexists(path):
            found += files_at(path)
            continue
        files = sorted(glob(path, recursive=True))
        if not files:
            raise DataError(f"no file matches {visible(path)}")
        found += [file for name in files for file in files_at(name)]
    return found


def parts(table: Table) -> list[Part]:
    """The parts of a table, in the order of its rows. Raises UsageError for a pipe."""
    found = []
    for reader in table.readers:
        name = reader.name
        if not os.path.isfile(name):
            raise UsageError(f"{visible(name)} is a pipe, which no other process can read", hint="write a file")
        whole = Part(os.path.abspath(name), name, os.path.getsize(name), None, os.path.getsize(name))
        for groups in _groups(reader):
            share = sum(reader.sizes[slice(*groups)]) / (sum(reader.sizes) or 1) if groups else 1.0  # type: ignore[attr-defined]
            found.append(whole._replace(groups=groups, weight=share * whole.size))
    return found


def _groups(reader: Reader) -> list[tuple[int, int] | None]:
    """Row groups, from one on and before another, of about as many rows as are worth a task."""
    if not isinstance(reader, Parquet) or len(reader.sizes) < 2:
        return [None]
    found: list[tuple[int, int] | None] = []
    first = rows = 0
    for group, size in enumerate(reader.sizes):
        rows += size
        if rows >= _GROUP_ROWS or group == len(reader.sizes) - 1:
            found.append((first, group + 1))
            first, rows = group + 1, 0
    return found


def open_part(part: Part, nulls: str) -> Table:
    """A part as a table. Raises DataError for a file that this machine does not see, or sees another."""
    try:
        size = os.stat(part.path).st_size
    except OSError as error:
        what = f"{visible(part.path)} cannot be read on the worker {socket.gethostname()}: {error.strerror}"
        raise DataError(what, hint="put it where all workers see it, under the same name") from None
    if size != part.size:
        what = f"{visible(part.path)} has {size:,} bytes on the worker {socket.gethostname()}, and {part.size:,} here"
        raise DataError(what, hint="has it changed? all must see the same file")
    source = open_source(part.path, again=lambda: False, name=part.name)
    return Table([open_reader(source, part.name, None, part.groups)], nulls)


def load(part: Part, headers: Mapping[str, str], nulls: str) -> Rows:
    """The columns of a part, under the names of variables. Raises DataError for what cannot be read."""
    table = open_part(part, nulls)
    names = list(dict.fromkeys(headers.values()))
    pieces: dict[str, list[Column]] = {name: [] for name in names}
    for batch in table.columns(names):
        for name, column in batch.items():
            pieces[name].append(column)
    columns = {name: joined(pieces.pop(name)) for name in names}
    return Rows({name: columns[header] for name, header in headers.items()}, len(columns[names[0]]))


def joined(pieces: Sequence[Column]) -> Column:
    """One array of its own with the rows of all."""
    return np.concatenate(pieces) if pieces else np.empty(0)
