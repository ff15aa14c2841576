"""Columns that are too large for the memory that they may take: decoded once, and read from a temporary file after.

The first pass over a column writes it as it is decoded, 8 bytes a number: a thread writes one batch while the next is
decoded and computed. The passes that follow read it back in the same batches. The file has no name, so nothing is left
of it however the process ends. It takes no more bytes than half of the machine's memory, as the system keeps what it
can of it there; where that, or the disk, is not enough, each pass decodes the data again.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, pairwise
from mmap import ACCESS_READ, PAGESIZE, mmap
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from exprgrad.columns.memory import half_of_memory
from exprgrad.columns.rows import Batch
from exprgrad.data.source import TableSource

Floats = NDArray[np.float64]

_BYTES = 8
_DONTNEED = getattr(sys.modules["mmap"], "MADV_DONTNEED", None)
_FOLDERS = "/var/tmp", "/tmp"
"""Where files go that may be large, besides the folder that TMPDIR names."""


class Spooled:
    """The columns of a table as a row source. It is read by one thread at a time."""

    rows: int | None = None
    """Not known before all are read."""

    def __init__(self, source: TableSource) -> None:
        self.source = source
        self._maps: dict[str, _Map] = {}
        """The columns that are written, whole."""
        self._ends: list[int] = []
        """Rows before the end of each batch, as of the pass that wrote the first of them."""
        self._left = half_of_memory()
        """Bytes that may still be written."""

    @property
    def names(self) -> Collection[str]:
        return self.source.names

    def place(self, row: int) -> str:
        return self.source.place(row)

    def read(self, names: Sequence[str]) -> Iterator[Batch]:
        if not names or self.source.table.nulls == "skip":  # which rows are skipped depends on the columns
            yield from self.source.read(names)
            return
        new = [name for name in names if name not in self._maps]
        if not new:
            yield from self._written(names)
            return
        files, rows, ends = self._opened(new), 0, list[int]()
        writer, writing = ThreadPoolExecutor(1), None
        try:
            for batch in self.source.read(new):
                if writing is not None and not writing.result():
                    _close(files)
                writing = writer.submit(self._write, files, batch) if files else None
                first, rows = rows, rows + len(batch[new[0]])
                ends.append(rows)
                yield {name: batch[name] if name in batch else self._maps[name].rows(first, rows) for name in names}
                self._forget(names, first, rows)
            if rows and writing is not None and writing.result() and self._ends[-1:] in ([], [rows]):
                self._maps |= {name: _Map(file) for name, file in files.items()}
                self._ends = self._ends or ends
        finally:  # a pass that was not ended has not written all
            writer.shutdown()
            _close(files)

    def _written(self, names: Sequence[str]) -> Iterator[Batch]:
        for first, last in pairwise(chain([0], self._ends)):
            yield {name: self._maps[name].rows(first, last) for name in names}
            self._forget(names, first, last)
            self.source.watch(last)

    def _forget(self, names: Sequence[str], first: int, last: int) -> None:
        for name in names:
            if name in self._maps:
                self._maps[name].forget(first, last)

    def _opened(self, names: Sequence[str]) -> dict[str, BinaryIO]:
        """A file for each of the columns; none where there is no room."""
        folder = _folder() if self._left > 0 else None
        if folder is None:
            return {}
        files: dict[str, BinaryIO] = {}
        try:
            self._left = min(self._left, shutil.disk_usage(folder).free // 2)
            for name in names:
                files[name] = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115
        except OSError:
            _close(files)
        return files

    def _write(self, files: Mapping[str, BinaryIO], batch: Batch) -> bool:
        """Add rows to the files; False where there is no more room, now and ever."""
        try:
            for name, file in files.items():
                column = np.ascontiguousarray(batch[name], np.float64)
                view = memoryview(column.view(np.uint8).data)
                self._left -= len(view)
                while len(view) and self._left > 0:
                    view = view[file.write(view) :]
        except OSError:
            self._left = 0
        return self._left > 0


def _close(files: dict[str, BinaryIO]) -> None:
    for file in files.values():
        file.close()
    files.clear()


class _Map:
    """A column in a file, as if it were in memory: the system reads what is looked at."""

    def __init__(self, file: BinaryIO) -> None:
        self._map = mmap(file.fileno(), 0, access=ACCESS_READ)
        self._column: Floats = np.frombuffer(self._map, np.float64)

    def rows(self, first: int, last: int) -> Floats:
        """Some of the rows; they may be looked at for as long as one wants."""
        return self._column[first:last]

    def forget(self, first: int, last: int) -> None:
        """Take no memory for some of the rows, until they are looked at again."""
        if _DONTNEED is not None:
            start = first * _BYTES // PAGESIZE * PAGESIZE
            self._map.madvise(_DONTNEED, start, last * _BYTES - start)


def _folder() -> str | None:
    """A folder on a disk: a file in one that is kept in memory would take what columns may not."""
    try:
        with open("/proc/self/mounts", encoding="utf-8", errors="replace") as mounts:
            kinds = {fields[1]: fields[2] for fields in map(str.split, mounts)}
    except OSError:
        kinds = {}
    for folder in dict.fromkeys([os.environ.get("TMPDIR", ""), *_FOLDERS]):
        if folder and os.access(folder, os.W_OK):
            above = max((place for place in kinds if _holds(place, folder)), key=len, default="")
            if kinds.get(above) not in ("tmpfs", "ramfs"):
                return folder
    return None


def _holds(place: str, folder: str) -> bool:
    return os.path.commonpath([place, os.path.realpath(folder)]) == place
