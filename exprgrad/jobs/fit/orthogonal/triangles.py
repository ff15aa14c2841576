"""The R of a QR decomposition of a block of rows, by a tree of small ones.

The decomposition of a tall matrix may have other last bits for another number of BLAS threads, and workers have one
each. Here no matrix is large enough for more threads than one, so that the bits are the same everywhere (the tree of
Demmel, Grigori, Hoemmen and Langou 2012, SIAM J. Sci. Comput. 34).
"""

from __future__ import annotations

import numpy as np

from exprgrad.jobs.fit.reduction import Floats, powers_of

_ROWS = 64
"""Rows of the small matrices, where there are not very many columns."""


def triangle(rows: Floats) -> Floats:
    """R [q, q] of rows [n, q] that are all finite."""
    count, columns = rows.shape
    powers = powers_of(rows)
    length = _ROWS
    while length < 2 * columns:
        length *= 2
    padded = np.zeros((-(-count // length) * length, columns))
    np.divide(rows, powers, out=padded[:count])
    stack = np.asarray(np.linalg.qr(padded.reshape(-1, length, columns), mode="r"))
    while len(stack) > 1:
        even = len(stack) // 2 * 2
        pairs = np.asarray(np.linalg.qr(stack[:even].reshape(-1, 2 * columns, columns), mode="r"))
        stack = np.concatenate([pairs, stack[even:]])
    found: Floats = powers * stack[0]
    return found
