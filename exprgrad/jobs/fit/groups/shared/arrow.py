"""The least-squares problem of groups that share parameters: a block-arrow matrix, kept as one small triangle a group.

The rows of a group have columns for its own parameters, l, and for the shared ones, s. Its QR is

    R_ll  R_ls | z_l
     0    R_ss | z_s

Its own parameters stand in the upper rows alone. The lower rows of all groups, put one below the other and brought
into one triangle by a last QR, are the problem of the shared parameters, from which all others have been eliminated
(Björck 1996, Numerical Methods for Least Squares Problems, 6.3). So nothing is squared, and memory is one triangle of
(l + s + 1)^2 numbers a group, whatever the rows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exprgrad.jobs.fit.reduction import Flags, Floats, combined


class Vector(NamedTuple):
    """A number for each parameter."""

    own: Floats
    """[groups, l]"""
    shared: Floats
    """[s]"""

    def times(self, other: Vector) -> Vector:
        """The products of the numbers."""
        return Vector(self.own * other.own, self.shared * other.shared)

    def norm(self) -> float:
        """The length."""
        return float(np.sqrt((self.own**2).sum() + (self.shared**2).sum()))


class Still(NamedTuple):
    """Which parameters no step moves."""

    own: Flags
    """[groups, l]"""
    shared: Flags
    """[s]"""


class Arrow:
    """The triangles [groups, l + s + 1, l + s + 1] of all groups, and their costs [groups]."""

    def __init__(self, triangles: Floats, costs: Floats, own: int, still: Still | None = None) -> None:
        self.triangles, self.costs, self.own = triangles, costs, own
        self.cost = float(costs.sum())
        sizes = self.sizes()
        self.still = still or Still(sizes.own == 0, sizes.shared == 0)
        """The parameters that no step moves: those without effect, at least."""

    @property
    def finite(self) -> bool:
        """Whether no number was lost."""
        return bool(np.isfinite(self.cost))

    def sizes(self) -> Vector:
        """The lengths of the columns."""
        found = lengths(self.triangles)
        shared = found[:, self.own : -1]
        return Vector(found[:, : self.own], np.sqrt((shared**2).sum(axis=0)))

    def pull(self) -> Vector:
        """J'r, half the slope of the cost downwards."""
        found = np.einsum("gij,gi->gj", self.triangles[:, :, :-1], self.triangles[:, :, -1])
        return Vector(found[:, : self.own], found[:, self.own :].sum(axis=0))

    def held(self, own: Flags, shared: Flags) -> Arrow:
        """The same where these parameters stand still: their columns are 0."""
        triangles = self.triangles.copy()
        triangles[:, :, : self.own] *= ~own[:, None, :]
        triangles[:, :, self.own : -1] *= ~shared
        return Arrow(triangles, self.costs, self.own, Still(self.still.own | own, self.still.shared | shared))

    def solved(self, damping: float, unit: Vector) -> tuple[Vector, float]:
        """The step d that minimizes |r - J*d|^2 + damping*|unit*d|^2, and how much lower the cost is after it, if the
        model is linear."""
        core = self.eliminated(damping, unit)
        shared = _back(core.shared, core.shared_rotated)
        own = _backs(core.own, core.own_rotated - core.across @ shared)
        step = Vector(own, shared)
        return step, self.lower(step)

    def lower(self, step: Vector) -> float:
        """How much lower the cost is after a step, if the model is linear."""
        moved = np.einsum("gij,gj->gi", self.triangles[:, :, : self.own], step.own)
        moved += self.triangles[:, :, self.own : -1] @ step.shared
        return float(np.einsum("gi,gi->", moved, 2 * self.triangles[:, :, -1] - moved))

    def eliminated(self, damping: float, unit: Vector) -> Core:
        """The triangles of the groups' own parameters, and that of the shared ones."""
        groups, size = self.triangles.shape[:2]
        count, shared = self.own, size - self.own - 1
        upper, root = self.triangles, np.sqrt(damping)
        if damping > 0 or self.still.own.any():  # a row more for each parameter, which draws it to where it is
            more = np.zeros((groups, count, size))
            more[:, range(count), range(count)] = np.where(self.still.own, 1.0, root * unit.own)
            upper = np.asarray(np.linalg.qr(np.concatenate([upper, more], axis=1), mode="r"))
        core = np.zeros((shared + 1, shared + 1))
        more = np.zeros((shared, shared + 1))
        more[range(shared), range(shared)] = np.where(self.still.shared, 1.0, root * unit.shared)
        lower = np.concatenate([upper[:, count:, count:].reshape(-1, shared + 1), more])
        for first in range(0, len(lower), _ROWS):
            core = combined(core, lower[first : first + _ROWS])
        return Core(
            upper[:, :count, :count],
            upper[:, :count, count:-1],
            upper[:, :count, -1],
            core[:shared, :shared],
            core[:shared, -1],
        )


_ROWS = 1 << 16
"""Rows that are decomposed at once."""


class Core(NamedTuple):
    """An arrow from which the groups' own parameters are eliminated."""

    own: Floats
    """R_ll [groups, l, l]"""
    across: Floats
    """R_ls [groups, l, s]"""
    own_rotated: Floats
    """z_l [groups, l]"""
    shared: Floats
    """The triangle of the shared parameters [s, s]."""
    shared_rotated: Floats
    """[s]"""

    def covariance(self) -> tuple[Floats, Floats]:
        """(J'J)^-1: the blocks of the groups [groups, l, l], and that of the shared parameters [s, s].

        With C of the shared ones, the block of a group is R_ll^-1 (1 + R_ls C R_ls') R_ll^-T. A parameter that the
        data do not determine has nan.
        """
        inverse, alone = _inverses(self.shared[None])[0], _inverses(self.own)
        across = np.einsum("gij,gjk,kl->gil", alone, self.across, inverse)
        own = np.einsum("gij,gkj->gik", alone, alone) + np.einsum("gij,gkj->gik", across, across)
        return own, inverse @ inverse.T


def lengths(triangles: Floats) -> Floats:
    """Of the columns of each triangle [groups, p, p]."""
    found: Floats = np.sqrt(np.einsum("gij,gij->gj", triangles, triangles))
    return found


_LEAST = 1e-14
"""Of the largest length of a column: a pivot below it is rounding."""


def _fixed(triangles: Floats) -> tuple[Floats, Flags]:
    """Triangles with 1 as pivots where these are only rounding, and which those are [groups, p]."""
    sizes = np.abs(np.einsum("gii->gi", triangles))
    lost = ~(sizes > _LEAST * lengths(triangles))
    found = triangles.copy()
    found[lost] = 0.0
    found += lost[:, :, None] * np.eye(triangles.shape[1])
    return found, lost


def _backs(triangles: Floats, rotated: Floats) -> Floats:
    """The solutions of triangles; 0 for a parameter without effect."""
    fixed, lost = _fixed(triangles)
    found = np.linalg.solve(fixed, np.where(lost, 0.0, rotated)[:, :, None])
    return np.asarray(found[:, :, 0], np.float64)


def _back(triangle: Floats, rotated: Floats) -> Floats:
    found: Floats = _backs(triangle[None], rotated[None])[0]
    return found


def _inverses(triangles: Floats) -> Floats:
    """nan for what is not determined."""
    fixed, lost = _fixed(triangles)
    found = np.asarray(np.linalg.inv(fixed), np.float64)
    found[lost] = np.nan
    return found
