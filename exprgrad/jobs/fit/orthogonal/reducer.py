"""All rows brought down to what a step of the parameters needs, the true places solved for and left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.backends.blockwise import blockwise, in_blocks
from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.rows import Batch, RowSource
from exprgrad.jobs.fit.orthogonal.folds import Asked, Curvature, Reduction, at_places
from exprgrad.jobs.fit.orthogonal.latent import Latent
from exprgrad.jobs.fit.orthogonal.solved import Kernel, Solved, Solver
from exprgrad.jobs.fit.reduction import Floats, Reduced, lengths, lost

_MANY = 30
"""Parameters from which second derivatives with respect to them are too many nodes to be worth it."""


class Beside:
    """A row source with the columns of the true places beside its own."""

    def __init__(self, source: RowSource, names: tuple[str, ...]) -> None:
        self.source, self.names, self.rows = source, (*source.names, *names), source.rows
        self.own = set(source.names)

    def read(self, names: Any) -> Any:
        return self.source.read([name for name in names if name in self.own])

    def place(self, row: int) -> str:
        return self.source.place(row)


class Orthogonal:
    """Reduces the rows of a source at any values of the parameters."""

    def __init__(self, latent: Latent, source: RowSource, engine: Engine, rows: int) -> None:
        self.latent, self.problem = latent, latent.problem
        self.source, self.rows = Beside(source, latent.names), rows
        self.engine = engine
        self.passes = 0
        self.best: Floats | None = None
        """The parameters of the least cost so far."""
        self.least = np.inf
        """That cost."""
        bends = [node for row in latent.bends for node in row]
        self.solver = Solver(latent.names, Kernel(self.prepared([latent.residual, *latent.along, *bends])))
        self.slope = Kernel(self.prepared([*latent.along, *latent.jacobian]))
        self._reduction = Reduction(self.columns, self.solver, self.slope)
        self._curvature: Curvature | None = None

    def prepared(self, nodes: list[int]) -> Prepared:
        """A plan for some nodes of the problem's graph."""
        return Prepared(self.problem.graph, nodes, self.source, self.engine, self.rows * 100)

    @property
    def columns(self) -> list[str]:
        """The columns of the data that the formula uses."""
        return [name for name in self.problem.graph.inputs() if name in self.source.own]

    def asked(self, values: Floats, kernel: Kernel) -> Asked:
        """The numbers at the values of the parameters."""
        bindings = {**self.problem.fixed, **dict(zip(self.problem.names, map(float, values), strict=True))}
        own, other = self.solver.kernel.prepared, kernel.prepared
        return Asked(own.fold(self.source, bindings), other.fold(self.source, bindings))

    def reduce(self, values: Floats) -> Reduced:
        """At the values of the parameters. Where anything overflows, the cost is infinite."""
        count = len(self.problem.parameters)
        self.passes += 1
        with np.errstate(all="ignore"):
            upper, cost = blockwise(self._reduction, self.asked(values, self.slope), self.source, self.engine)
            if not (np.isfinite(cost) and np.isfinite(lengths(upper)).all()):
                return lost(count)
        if cost < self.least:
            self.best, self.least = values.copy(), cost
        return Reduced(upper[:count, :count], upper[:count, count], cost)

    def blocks(
        self, values: Floats, kernel: Kernel, batches: Iterable[Batch] | None = None
    ) -> Iterator[tuple[Solved, Floats]]:
        """Blocks of rows at their true places, and there the nodes of a kernel [rows, nodes]: of all rows, or of these
        batches. The rows come here, also where a cluster has them."""
        asked = self.asked(values, kernel)
        for rows in in_blocks(self.source.read(self.columns) if batches is None else batches):
            yield at_places(self.solver, kernel, asked, rows)

    def curvature(self, values: Floats) -> tuple[Floats, Floats] | None:
        """Half the gradient of the cost [p], and half its Hessian [p, p], with z solved for; None where the Hessian is
        not to be had."""
        p, latent = len(self.problem.parameters), self.latent
        if p > _MANY:
            return None
        if self._curvature is None:
            graph, inputs = self.problem.graph, self.problem.graph.inputs()
            wrt = [inputs[name] for name in (*self.problem.names, *latent.names)]
            seconds = [
                node for k, slope in enumerate(latent.jacobian)
                for node in column_derivatives(graph, slope, wrt[k:], self.source.names)
            ]  # fmt: skip
            bends = [node for row in latent.bends for node in row]
            kernel = Kernel(self.prepared([*latent.along, *latent.jacobian, *bends, *seconds]))
            self._curvature = Curvature(self.columns, self.solver, kernel, p)
        with np.errstate(all="ignore"):
            asked = self.asked(values, self._curvature.kernel)
            found = blockwise(self._curvature, asked, self.source, self.engine)
        return tuple(found) if found is not None and np.isfinite(found.hessian).all() else None
