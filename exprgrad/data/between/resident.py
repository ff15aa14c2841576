"""Columns held in memory between the passes over them, where they fit; and minibatches of their rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.util import find_spec
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from exprgrad.columns.memory import half_of_memory
from exprgrad.columns.rows import Batch, RowSource
from exprgrad.errors import LimitError

_BYTES = 8
"""Bytes of a number."""

Floats = NDArray[np.float64]


class Held:
    """A source that was read once: its columns as float64 arrays [rows], under its names."""

    def __init__(self, source: RowSource, columns: dict[str, Floats], rows: int) -> None:
        self.rows: int = rows
        self.columns = columns
        self._source = source

    @property
    def names(self) -> Collection[str]:
        return self._source.names

    def read(self, names: Sequence[str]) -> Iterator[Batch]:
        yield {name: self.columns[name] for name in names}

    def place(self, row: int) -> str:
        return self._source.place(row)


class Minibatch(Held):
    """A minibatch: the rows of one training step, taken from columns in memory."""

    def __init__(self, source: RowSource, columns: dict[str, Floats], first: int, last: int) -> None:
        super().__init__(source, {name: column[first:last] for name, column in columns.items()}, last - first)


def held(source: RowSource, names: Sequence[str], limit: int | None) -> Held | None:
    """The source with these columns in memory; None if they take more than `limit` bytes, by default half of what
    the machine has."""
    limit = half_of_memory() if limit is None else limit
    if names and _BYTES * len(names) * max(source.rows or 0, 1) > limit:
        return None
    batches = iter(source.read(names) if names else ())
    first = next(batches, {})
    second = next(batches, None)
    if second is None:  # all rows came in one batch, which is not copied
        found = {name: np.asarray(first.get(name, np.empty(0)), np.float64) for name in names}
        return Held(source, found, len(found[names[0]]) if names else 0) if _size(found) <= limit else None
    columns = {name: np.empty(0) for name in names}
    rows = 0
    for batch in chain([first, second], batches):
        start = rows
        rows += len(next(iter(batch.values())))
        if rows * len(columns) * _BYTES > limit:
            return None
        for name, part in batch.items():
            if rows > len(columns[name]):  # moves pages, where there are many, and copies none
                columns[name].resize(max(source.rows or 0, rows + rows // 8), refcheck=False)
            columns[name][start:rows] = np.asarray(part, dtype=np.float64)
    for column in columns.values():
        column.resize(rows, refcheck=False)
    return Held(source, columns, rows)


def in_memory(source: RowSource, names: Sequence[str]) -> Held:
    """The source with these columns in memory, where nothing works without them there. Raises LimitError."""
    found = held(source, names, None)
    if found is None:
        raise LimitError("the columns of the data take more than half of the memory")
    return found


def _size(columns: Mapping[str, Floats]) -> int:
    return sum(map(len, columns.values())) * _BYTES


class Minibatches:
    """The minibatches of training: the rows of columns in memory, in another order in each epoch.

    The order comes from NumPy's PCG64 bit generator, seeded with the seed and the epoch. So the minibatches of an epoch
    depend neither on earlier epochs nor on NumPy's version: the generator's bits are fixed.
    """

    def __init__(self, source: Held, size: int, seed: int) -> None:
        self.source = source
        self.size = size
        self.seed = seed
        self._table = np.stack(list(source.columns.values()), axis=1)
        """The rows [rows, columns]: the numbers of a row lie together, as rows are gathered from anywhere."""

    def __len__(self) -> int:
        """How many minibatches an epoch has; the last may be smaller."""
        return -(-self.source.rows // self.size)

    def shuffled(self, epoch: int) -> dict[str, Floats]:
        """The columns in the order of an epoch."""
        bits = np.random.PCG64([self.seed, epoch]).random_raw(self.source.rows)
        if find_spec("llvmlite") is None:
            columns = list(self._table[order(bits.tolist())].T)
        else:
            from exprgrad.backends.llvm.descent.shuffle import shuffled

            columns = shuffled(self._table, bits)
        return dict(zip(self.source.columns, columns, strict=True))

    def epoch(self, epoch: int) -> Iterator[Minibatch]:
        """The minibatches of an epoch."""
        columns = self.shuffled(epoch)
        for first in range(0, self.source.rows, self.size):
            yield Minibatch(self.source, columns, first, min(first + self.size, self.source.rows))


def order(bits: Sequence[int]) -> list[int]:
    """The permutation that 64 random bits for each row give, the same as that of `backends.llvm.descent.shuffle`."""
    rows: list[int] = []
    for row, random in enumerate(bits):
        place = random * (row + 1) >> 64
        rows.append(row)
        rows[row], rows[place] = rows[place], row
    return rows
