"""How far a fitted curve may be off: the standard error of the model at any rows."""

from __future__ import annotations

import numpy as np

from exprgrad.jobs.fit.reduction import Floats


def spread(jacobian: Floats, covariance: Floats) -> Floats:
    """sqrt(J C J') of each row of the Jacobian [rows, p], without squares that leave the range of numbers [rows]."""
    with np.errstate(all="ignore"):
        sizes = np.sqrt(np.diag(covariance))
        unit = np.where(sizes > 0, sizes, 1.0)
        terms = jacobian * unit
        largest = np.abs(terms).max(axis=1, keepdims=True, initial=0.0)
        scaled = terms / np.where(largest > 0, largest, 1.0)
        squares = np.einsum("ij,jk,ik->i", scaled, covariance / unit[:, None] / unit, scaled)
        found: Floats = largest[:, 0] * np.sqrt(np.maximum(squares, 0.0))
    return found


def known(covariance: Floats, *, singular: bool) -> Floats:
    """The covariance for predictions: parameters at a bound are taken to be exact, unless the data leave some open."""
    return covariance if singular else np.nan_to_num(covariance, nan=0.0)
