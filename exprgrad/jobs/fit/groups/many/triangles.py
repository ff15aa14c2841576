"""Algebra of many small triangles at once.

The last axis counts the groups: an array [p, p, groups] is p*p vectors, and each line here works on whole vectors. So
the numbers of a group do not depend on what other groups stand beside it. All triangles are upper ones. Without that
axis, arrays of objects do as well: `rounds` has nodes of a graph in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from exprgrad.data.groups.found import Codes
from exprgrad.jobs.fit.reduction import Flags, Floats


class Triangles(NamedTuple):
    """R of J = Q*R, Q'r, and the sum of squares, for each group. What overflows is infinite or nan."""

    triangle: Floats
    """[p, p, groups]"""
    rotated: Floats
    """[p, groups]"""
    cost: Floats
    """[groups]; infinite where any number was lost."""

    def take(self, which: Codes | Flags) -> Triangles:
        """Those of some groups, in ascending order; of all, these themselves."""
        if len(self.cost) == (np.count_nonzero(which) if which.dtype == bool else len(which)):
            return self
        return Triangles(*(each[..., which] for each in self))

    def put(self, which: Codes | Flags, others: Triangles) -> None:
        """Replace those of some groups, in ascending order."""
        every = len(self.cost) == len(others.cost)
        for mine, new in zip(self, others, strict=True):
            mine[..., slice(None) if every else which] = new

    @classmethod
    def empty(cls, parameters: int, groups: int) -> Triangles:
        """Room for so many."""
        return cls(np.empty((parameters, parameters, groups)), np.empty((parameters, groups)), np.empty(groups))


def norms(vectors: Floats) -> Floats:
    """The length of each vector [p, groups]."""
    found: Floats = np.sqrt(dot(vectors, vectors))
    return found


def dot(one: Floats, other: Floats) -> Floats:
    """The products of vectors [p, groups], added up: [groups]."""
    total: Floats = one[0] * other[0]
    for x, y in zip(one[1:], other[1:], strict=True):
        total += x * y
    return total


def lengths(triangles: Floats) -> Floats:
    """Of the columns of each triangle: [p, groups]."""
    return np.stack([norms(triangles[: j + 1, j]) for j in range(len(triangles))])


def times(triangles: Floats, vectors: Floats) -> Floats:
    """Each triangle times its vector."""
    return np.stack([dot(triangles[i, i:], vectors[i:]) for i in range(len(triangles))])


def pulled(triangles: Floats, vectors: Floats) -> Floats:
    """Each transposed triangle times its vector."""
    return np.stack([dot(triangles[: j + 1, j], vectors[: j + 1]) for j in range(len(triangles))])


def product(one: Floats, other: Floats) -> Floats:
    """Each triangle times another."""
    found = np.zeros_like(one)
    for i in range(len(one)):
        for j in range(i, len(one)):
            found[i, j] = dot(one[i, i : j + 1], other[i : j + 1, j])
    return found


def solved(triangles: Floats, vectors: Floats) -> Floats:
    """The solutions of triangles [p, groups]; not finite where a pivot is 0."""
    found = np.empty_like(vectors)
    for i in reversed(range(len(triangles))):
        left = vectors[i]
        for j in range(i + 1, len(triangles)):
            left = left - triangles[i, j] * found[j]
        found[i] = left / triangles[i, i]
    return found


def inverses(triangles: Floats) -> Floats:
    """Of each triangle; not finite where a pivot is 0."""
    found = np.zeros_like(triangles)
    for j in range(len(triangles)):
        found[j, j] = 1 / triangles[j, j]
        for i in reversed(range(j)):
            found[i, j] = -dot(triangles[i, i + 1 : j + 1], found[i + 1 : j + 1, j]) * found[i, i]
    return found


class Root(NamedTuple):
    """R of R'R = A, and R^-T b."""

    triangle: Floats
    """[p, p, groups]"""
    rotated: Floats
    """[p, groups]"""
    pivots: Floats
    """Each pivot squared, as a part of the diagonal of A [p, groups]. What is 0 or below is rounding, and 1 says that
    all columns are orthogonal."""


def root(squares: Mapping[tuple[int, int], Floats], count: int) -> Root:
    """By Cholesky's decomposition. The numbers of the upper half of A, [groups] each, have their places as keys; those
    of b stand in a last column, `count`."""
    one = np.asarray(squares[0, 0])
    triangle, rotated = np.zeros((count, count, *one.shape), one.dtype), np.empty((count, *one.shape), one.dtype)
    pivots = []
    inverse = one
    for i in range(count):
        for j in range(i, count):
            left = squares[i, j]
            for k in range(i):
                left = left - triangle[k, i] * triangle[k, j]
            if i == j:
                pivots.append(left / squares[i, i])
                triangle[i, i] = np.sqrt(left)
                inverse = 1 / triangle[i, i]
            else:
                triangle[i, j] = left * inverse
        left = squares[i, count]
        for k in range(i):
            left = left - triangle[k, i] * rotated[k]
        rotated[i] = left * inverse
    return Root(triangle, rotated, np.stack(pivots))
