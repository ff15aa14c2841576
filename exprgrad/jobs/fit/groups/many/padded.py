"""Some groups of about as many rows each, as arrays [groups, rows]: the QR of the rows of each of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from exprgrad.data.groups.found import Codes
from exprgrad.data.groups.gathered import Part
from exprgrad.jobs.fit.groups.many.kernels import Kernel
from exprgrad.jobs.fit.groups.many.triangles import Triangles
from exprgrad.jobs.fit.reduction import Flags, Floats

ROWS = 1 << 17
"""Rows that are padded together, about: the arrays stay in the cache of a processor."""
_PADDED = 1.25
"""How much longer than the shortest group the longest may be."""


class Padded:
    """Groups that are padded to one length with copies of their first row, which count nothing."""

    def __init__(self, sizes: Codes, columns: dict[str, Floats]) -> None:
        self.sizes = sizes
        """Their rows [groups]."""
        self.columns = columns
        """[groups, length]"""
        self.length = int(sizes.max(initial=0))
        self.mask: Flags | None = None
        """Which rows are none [groups, length]; None where all are."""
        if (sizes != self.length).any():
            self.mask = np.arange(self.length) >= sizes[:, None]

    def take(self, which: Codes) -> Padded:
        """Some of the groups, in ascending order of their places."""
        if len(which) == len(self.sizes):
            return self
        sizes = self.sizes[which]
        cut = int(sizes.max(initial=0))
        columns = {name: np.ascontiguousarray(each[which][:, :cut]) for name, each in self.columns.items()}
        return Padded(sizes, columns)

    def reduce(self, kernel: Kernel, values: Floats) -> Triangles:
        """The rows of each group brought down to a triangle, at its parameters [p, groups]. The nodes of the kernel are
        the Jacobian, and last the residual."""
        flat = {name: each.reshape(-1) for name, each in self.columns.items()}
        found = kernel(flat, values, self.length)
        rows = np.empty((len(self.sizes), self.length, len(found)))
        for k, node in enumerate(found):
            rows[:, :, k] = node if isinstance(node, float) else node.reshape(-1, self.length)
        if self.mask is not None:
            rows[self.mask] = 0.0
        return triangles(rows)


def triangles(rows: Floats) -> Triangles:
    """The QR of rows [groups, length, p + 1], whose last column is the residual."""
    count = rows.shape[2] - 1
    cost = np.einsum("gm,gm->g", rows[:, :, -1], rows[:, :, -1])
    if rows.shape[1] <= count:
        rows = np.concatenate([rows, np.zeros((len(rows), count + 1 - rows.shape[1], count + 1))], axis=1)
    upper = np.asarray(np.linalg.qr(rows, mode="r"))
    cost = np.where(np.isfinite(upper).all(axis=(1, 2)) & np.isfinite(cost), cost, np.inf)
    upper = upper.transpose(1, 2, 0)
    return Triangles(upper[:count, :count], upper[:count, count], cost)


def padded(part: Part, places: Codes) -> Iterator[tuple[Codes, Padded]]:
    """Groups of a part by their places there, each with others of about its length; which of them these are."""
    sizes = part.starts[places + 1] - part.starts[places]
    order = np.argsort(sizes, kind="stable")
    first = 0
    while first < len(order):
        least = int(sizes[order[first]])
        near = int(np.searchsorted(sizes[order], max(least * _PADDED, least + 3), side="right"))
        longest = int(sizes[order[near - 1]])
        last = min(near, first + max(ROWS // longest, 1))
        which = np.sort(order[first:last])
        yield which, _padded(part, places[which])
        first = last


def _padded(part: Part, places: Codes) -> Padded:
    sizes = part.starts[places + 1] - part.starts[places]
    steps = np.arange(int(sizes.max()))
    rows = part.starts[places][:, None] + np.where(steps < sizes[:, None], steps, 0)
    return Padded(sizes, {name: each[rows] for name, each in part.columns.items()})
