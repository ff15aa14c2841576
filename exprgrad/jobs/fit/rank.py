"""The rank of a Jacobian: what rounding leaves of directions in which nothing changes."""

from __future__ import annotations

import numpy as np

from exprgrad.jobs.fit.reduction import Floats, lengths

RANK = 2e-14
"""Singular values of J with columns of length 1, relative to the largest, that rounding explains."""


def singular(triangle: Floats) -> tuple[Floats, Floats, Floats]:
    """The lengths of J's columns (1 for one of zeros), and of J with columns of length 1 the singular values and,
    as rows, the directions."""
    found = lengths(triangle)
    unit = np.where(found > 0, found, 1.0)
    _, sizes, directions = np.linalg.svd(triangle / unit)
    return unit, sizes, directions
