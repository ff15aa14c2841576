"""The rank of a Jacobian: what rounding leaves of directions in which nothing changes."""

from __future__ import annotations

import numpy as np

from exprgrad.jobs.fit.reduction import Floats, powers_of

RANK = 2e-14
"""Singular values of J with columns of length 1, relative to the largest, that rounding explains."""


def singular(triangle: Floats) -> tuple[Floats, Floats, Floats]:
    """The lengths of J's columns (1 for one of zeros), and of J with columns of length 1 the singular values and,
    as rows, the directions."""
    powers = powers_of(triangle)
    scaled = triangle / powers
    found = np.linalg.norm(scaled, axis=0)
    norms = np.where(found > 0, found, 1.0)
    _, sizes, directions = np.linalg.svd(scaled / norms)
    return np.where(found > 0, powers * norms, 1.0), sizes, directions
