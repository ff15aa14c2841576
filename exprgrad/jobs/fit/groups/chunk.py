"""Some groups of about as many rows each, as arrays [groups, rows]: what is folded over the rows of each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from exprgrad.data.groups.gathered import Part
from exprgrad.data.groups.labels import Codes
from exprgrad.jobs.fit.groups.kernels import Kernel
from exprgrad.jobs.fit.reduction import Flags, Floats

ROWS = 1 << 17
"""Rows of a chunk, about: its arrays stay in the cache of a processor."""
LONGEST = 1 << 13
"""Rows of a group that may be one of many."""
_PADDED = 1.25
"""How much longer than the shortest group of a chunk the longest may be."""


class Triangles(NamedTuple):
    """R of J = Q*R, Q'r, and the sum of squares, for each group. What overflows is infinite or nan."""

    triangle: Floats
    """[groups, p, p]"""
    rotated: Floats
    """[groups, p]"""
    cost: Floats
    """[groups]; infinite where any number was lost."""

    def take(self, which: Codes | Flags) -> Triangles:
        """Those of some groups."""
        return Triangles(*(each[which] for each in self))

    def put(self, which: Codes | Flags, others: Triangles) -> None:
        """Replace those of some groups."""
        for mine, new in zip(self, others, strict=True):
            mine[which] = new


class Chunk:
    """Groups that are padded to one length with copies of their first row, which count nothing."""

    def __init__(self, groups: Codes, sizes: Codes, columns: dict[str, Floats]) -> None:
        self.groups = groups
        """Their codes [groups]."""
        self.sizes = sizes
        """Their rows [groups]."""
        self.columns = columns
        """[groups, length]"""
        self.length = int(sizes.max(initial=0))
        self.mask: Flags | None = None
        """Which rows are none [groups, length]; None where all are."""
        if (sizes != self.length).any():
            self.mask = np.arange(self.length) >= sizes[:, None]

    def take(self, which: Codes | Flags) -> Chunk:
        """Some of the groups, in ascending order of their places."""
        if len(which) == len(self.groups) and which.dtype != bool:
            return self
        sizes = self.sizes[which]
        cut = int(sizes.max(initial=0))
        columns = {name: np.ascontiguousarray(each[which][:, :cut]) for name, each in self.columns.items()}
        return Chunk(self.groups[which], sizes, columns)

    def rows(self, kernel: Kernel, values: Floats) -> Floats:
        """The nodes of the kernel at the parameters [groups, p] of each group: [groups, length, nodes], 0 in rows that
        are none."""
        flat = {name: each.reshape(-1) for name, each in self.columns.items()}
        found = kernel(flat, values, self.length)
        made = np.empty((len(self.groups), self.length, len(found)))
        for k, node in enumerate(found):
            made[:, :, k] = node if isinstance(node, float) else node.reshape(-1, self.length)
        if self.mask is not None:
            made[self.mask] = 0.0
        return made

    def reduce(self, kernel: Kernel, values: Floats) -> Triangles:
        """The rows of each group brought down to a triangle. The nodes of the kernel are the Jacobian, and last the
        residual."""
        rows = self.rows(kernel, values)
        return triangles(rows)


def triangles(rows: Floats) -> Triangles:
    """The QR of rows [groups, length, p + 1], whose last column is the residual."""
    count = rows.shape[2] - 1
    cost = np.einsum("gm,gm->g", rows[:, :, -1], rows[:, :, -1])
    if rows.shape[1] <= count:
        rows = np.concatenate([rows, np.zeros((len(rows), count + 1 - rows.shape[1], count + 1))], axis=1)
    upper = np.asarray(np.linalg.qr(rows, mode="r"))
    cost = np.where(np.isfinite(upper).all(axis=(1, 2)) & np.isfinite(cost), cost, np.inf)
    return Triangles(upper[:, :count, :count].copy(), upper[:, :count, count].copy(), cost)


def chunks(part: Part, chosen: Flags) -> Iterator[Chunk]:
    """The chosen groups of a part, with others of about their length."""
    sizes = np.diff(part.starts)
    order = np.argsort(sizes, kind="stable")
    order = order[chosen[order]]
    first = 0
    while first < len(order):
        least = int(sizes[order[first]])
        last = first
        while last < len(order):
            longest = int(sizes[order[last]])
            if longest > max(least * _PADDED, least + 3) or (last > first and (last - first + 1) * longest > ROWS):
                break
            last += 1
        yield _chunk(part, order[first:last], sizes)
        first = last


def _chunk(part: Part, which: Codes, sizes: Codes) -> Chunk:
    length = int(sizes[which].max())
    steps = np.arange(length)
    rows = part.starts[which][:, None] + np.where(steps < sizes[which][:, None], steps, 0)
    return Chunk(part.groups[which], sizes[which], {name: each[rows] for name, each in part.columns.items()})
