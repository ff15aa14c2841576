"""Some groups of a part, which one thread fits at a time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from exprgrad.data.groups.found import Codes
from exprgrad.data.groups.gathered import Part
from exprgrad.jobs.fit.groups.many.kernels import Kernel, Rows
from exprgrad.jobs.fit.groups.many.padded import Padded, padded
from exprgrad.jobs.fit.groups.many.triangles import Triangles
from exprgrad.jobs.fit.reduction import Flags, Floats

ROWS = 1 << 20
"""Rows of a piece, about."""


class Piece:
    """Groups whose rows lie one after the other."""

    def __init__(self, part: Part, places: Codes) -> None:
        """`places` are those of the groups in the part, ascending."""
        self.part, self.places = part, places
        self.groups = part.groups[places]
        """Their codes [groups]."""
        self.sizes = part.starts[places + 1] - part.starts[places]
        """Their rows [groups]."""
        self.rows = Rows(part.columns, part.starts)
        """All rows of the part."""

    def __reduce__(self) -> tuple[object, ...]:
        return Piece, (self.part, self.places)

    def take(self, which: Codes) -> Piece:
        """Some of the groups, in ascending order of their places."""
        return Piece(self.part, self.places[which])

    @property
    def together(self) -> tuple[dict[str, Floats], Codes]:
        """The rows of these groups alone, and where each of them begins."""
        starts = np.cumsum(self.sizes) - self.sizes
        first, last = int(self.part.starts[self.places[0]]), int(self.part.starts[self.places[-1] + 1])
        columns = {name: each[first:last] for name, each in self.part.columns.items()}
        if last - first > self.sizes.sum():  # others stand between them
            kept = np.repeat(self.part.starts[self.places] - first - starts, self.sizes) + np.arange(self.sizes.sum())
            columns = {name: each[kept] for name, each in columns.items()}
        return columns, starts

    @cached_property
    def _padded(self) -> list[tuple[Codes, Padded]]:
        """All groups, padded, each with where it stands here."""
        return list(padded(self.part, self.places))

    def decomposed(self, which: Codes, kernel: Kernel, values: Floats) -> Triangles:
        """The QR of the rows of some groups at their parameters [p, groups]. The nodes of the kernel are the Jacobian,
        and last the residual."""
        found = Triangles.empty(len(values), len(which))
        place = np.full(len(self.places), -1)
        place[which] = np.arange(len(which))
        for here, others in self._padded if 2 * len(which) > len(self.places) else self._some(which):
            wanted = np.flatnonzero(place[here] >= 0)
            if len(wanted):
                to = place[here[wanted]]
                found.put(to, others.take(wanted).reduce(kernel, values[:, to]))
        return found

    def _some(self, which: Codes) -> Iterator[tuple[Codes, Padded]]:
        for here, others in padded(self.part, self.places[which]):
            yield which[here], others


def pieces(part: Part, chosen: Flags, size: int = ROWS) -> Iterator[Piece]:
    """The chosen groups of a part, about `size` rows at a time."""
    places = np.flatnonzero(chosen)
    rows = np.cumsum(part.starts[places + 1] - part.starts[places])
    first = 0
    while first < len(places):
        before = int(rows[first - 1]) if first else 0
        last = max(int(np.searchsorted(rows, before + size, side="right")), first + 1)
        yield Piece(part, places[first:last])
        first = last
