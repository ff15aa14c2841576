"""What workers of a cluster do of the fits of groups: see `backends.protocol.Errand`.

The rows are put in order by group here, and go to the workers in pieces. The bits of a group depend on no other group
of its piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.data.groups.found import Codes
from exprgrad.data.groups.gathered import Part
from exprgrad.errors import UsageError
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit.groups.many.fits import Many
from exprgrad.jobs.fit.groups.many.pieces import Piece, pieces
from exprgrad.jobs.fit.groups.many.table import Table
from exprgrad.jobs.fit.groups.result import Group, Label
from exprgrad.jobs.fit.groups.separate import GroupRows, separately
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import Flags, Floats
from exprgrad.jobs.fit.request import Request

_PIECE = 1 << 17
"""Rows that are sent together, about: what workers have to do divides better than by the pieces of threads."""
_GROUPS, _ROWS = 16, 1 << 16
"""Groups that are sent together to be fitted one by one, and their rows, at the most."""


def here(engine: Engine) -> Engine:
    """What computes where the groups are: on one thread where there are other workers."""
    return engine if engine.cluster is None else engine._replace(cluster=None, threads=1)


class AtOnce(NamedTuple):
    """The fits of many groups at once: a piece is a `Piece`."""

    model: Model
    problem: Problem
    engine: Engine
    request: Request
    rows: int
    starts: Floats

    def begun(self, source: RowSource) -> Callable[[Piece], Table]:
        """Compiles the kernels of this process."""
        many = Many(self.model, self.problem, self.engine, self.request, self.rows)
        many.starts = self.starts
        return many.fit


class Alone(NamedTuple):
    """The rows of a group that is fitted by itself."""

    code: int
    label: Mapping[str, Label]
    columns: Mapping[str, Floats]
    rows: int


class OneByOne(NamedTuple):
    """The fits of groups by themselves: a piece is some of them."""

    model: Model
    values: Mapping[str, float]
    engine: Engine
    request: Request

    def begun(self, source: RowSource | None = None) -> Callable[[Sequence[Alone]], list[Any]]:
        """See `fit`."""
        return lambda groups: [self.fit(group) for group in groups]

    def fit(self, group: Alone) -> tuple[Group, UsageError | None]:
        """See `separate.separately`."""
        rows = GroupRows(group.label, group.columns, group.rows)
        return separately(self.model, self.values, rows, self.engine, self.request)


def alone(part: Part, k: int, label: Mapping[str, Label]) -> Alone:
    """One group of a part."""
    first, last = int(part.starts[k]), int(part.starts[k + 1])
    columns = {name: np.ascontiguousarray(column[first:last]) for name, column in part.columns.items()}
    return Alone(int(part.groups[k]), label, columns, last - first)


def in_lots(groups: Iterator[Alone]) -> Iterator[list[Alone]]:
    """Some groups at a time, as they are sent to be fitted one by one."""
    lot, rows = list[Alone](), 0
    for group in groups:
        if lot and (len(lot) == _GROUPS or rows + group.rows > _ROWS):
            yield lot
            lot, rows = [], 0
        lot.append(group)
        rows += group.rows
    if lot:
        yield lot


def sent(part: Part, chosen: Flags) -> Iterator[Piece]:
    """The chosen groups of a part in pieces that have the rows of their groups alone."""
    for piece in pieces(part, chosen, _PIECE):
        columns, starts = piece.together
        ends: Codes = np.append(starts, int(piece.sizes.sum()))
        yield Piece(Part(piece.groups, ends, columns), np.arange(len(piece.groups)))
