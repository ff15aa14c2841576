"""Passes over the rows of groups that share parameters: here on threads, or on the workers of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.backends.protocol import Kept
from exprgrad.backends.threads import on_threads
from exprgrad.columns.rows import RowSource
from exprgrad.data.groups.found import Codes
from exprgrad.data.groups.gathered import Gathered, Part
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit.groups.far import sent
from exprgrad.jobs.fit.groups.many.fits import columned
from exprgrad.jobs.fit.groups.many.kernels import Kernel
from exprgrad.jobs.fit.groups.many.pieces import Piece, pieces
from exprgrad.jobs.fit.groups.many.reduced import Reduction
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import Flags, Floats
from exprgrad.jobs.fit.request import Request

_PASSES = 30
"""As many as a fit may take."""

Passed = tuple[Codes, Floats, Floats]
"""Codes of groups [groups], their triangles [groups, p + 1, p + 1], and their costs [groups]."""


class Passes(NamedTuple):
    """How a piece is computed: see `backends.protocol.Errand`."""

    model: Model
    problem: Problem
    """That of one group."""
    engine: Engine
    request: Request
    order: Sequence[int]
    """The places of the parameters in the problem."""
    rows: int

    def kernel(self) -> Kernel:
        """The Jacobian, and last the residual."""
        wide = columned(self.model, self.problem)
        nodes = [*(wide.reweighted[k] for k in self.order), wide.pull]
        kernel = Kernel(wide, nodes, self.engine, self.rows * _PASSES)
        _ = kernel.sums  # compiled once, before there are threads
        return kernel

    def begun(self, source: RowSource) -> Callable[[Piece], Callable[[Floats], Passed]]:
        """Compiles the kernel of this process. What a piece is asked are the parameters of all groups [p, groups]."""
        kernel = self.kernel()

        def begin(piece: Piece) -> Callable[[Floats], Passed]:
            reduce = Reduction(piece, kernel)
            return lambda whole: reduced(reduce, whole)

        return begin


class Over:
    """Passes over all groups that take part."""

    def __init__(self, passes: Passes, rows: Gathered, failed: Sequence[int], engine: Engine) -> None:
        """`failed` are the codes of the groups that do not."""
        self._passes, self._rows, self._failed, self._engine = passes, rows, failed, engine
        self._far: Kept | None = None
        self._kernel = passes.kernel() if engine.cluster is None else None
        self._kept: list[Reduction] | None = None

    def __call__(self, whole: Floats) -> Iterable[Passed]:
        """What is found of them, some at a time, at their parameters [p, groups]."""
        if self._kernel is None:
            return self._on_workers(whole)
        work, given = partial(reduced, whole=whole), self._reductions(self._kernel)
        return map(work, given) if self._kernel.sums else on_threads(work, given, self._engine.threads)

    def _on_workers(self, whole: Floats) -> Iterable[Passed]:
        assert self._engine.cluster is not None
        if self._far is None:
            given = [piece for part in self._rows.parts() for piece in sent(part, self._taking(part))]
            sizes = [float(piece.sizes.sum()) for piece in given]
            self._far = self._engine.cluster.kept(self._passes, given, sizes)
        found: Iterable[Passed] = self._far.ask(whole)
        return found

    def _taking(self, part: Part) -> Flags:
        found: Flags = ~np.isin(part.groups, self._failed)
        return found

    def _reductions(self, kernel: Kernel) -> Iterator[Reduction]:
        """All groups that take part. Those of rows in memory are kept."""
        if self._kept is not None:
            yield from self._kept
            return
        kept: list[Reduction] = []
        for part in self._rows.parts():
            for piece in pieces(part, self._taking(part)):
                reduction = Reduction(piece, kernel)
                if not self._rows.on_disk:
                    kept.append(reduction)
                yield reduction
        self._kept = None if self._rows.on_disk else kept


def reduced(reduce: Reduction, whole: Floats) -> Passed:
    """The groups of a piece at their parameters; `whole` are those of all groups [p, groups]."""
    groups, size = reduce.piece.groups, len(whole) + 1
    with np.errstate(all="ignore"):
        found = reduce(np.arange(len(groups)), whole[:, groups])
    upper = np.zeros((len(groups), size, size))  # 0 in the last corner, which no step changes
    upper[:, :-1, :-1], upper[:, :-1, -1] = found.triangle.transpose(2, 0, 1), found.rotated.T
    return groups, upper, found.cost
