"""One part of a table: opened and loaded by itself, on any machine that sees its file."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from exprgrad.data.batch import Column
from exprgrad.data.faults import UnreadableError, unreadable
from exprgrad.data.read_options import FROM_THE_FILE, ReadOptions
from exprgrad.data.stores.bytesource import Bounds, Origin
from exprgrad.data.stores.opening import open_source
from exprgrad.data.table import Table, open_reader
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible


class Part(NamedTuple):
    """What one worker reads by itself: a file of a table, or some bytes or row groups of one."""

    path: str
    """From the root, or a URL."""
    name: str
    """What messages call it."""
    size: int | None
    """Bytes of the file, by which another one of the same name is told."""
    bounds: Bounds | None
    """Where it begins and ends in the file; None for all of it."""
    weight: float
    """About how many bytes it has."""
    version: str = ""
    """What else tells the file from another: see `bytesource.Origin`."""
    options: ReadOptions = FROM_THE_FILE
    """How the file is to be read."""
    text: bool = False
    """Whether its bounds are bytes of a text, which `divide.settled` moves to where rows begin."""

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
        return self.path == other.path and bool(self.bounds and other.bounds and self.bounds[0] == other.bounds[1])

    def __repr__(self) -> str:
        """For the logs of workers, which no password in a URL is for."""
        return f"Part({self.name!r}, {self.bounds})"


class Rows:
    """The rows of a part in memory: its columns, float64 [rows], under the names of variables."""

    def __init__(
        self, columns: dict[str, Column], size: int, told: Mapping[tuple[str, str], str] | None = None
    ) -> None:
        """`told` is what they showed that the user is to know: see `batch.Told`."""
        self.columns = columns
        self.size = size
        self.told = told or {}

    def __sizeof__(self) -> int:
        return sum(array.nbytes for array in {id(array): array for array in self.columns.values()}.values())

    def between(self, start: int, stop: int) -> Rows:
        """The rows from one on and before another, not copied."""
        stop = min(stop, self.size)
        start = min(start, stop)
        return Rows({name: column[start:stop] for name, column in self.columns.items()}, stop - start)


@contextmanager
def open_part(part: Part, nulls: str, types: Any = None) -> Iterator[Table]:
    """A part as a table, to be read within the context; whole rows have columns of such types, see `divide.types`.

    Raises DataError for a file that this machine does not see, or sees another.
    """
    try:
        if not part.far:
            _compare(part, _seen(part.path))
        source = open_source(part.path, again=lambda: False, name=part.name)
        if part.far and source.origin is not None:
            _compare(part, source.origin)
        yield Table([open_reader(source, part.options, part.bounds, types)], nulls, part.options)
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
    batches: dict[str, list[Column]] = {name: [] for name in names}
    with open_part(part, nulls) as table:
        for batch in table.columns(names):
            for name, column in batch.items():
                batches[name].append(column)
        told = table.found.found
    columns = {name: joined(batches.pop(name)) for name in names}
    return Rows({name: columns[header] for name, header in headers.items()}, len(columns[names[0]]), told)


def joined(batches: Sequence[Column]) -> Column:
    """One array of its own with the rows of all."""
    return np.concatenate(batches) if batches else np.empty(0)
