"""What is folded over the blocks of rows with errors in x: here, or on the workers of a cluster.

At the least z of a row the columns (z, g) of its residuals have the derivatives [1; a'] with respect to z, with a =
dg/dz, and [0; dg/dp] with respect to the parameters. What of the latter is at right angles to the former is dg/dp
divided by h = sqrt(1 + |a|^2), and the residual in that direction is g*h, whose square is the cost of the row. So
one row of a Jacobian and one residual are left of each row, as without errors in x, and no place is kept: memory stays
that of the parameters (Boggs, Byrd and Schnabel 1987, SIAM J. Sci. Stat. Comput. 8, keep all of them).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from exprgrad.backends.prepared import Folded
from exprgrad.columns.rows import Batch
from exprgrad.jobs.fit.orthogonal.solved import Kernel, Solved, Solver, symmetric
from exprgrad.jobs.fit.orthogonal.triangles import triangle
from exprgrad.jobs.fit.reduction import Floats, combined


class Asked(NamedTuple):
    """The numbers of both kernels at the values of the parameters."""

    places: Folded
    nodes: Folded


class Triangle(NamedTuple):
    """R of the rows' Jacobian with their residuals [p + 1, p + 1], and the sum of their costs: infinite where any
    number was lost."""

    upper: Floats
    cost: float


class Reduction:
    """A step of Gauss and Newton: see `backends.blockwise.BlockFold`."""

    def __init__(self, columns: Sequence[str], solver: Solver, kernel: Kernel) -> None:
        """The kernel has dg/dz and dg/d parameter."""
        self.columns, self.solver, self.kernel = columns, solver, kernel

    @staticmethod
    def both(left: Triangle, right: Triangle) -> Triangle:
        """Those of the rows of both."""
        cost = left.cost + right.cost
        return Triangle(combined(left.upper, right.upper) if np.isfinite(cost) else left.upper, cost)

    def block(self, asked: Asked, rows: Batch) -> Triangle:
        """Of the rows of a block."""
        m = len(self.solver.names)
        with np.errstate(all="ignore"):
            solved, block = at_places(self.solver, self.kernel, asked, rows)
            height = np.sqrt(1 + (block[:, :m] ** 2).sum(axis=1))
            left = np.concatenate([-block[:, m:] / height[:, None], (solved.g * height)[:, None]], axis=1)
            if not np.isfinite(left).all():
                return Triangle(np.zeros((left.shape[1], left.shape[1])), np.inf)
            return Triangle(triangle(left), float(np.sum(solved.z**2) + np.sum(solved.g**2)))


class Curve(NamedTuple):
    """Half the gradient of the cost [p], and half its Hessian [p, p], with z solved for."""

    gradient: Floats
    hessian: Floats


class Curvature:
    """A step of Newton's: see `backends.blockwise.BlockFold`."""

    def __init__(self, columns: Sequence[str], solver: Solver, kernel: Kernel, parameters: int) -> None:
        """The kernel has dg/dz, dg/d parameter, d2g/dz2, and for each parameter the second derivatives with respect to
        it and those behind it, and to z."""
        self.columns, self.solver, self.kernel, self.parameters = columns, solver, kernel, parameters

    @staticmethod
    def both(left: Curve | None, right: Curve | None) -> Curve | None:
        """That of the rows of both; None where one of them has none."""
        if left is None or right is None:
            return None
        return Curve(left.gradient + right.gradient, left.hessian + right.hessian)

    def block(self, asked: Asked, rows: Batch) -> Curve | None:
        """Of the rows of a block; None where it is not to be had."""
        p, m = self.parameters, len(self.solver.names)
        with np.errstate(all="ignore"):
            solved, block = at_places(self.solver, self.kernel, asked, rows)
            g = solved.g
            a, j, curves, bent = np.split(block, np.cumsum([m, p, m * (m + 1) // 2]), axis=1)
            mixed, own = np.empty((len(g), p, m)), np.empty((len(g), p, p))
            starts = np.cumsum([0, *(p - k + m for k in range(p))])
            for k, (start, stop) in enumerate(pairwise(starts)):
                part = bent[:, start:stop]
                own[:, k, k:] = own[:, k:, k] = part[:, : p - k]
                mixed[:, k] = part[:, p - k :]
            cross = j[:, :, None] * a[:, None, :] + g[:, None, None] * mixed
            inner = np.eye(m) + a[:, :, None] * a[:, None, :] + g[:, None, None] * symmetric(curves, m)
            if not (np.isfinite(inner).all() and np.isfinite(cross).all()):
                return None
            try:
                pulled = np.linalg.solve(inner, cross.transpose(0, 2, 1))
            except np.linalg.LinAlgError:
                return None
            hessian = np.einsum("ni,nj->ij", j, j) + np.einsum("n,nij->ij", g, own)
            return Curve(np.einsum("n,ni->i", g, j), hessian - np.einsum("nim,nmj->ij", cross, pulled))


def at_places(solver: Solver, kernel: Kernel, asked: Asked, rows: Batch) -> tuple[Solved, Floats]:
    """A block of rows at its true places, and the nodes of the kernel there [rows, nodes]."""
    solved = solver(asked.places, rows)
    return solved, kernel.fed(asked.nodes)(solved.batch, solved.rows)
