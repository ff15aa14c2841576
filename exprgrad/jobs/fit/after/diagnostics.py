"""Whether the residuals look like noise, and whether the parameters can be told apart.

All of it is from one pass over the rows, in their order, with the weighted residuals:

- runs test (Wald and Wolfowitz 1940, Ann. Math. Stat. 11) on their signs: fewer runs than chance has are a curve that
  the model misses; p is two-sided, by the normal approximation
- Durbin and Watson's d (1950, Biometrika 37): near 2 where neighbours do not correlate
- normality by D'Agostino and Pearson's K^2 (1973, Biometrika 60), from skewness and kurtosis, where there are at
  least 20 rows (D'Agostino's transformation of the one, Anscombe and Glynn's of the other)
- the condition number of the Jacobian whose columns have length 1, and correlations of parameters beyond 0.95
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from math import asinh, copysign, exp, log, nan, sqrt

import numpy as np

from exprgrad.jobs.fit.correlated.reducer import Whitened
from exprgrad.jobs.fit.orthogonal.reducer import Orthogonal
from exprgrad.jobs.fit.rank import singular
from exprgrad.jobs.fit.reduction import SMALL, Floats, Reducer, Rows
from exprgrad.jobs.fit.result import Diagnostics, Fit
from exprgrad.jobs.fit.statistics import tail

NORMALITY = "D'Agostino-Pearson"
FEWEST = 20
"""Rows, for the test of normality."""
_ROUNDING = 1e-13
"""Of a mean square, up to which a variance is not known."""
_CLOSE = 0.95
"""Correlations that are named."""


def diagnose(reducer: Reducer | Orthogonal, values: Floats, triangle: Floats, fit: Fit) -> Diagnostics:
    """The diagnostics of a fit that ended at `values`, where the Jacobian has this triangle [p, p]."""
    moments = _Moments()
    with np.errstate(all="ignore"):
        for block in _residuals(reducer, values):
            moments.add(block)
    _, sizes, _ = singular(triangle)
    least = float(sizes.min(initial=np.inf))
    names, correlation = list(fit.parameters), fit.correlation
    close = [
        (names[i], names[j], correlation[i][j])
        for i, j in combinations(range(len(names)), 2)
        if abs(correlation[i][j]) > _CLOSE
    ]
    return Diagnostics(
        runs=moments.runs,
        runs_p=moments.runs_p(),
        durbin_watson=moments.steps / moments.squares if moments.squares else nan,
        normality=NORMALITY,
        normality_p=normality_p(moments.count, *moments.central()),
        condition=float(sizes.max()) / least if least else float("inf"),
        correlated=tuple(close),
    )


def worth_a_pass(reducer: Reducer | Orthogonal) -> bool:
    """Whether a pass more over the rows takes next to no time."""
    return reducer.rows * len(reducer.problem.parameters) <= SMALL


def _residuals(reducer: Reducer | Orthogonal, values: Floats) -> Iterable[Floats]:
    """The weighted residuals of all rows, block by block; with errors in x those at
    right angles to the curve, with correlated errors the whitened ones."""
    if isinstance(reducer, Orthogonal):
        m = len(reducer.latent.names)
        for solved, block in reducer.blocks(values, reducer.slope):
            yield solved.g * np.sqrt(1 + (block[:, :m] ** 2).sum(axis=1))
        return
    if isinstance(reducer, Whitened):
        yield reducer.residuals(values)
        return
    engine = reducer.engine._replace(cluster=None)
    rows = Rows(reducer.problem, [reducer.problem.residual], reducer.source, engine, reducer.rows)
    for block in rows.blocks(reducer.bindings(values)):
        yield block[:, 0]


class _Moments:
    """What is added up over the residuals."""

    def __init__(self) -> None:
        self.count = 0
        self.powers = np.zeros(4)
        """Sums of their powers, in units of the first block's root mean square."""
        self.unit = 0.0
        self.squares = self.steps = 0.0
        self.runs = self.positive = self.negative = 0
        self._last = nan
        self._sign = 0.0

    def add(self, block: Floats) -> None:
        self.unit = self.unit or float(np.sqrt(np.mean(block**2)))
        scaled = block / self.unit if self.unit else block
        self.powers += [float(np.sum(scaled**k)) for k in (1, 2, 3, 4)]
        self.count += len(block)
        self.squares += float(np.sum(scaled**2))
        self.steps += float(np.sum(np.diff(scaled) ** 2))
        if self._last == self._last:
            self.steps += float((scaled[0] - self._last) ** 2)
        self._last = float(scaled[-1])
        signs = np.sign(block)
        signs = signs[signs != 0]
        if len(signs):
            self.runs += int(np.count_nonzero(np.diff(signs))) + (float(signs[0]) != self._sign)
            self._sign = float(signs[-1])
            self.positive += int(np.count_nonzero(signs > 0))
            self.negative += int(np.count_nonzero(signs < 0))

    def runs_p(self) -> float:
        """Two-sided."""
        a, b = self.positive, self.negative
        n = a + b
        if not (a and b and n > 2):
            return nan
        mean = 2 * a * b / n + 1
        variance = (mean - 1) * (mean - 2) / (n - 1)
        return tail(abs(self.runs - mean) / sqrt(variance), float("inf")) if variance > 0 else nan

    def central(self) -> tuple[float, float]:
        """Skewness, and kurtosis (3 of a normal distribution)."""
        if not self.count:
            return nan, nan
        m, *raw = (float(each) / self.count for each in self.powers)
        second = raw[0] - m * m
        third = raw[1] - 3 * m * raw[0] + 2 * m**3
        fourth = raw[2] - 4 * m * raw[1] + 6 * m * m * raw[0] - 3 * m**4
        known = second > _ROUNDING * raw[0]  # else rounding is all that is left of m2 - m1^2
        return (third / second**1.5, fourth / second**2) if known else (nan, nan)


def normality_p(n: int, skewness: float, kurtosis: float) -> float:
    """How likely a sample of a normal distribution is as far from it; nan below 20 rows."""
    if n < FEWEST or skewness != skewness:
        return nan
    y = skewness * sqrt((n + 1) * (n + 3) / (6.0 * (n - 2)))
    beta = 3.0 * (n * n + 27 * n - 70) * (n + 1) * (n + 3) / ((n - 2.0) * (n + 5) * (n + 7) * (n + 9))
    w = sqrt(2 * (beta - 1)) - 1
    alpha = sqrt(2 / (w - 1))
    first = asinh(y / alpha) / sqrt(0.5 * log(w))
    mean = 3.0 * (n - 1) / (n + 1)
    variance = 24.0 * n * (n - 2) * (n - 3) / ((n + 1.0) ** 2 * (n + 3) * (n + 5))
    x = (kurtosis - mean) / sqrt(variance)
    root = 6.0 * (n * n - 5 * n + 2) / ((n + 7) * (n + 9)) * sqrt(6.0 * (n + 3) * (n + 5) / (n * (n - 2.0) * (n - 3)))
    a = 6 + 8 / root * (2 / root + sqrt(1 + 4 / root**2))
    bottom = 1 + x * sqrt(2 / (a - 4))
    if bottom == 0:
        return nan
    cube = copysign((1 - 2 / a) / abs(bottom), bottom)
    second = (1 - 2 / (9 * a) - copysign(abs(cube) ** (1 / 3), cube)) / sqrt(2 / (9 * a))
    return exp(-(first**2 + second**2) / 2)
