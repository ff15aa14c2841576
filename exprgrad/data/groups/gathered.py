"""Rows gathered by group: in memory where they fit there, else in files for some of the groups each.

Rows of one group need not lie together in the data. What fits into memory is put in order there. What does not is
written to _FILES temporary files, by the code of the group, and these are read one after the other. So memory holds at
most `limit` bytes of columns, or a few files' worth of rows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprgrad.columns.memory import half_of_memory
from exprgrad.data.groups.found import Codes, Found, Labelled
from exprgrad.data.groups.labels import Labels
from exprgrad.errors import LimitError

Floats = NDArray[np.float64]

_FILES = 64
_BYTES = 8


class Part(NamedTuple):
    """All rows of some groups."""

    groups: Codes
    """Their codes [groups]."""
    starts: Codes
    """Where the rows of each begin, and after the last one where they end [groups + 1]."""
    columns: dict[str, Floats]
    """[rows], group after group; within a group in the order of the data."""


class Gathered:
    """The rows of a source by group."""

    def __init__(self, labels: Labels, names: Sequence[str], limit: int | None) -> None:
        """Reads all rows. `limit` is how many bytes of columns memory may hold, by default half of what the machine
        has."""
        self.names = list(names)
        self.labels = Found([])
        """Of each group, by its code."""
        self.rows = 0
        self._limit = half_of_memory() if limit is None else limit
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._part: Part | None = None
        self._gather(labels)
        self.labels = labels.found

    @property
    def on_disk(self) -> bool:
        """Whether the rows are in temporary files, as they are too many for memory."""
        return self._folder is not None

    def parts(self) -> Iterator[Part]:
        """All groups, some at a time."""
        if self._part is not None:
            yield self._part
            return
        for file in self._files():
            if file.exists():
                rows = np.fromfile(file).reshape(-1, len(self.names) + 1)
                columns = {name: np.ascontiguousarray(rows[:, k + 1]) for k, name in enumerate(self.names)}
                codes = rows[:, 0].astype(np.int64)
                yield ordered(codes, np.arange(len(codes)), columns, len(codes))

    def close(self) -> None:
        """Remove the temporary files."""
        if self._folder is not None:
            self._folder.cleanup()

    def _files(self) -> list[Path]:
        assert self._folder is not None
        return [Path(self._folder.name) / str(k) for k in range(_FILES)]

    def _gather(self, labels: Labels) -> None:
        waiting: list[Labelled] = []
        size = 0
        for batch in labels.read(self.names):
            columns = {name: np.asarray(batch.columns[name], np.float64) for name in self.names}
            self.rows += batch.rows
            waiting.append(batch._replace(columns=columns))
            size += batch.rows * _BYTES * (len(columns) + 1)
            if 2 * size > self._limit or (self.on_disk and size > _SPILLED):  # twice: they are put in order
                self._spill(waiting)
                waiting, size = [], 0
        if self.on_disk:
            self._spill(waiting)
        else:
            before = np.cumsum([0, *(batch.rows for batch in waiting)])
            codes = np.concatenate([_NONE, *(batch.codes for batch in waiting)])
            starts = np.concatenate([_NONE, *(batch.starts + k for batch, k in zip(waiting, before, strict=False))])
            columns = {name: _joined([batch.columns[name] for batch in waiting]) for name in self.names}
            self._part = ordered(codes, starts, columns, self.rows)

    def _spill(self, waiting: list[Labelled]) -> None:
        """Write rows to the files."""
        try:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="exprgrad-groups-")
            for batch in waiting:
                codes = np.repeat(batch.codes, np.diff(batch.starts, append=batch.rows))
                rows = np.column_stack([codes.astype(np.float64), *batch.columns.values()])
                for k, file in enumerate(self._files()):
                    chosen = rows[codes % _FILES == k]
                    if len(chosen):
                        with file.open("ab") as stream:
                            chosen.tofile(stream)
        except OSError as error:
            self.close()
            what = f"the rows of the groups take more memory than they may, and no file can hold them: {error.strerror}"
            raise LimitError(what, hint="give more --memory, or set TMPDIR to a larger disk") from None


_SPILLED = 1 << 26
"""Bytes that are written at once."""


_NONE = np.empty(0, np.int64)


def _joined(parts: list[Floats]) -> Floats:
    """The rows of all parts, one after the other; of one, itself if it lies in memory in order."""
    return np.ascontiguousarray(parts[0] if len(parts) == 1 else np.concatenate(parts or [np.empty(0)]))


def ordered(codes: Codes, starts: Codes, columns: dict[str, Floats], rows: int) -> Part:
    """Rows in the order of their groups. `codes` are those of runs of rows, which begin at `starts`."""
    if (codes[1:] < codes[:-1]).any():
        codes = np.repeat(codes, np.diff(starts, append=rows))
        order = np.argsort(codes, kind="stable")
        codes, starts = codes[order], np.arange(rows)
        columns = {name: column[order] for name, column in columns.items()}
    first = np.ones(len(codes), bool)
    np.not_equal(codes[1:], codes[:-1], out=first[1:])
    return Part(codes[first], np.append(starts[first], rows), columns)
