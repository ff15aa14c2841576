"""All rows brought down to what a step of the parameters needs, the true places solved for and left out.

At the least z of a row the columns (z, g) of its residuals have the derivatives [1; a'] with respect to z, with a =
dg/dz, and [0; dg/dp] with respect to the parameters. What of the latter is at right angles to the former is dg/dp
divided by h = sqrt(1 + |a|^2), and the residual in that direction is g*h, whose square is the cost of the row. So
one row of a Jacobian and one residual are left of each row, as without errors in x, and no place is kept: memory stays
that of the parameters (Boggs, Byrd and Schnabel 1987, SIAM J. Sci. Stat. Comput. 8, keep all of them).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.rows import Batch, RowSource
from exprgrad.columns.values import Column
from exprgrad.jobs.fit.orthogonal.latent import Latent
from exprgrad.jobs.fit.orthogonal.places import Evaluated, places
from exprgrad.jobs.fit.orthogonal.rows import table
from exprgrad.jobs.fit.reduction import BLOCK, Floats, Reduced, combined, lengths

_MANY = 30
"""Parameters from which second derivatives with respect to them are too many nodes to be worth it."""


class Solved(NamedTuple):
    """A block of rows at its true places."""

    z: Floats
    g: Floats
    batch: Mapping[str, Column]
    """The columns, those of the true places among them."""
    rows: int


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
        self.engine = engine._replace(cluster=None)
        self.passes = 0
        self.best: Floats | None = None
        """The parameters of the least cost so far."""
        self.least = np.inf
        """That cost."""
        bends = [node for row in latent.bends for node in row]
        self.place = self.prepared([latent.residual, *latent.along, *bends])
        self.slope = self.prepared([*latent.along, *latent.jacobian])
        self._curved: Prepared | None = None

    def prepared(self, nodes: list[int]) -> Prepared:
        return Prepared(self.problem.graph, nodes, self.source, self.engine, self.rows * 100)

    def bindings(self, values: Floats) -> dict[str, float]:
        """All numbers that the formula uses."""
        return {**self.problem.fixed, **dict(zip(self.problem.names, map(float, values), strict=True))}

    def reduce(self, values: Floats) -> Reduced:
        """At the values of the parameters. Where anything overflows, the cost is infinite."""
        count = len(self.problem.parameters)
        self.passes += 1
        upper, cost = np.zeros((count + 1, count + 1)), 0.0
        m = len(self.latent.names)
        with np.errstate(all="ignore"):
            for solved, block in self.blocks(values, self.slope):
                height = np.sqrt(1 + (block[:, :m] ** 2).sum(axis=1))
                rows = np.concatenate([-block[:, m:] / height[:, None], (solved.g * height)[:, None]], axis=1)
                if not np.isfinite(rows).all():
                    return Reduced(np.zeros((count, count)), np.zeros(count), np.inf)
                cost += float(np.sum(solved.z**2) + np.sum(solved.g**2))
                upper = combined(upper, rows)
            if not (np.isfinite(cost) and np.isfinite(lengths(upper)).all()):
                return Reduced(np.zeros((count, count)), np.zeros(count), np.inf)
        if cost < self.least:
            self.best, self.least = values.copy(), cost
        return Reduced(upper[:count, :count], upper[:count, count], cost)

    def blocks(
        self, values: Floats, prepared: Prepared, batches: Iterable[Batch] | None = None
    ) -> Iterator[tuple[Solved, Floats]]:
        """Blocks of rows at their true places, and there the nodes of a plan [rows, nodes]: of all rows, or of these
        batches."""
        bindings = self.bindings(values)
        folded = prepared.fold(self.source, bindings)
        feed = prepared.stream(folded)
        for solved in self.solved(bindings, batches):
            yield solved, table(feed(solved.batch), folded.numbers, prepared.plan.wanted, solved.rows)

    @property
    def columns(self) -> list[str]:
        """The columns of the data that the formula uses."""
        return [name for name in self.problem.graph.inputs() if name in self.source.own]

    def solved(self, bindings: Mapping[str, float], batches: Iterable[Batch] | None) -> Iterator[Solved]:
        """Blocks of rows at their true places."""
        names, plan = self.latent.names, self.place.plan
        folded = self.place.fold(self.source, bindings)
        feed = self.place.stream(folded)
        m = len(names)
        for batch in _blocks(self.source.read(self.columns) if batches is None else batches):
            rows = len(next(iter(batch.values())))

            def evaluate(z: Floats, which: Any, batch: Batch = batch, rows: int = rows) -> Evaluated:
                part = batch if len(which) == rows else {name: column[which] for name, column in batch.items()}
                there = {**part, **dict(zip(names, _columns(z), strict=True))}
                block = table(feed(there), folded.numbers, plan.wanted, len(z))
                return block[:, 0], block[:, 1 : m + 1], _symmetric(block[:, m + 1 :], m)

            z, g = places(evaluate, rows, m)
            yield Solved(z, g, {**batch, **dict(zip(names, _columns(z), strict=True))}, rows)

    def curvature(self, values: Floats) -> tuple[Floats, Floats] | None:
        """Half the gradient of the cost [p], and half its Hessian [p, p], with z solved for; None where the Hessian is
        not to be had."""
        p, m, latent = len(self.problem.parameters), len(self.latent.names), self.latent
        if p > _MANY:
            return None
        if self._curved is None:
            graph, inputs = self.problem.graph, self.problem.graph.inputs()
            wrt = [inputs[name] for name in (*self.problem.names, *latent.names)]
            seconds = [
                node for k, slope in enumerate(latent.jacobian)
                for node in column_derivatives(graph, slope, wrt[k:], self.source.names)
            ]  # fmt: skip
            bends = [node for row in latent.bends for node in row]
            self._curved = self.prepared([*latent.along, *latent.jacobian, *bends, *seconds])
        gradient, hessian = np.zeros(p), np.zeros((p, p))
        pairs = m * (m + 1) // 2
        with np.errstate(all="ignore"):
            for solved, block in self.blocks(values, self._curved):
                g = solved.g
                a, j, curves, bent = np.split(block, np.cumsum([m, p, pairs]), axis=1)
                mixed, own = np.empty((len(g), p, m)), np.empty((len(g), p, p))
                starts = np.cumsum([0, *(p - k + m for k in range(p))])
                for k, (start, stop) in enumerate(pairwise(starts)):
                    part = bent[:, start:stop]
                    own[:, k, k:] = own[:, k:, k] = part[:, : p - k]
                    mixed[:, k] = part[:, p - k :]
                cross = j[:, :, None] * a[:, None, :] + g[:, None, None] * mixed
                inner = np.eye(m) + a[:, :, None] * a[:, None, :] + g[:, None, None] * _symmetric(curves, m)
                if not (np.isfinite(inner).all() and np.isfinite(cross).all()):
                    return None
                gradient += g @ j
                hessian += j.T @ j + np.einsum("n,nij->ij", g, own)
                try:
                    hessian -= np.einsum("nim,nmj->ij", cross, np.linalg.solve(inner, cross.transpose(0, 2, 1)))
                except np.linalg.LinAlgError:
                    return None
        return (gradient, hessian) if np.isfinite(hessian).all() else None


def _columns(z: Floats) -> list[Floats]:
    return [np.ascontiguousarray(z[:, k]) for k in range(z.shape[1])]


def _symmetric(upper: Floats, size: int) -> Floats:
    """Matrices [n, size, size] from their upper triangles, row by row."""
    found = np.empty((len(upper), size, size))
    for k, (i, j) in enumerate(zip(*np.triu_indices(size), strict=True)):
        found[:, i, j] = found[:, j, i] = upper[:, k]
    return found


def _blocks(batches: Any) -> Iterator[Batch]:
    """Batches of at most BLOCK rows, as arrays."""
    for batch in batches:
        arrays = {name: np.asarray(column) for name, column in batch.items()}
        size = len(next(iter(arrays.values())))
        for start in range(0, size, BLOCK):
            yield {name: column[start : start + BLOCK] for name, column in arrays.items()}
