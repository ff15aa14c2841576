"""Rows at their true places, block by block."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from exprgrad.backends.prepared import Folded, Prepared
from exprgrad.columns.rows import Batch
from exprgrad.columns.values import Column
from exprgrad.jobs.fit.orthogonal.places import Evaluated, places
from exprgrad.jobs.fit.orthogonal.rows import table
from exprgrad.jobs.fit.reduction import Floats


class Solved(NamedTuple):
    """A block of rows at its true places."""

    z: Floats
    g: Floats
    batch: Mapping[str, Column]
    """The columns, those of the true places among them."""
    rows: int


class Kernel:
    """The nodes of a plan for blocks of rows. It may be called from several threads, and is pickled for workers."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self._lock, self._compiled = Lock(), False

    def __reduce__(self) -> tuple[object, ...]:
        return Kernel, (self.prepared,)

    def fed(self, folded: Folded) -> Callable[[Batch, int], Floats]:
        """A function that takes rows, and how many they are, and gives the nodes [rows, nodes]. `folded` are the
        numbers of the plan."""
        with self._lock:  # one thread compiles
            if not self._compiled:
                self.prepared.stream(folded)
                self._compiled = True
        feed, wanted = self.prepared.stream(folded), self.prepared.plan.wanted
        return lambda batch, rows: table(feed(batch), folded.numbers, wanted, rows)


class Solver:
    """The true places of the rows of a block."""

    def __init__(self, names: Sequence[str], kernel: Kernel) -> None:
        """`names` are the variables z; the kernel has the nodes g, dg/dz and d2g/dz2."""
        self.names, self.kernel = tuple(names), kernel

    def __call__(self, folded: Folded, batch: Batch) -> Solved:
        """`folded` are the numbers of the kernel."""
        rows, m, feed = len(next(iter(batch.values()))), len(self.names), self.kernel.fed(folded)

        def evaluate(z: Floats, which: Any) -> Evaluated:
            part = batch if len(which) == rows else {name: column[which] for name, column in batch.items()}
            there = {**part, **dict(zip(self.names, _columns(z), strict=True))}
            block = feed(there, len(z))
            return block[:, 0], block[:, 1 : m + 1], symmetric(block[:, m + 1 :], m)

        z, g = places(evaluate, rows, m)
        return Solved(z, g, {**batch, **dict(zip(self.names, _columns(z), strict=True))}, rows)


def _columns(z: Floats) -> list[Floats]:
    return [np.ascontiguousarray(z[:, k]) for k in range(z.shape[1])]


def symmetric(upper: Floats, size: int) -> Floats:
    """Matrices [n, size, size] from their upper triangles, row by row."""
    found = np.empty((len(upper), size, size))
    for k, (i, j) in enumerate(zip(*np.triu_indices(size), strict=True)):
        found[:, i, j] = found[:, j, i] = upper[:, k]
    return found
