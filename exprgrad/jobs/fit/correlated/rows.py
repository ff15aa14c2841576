"""What is left of each row of a fit with correlated errors.

With J the Jacobian, r the residuals, s^2 the residual variance (1 where the errors are taken at their word), C the
covariance of the errors, M = (J'*C^-1*J)^-1 and Q = C^-1 - C^-1*J*M*J'*C^-1:

- standardized: r in units of its own standard deviation, s*sqrt(diag(C - J*M*J'))
- leverage: diag(J*M*J'*C^-1), of the matrix that makes fitted values of responses
- Cook's distance: by how much the estimates move when the row is left out,
  (Q*r)_i^2/Q_ii^2*(C^-1*J*M*J'*C^-1)_ii/(p*s^2) (Haslett 1999, J. Royal Stat. Soc. B 61)

Where the errors do not correlate, all are those of `after.residuals`.
"""

from __future__ import annotations

import numpy as np

from exprgrad.columns.values import Column
from exprgrad.jobs.fit.after.freedom import Freedom
from exprgrad.jobs.fit.correlated.errors import Whitening
from exprgrad.jobs.fit.reduction import Floats, combined


def left(slopes: Floats, residuals: Floats, whiten: Whitening, size: float, freedom: Freedom) -> list[Column]:
    """The columns standardized, leverage and cook [rows each] of the plain Jacobian [rows, k] along the directions of
    `freedom`, and residuals."""
    white = whiten(np.column_stack([slopes, residuals]))
    jacobian = white[:, :-1]
    inverse, count = freedom.inverse(combined(white[:0, :-1], jacobian))
    variances = whiten.sizes**2 - np.einsum("ij,jk,ik->i", slopes, inverse, slopes)
    back = whiten.back(jacobian)
    pull = np.einsum("ij,jk,ik->i", back, inverse, back)
    own = np.sum(whiten.back(np.eye(len(white))) ** 2, axis=1)  # diag(C^-1)
    leverage = np.einsum("ij,jk,ik->i", slopes, inverse, back)
    away = whiten.back(white[:, -1] - jacobian @ (inverse @ (jacobian.T @ white[:, -1] + freedom.pull)))
    with np.errstate(all="ignore"):
        standard = residuals / (size * np.sqrt(np.maximum(variances, 0.0)))
        cook = (away / (own - pull)) ** 2 * pull / (size**2 * count)
    return [standard, leverage, cook]
