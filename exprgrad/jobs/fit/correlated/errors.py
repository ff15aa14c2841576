"""The covariance matrix of the response's errors, and what is made of it: rows whose errors are independent.

With C = D*K*D, where D has the standard deviations and K the correlations, and K = L*L' (Cholesky), the rows
L^-1*D^-1*(y - f) have independent errors of variance 1, so that their squares add up to (y - f)'*C^-1*(y - f), and
log det C = 2*sum(log D) + 2*sum(log diag L) (Aitken 1935, Proc. Royal Soc. Edinburgh 55; Golub and Van Loan 2013,
Matrix Computations, 6.1.2).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprgrad.errors import DataError
from exprgrad.text.numbers import format_number

Floats = NDArray[np.float64]

LIMIT = 10_000
"""Rows, of which the matrix takes 0.8 GB."""
GIVEN = "given"
"""The name of a matrix that is in no file."""
_SYMMETRIC = 1e-8
"""Of the standard deviations: by how much two numbers that ought to be the same may differ by rounding in a file."""
_SEEN = 200
"""Rows up to which the eigenvalues are computed for a message."""


class Errors(NamedTuple):
    """A covariance matrix as it was given."""

    name: str
    """The file, or GIVEN."""
    matrix: Floats
    """[rows, rows]"""

    @property
    def called(self) -> str:
        """In messages."""
        return "the covariance matrix" if self.name == GIVEN else f"the covariance matrix {self.name}"


class Whitening:
    """Makes rows with correlated errors into rows with independent ones."""

    def __init__(self, errors: Errors, rows: int) -> None:
        """Raises DataError for a matrix that is no covariance of so many rows."""
        matrix = _checked(errors, rows)
        self.sizes: Floats = np.sqrt(np.diag(matrix))
        """The standard deviations [rows]."""
        correlations = matrix / self.sizes / self.sizes[:, None]
        try:
            self.lower: Floats = np.asarray(np.linalg.cholesky(correlations), dtype=np.float64)
        except np.linalg.LinAlgError:
            raise _not_definite(errors.called, correlations) from None
        if not float(np.diag(self.lower).min()) ** 2 > rows * np.finfo(np.float64).eps:
            raise _not_definite(errors.called, correlations)

    def __call__(self, block: Floats) -> Floats:
        """L^-1*D^-1 times all rows [rows, n], or a column [rows]."""
        from scipy.linalg import solve_triangular

        scaled = (block.T / self.sizes).T
        found: Floats = solve_triangular(self.lower, scaled, lower=True, check_finite=False)
        return found

    def back(self, white: Floats) -> Floats:
        """D^-1*L^-T times rows that this has made: of L^-1*D^-1*r that is C^-1*r."""
        from scipy.linalg import solve_triangular

        found: Floats = solve_triangular(self.lower, white, lower=True, trans="T", check_finite=False)
        return (found.T / self.sizes).T

    @property
    def log_determinant(self) -> float:
        """log det C"""
        return 2 * float(np.sum(np.log(self.sizes)) + np.sum(np.log(np.diag(self.lower))))


def _checked(errors: Errors, rows: int) -> Floats:
    called, matrix = errors.called, errors.matrix
    high, wide = matrix.shape
    if high != wide:
        what = f"{called} has {_many(high, 'row')} and {_many(wide, 'column')}: a covariance matrix has as many of both"
        raise DataError(what, hint="give numbers alone, without names of rows")
    if high != rows:
        what = f"{called} is {high} by {high}, and {_many(rows, 'row')} of the data are fitted"
        raise DataError(what, hint="it has a row and a column for each row of the data, in their order")
    if not np.isfinite(matrix).all():
        i, j = np.argwhere(~np.isfinite(matrix))[0]
        raise DataError(f"{called}: {_at(matrix, i, j)}", hint="a covariance is a finite number")
    variances = np.diag(matrix)
    if not (variances > 0).all():
        i = int(np.argmin(variances > 0))
        raise DataError(f"{called}: {_at(matrix, i, i)}", hint="what stands on the diagonal is a variance, above 0")
    sizes = np.sqrt(variances)
    apart = np.abs(matrix - matrix.T) > _SYMMETRIC * sizes * sizes[:, None]
    if apart.any():
        i, j = np.argwhere(apart)[0]
        what = f"{called} is not symmetric: {_at(matrix, i, j)}, and {_at(matrix, j, i)}"
        raise DataError(what, hint="the covariance of two rows is one number: write it in both places")
    return (matrix + matrix.T) / 2


def _not_definite(called: str, correlations: Floats) -> DataError:
    rows, seen = len(correlations), ""
    beyond = np.argwhere(np.abs(correlations - np.eye(rows)) > 1)
    if len(beyond):
        i, j = beyond[0]
        number = format_number(float(f"{correlations[i, j]:.4g}"))
        seen = f": it gives rows {i + 1} and {j + 1} a correlation of {number}"
    elif rows <= _SEEN:
        least = float(np.linalg.eigvalsh(correlations)[0])
        seen = f": the least eigenvalue of its correlations is {format_number(float(f'{least:.2g}'))}"
    hint = "some combination of the rows would have no error, or less than none; does it lack the rows' own errors?"
    return DataError(f"{called} is not positive definite{seen}", hint=hint)


def _at(matrix: Floats, i: int, j: int) -> str:
    return f"row {i + 1}, column {j + 1} is {format_number(float(matrix[i, j]))}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"
