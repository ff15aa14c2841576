"""What a minimum says of the parameters: standard errors, tests, intervals, and how well the model does.

With p parameters, n rows and J the Jacobian at the minimum (rows weighed by their root weights):

- covariance s^2*(J'J)^-1 = s^2*R^-1*R^-T, never by way of J'J; s^2 = rss/(n - p), or 1 where sigmas are absolute
  (Bates and Watts 1988, Nonlinear Regression Analysis and Its Applications, 2.2)
- t = estimate/standard error, p = P(|T| > |t|), intervals estimate +- t_q*standard error by Student's distribution with
  n - p degrees of freedom; by the normal one where sigmas are absolute
- R^2 = 1 - rss/sum(w*(y - mean)^2), adjusted 1 - (1 - R^2)*(n - 1)/(n - p)
- log L = -n/2*(log(2*pi*rss/n) + 1) + sum(log w)/2, or where sigmas are absolute -(rss + sum(log(2*pi*sigma^2)))/2;
  AIC = 2*k - 2*log L, BIC = k*log n - 2*log L, where k counts the parameters and, unless sigmas are absolute, the
  variance (Akaike 1974; Schwarz 1978; as R's AIC and BIC)
- of a robust loss with psi(r): covariance K^2*[sum psi^2/(n - p)]/[mean psi']^2*(J'J)^-1, where
  K = 1 + p/n*var(psi')/mean(psi')^2 (Huber 1981, Robust Statistics, 7.6); R^2, AIC and BIC are not defined
"""

from __future__ import annotations

from math import inf, log, nan, pi, sqrt

import numpy as np

from exprgrad.errors import UsageError
from exprgrad.jobs.fit.rank import RANK, singular
from exprgrad.jobs.fit.reduction import Flags, Floats
from exprgrad.jobs.fit.result import Estimate

ROUNDING = 2.0**-54
"""Error of a residual that rounding of the response alone explains, relative to it: half of its largest. Standard
errors of data that a model meets exactly are not below what this gives, so that a parameter that is 0 but for
rounding has a t near 0 and not near infinity."""

EXACT = 2.0**-49
"""Of the responses: residuals that rounding of the model's terms explains."""


def undetermined(triangle: Floats) -> Flags:
    """Which parameters the data leave open, at least in part: they take part in a direction without effect."""
    _, sizes, directions = singular(triangle)
    null = directions[~(sizes > RANK * sizes.max(initial=0.0))]
    found: Flags = (null**2).sum(axis=0) > 1e-8
    return found


def covariance(triangle: Floats, variance: float) -> Floats:
    """variance*(J'J)^-1 [p, p]; nan for what is not determined."""
    open_ones = undetermined(triangle)
    found = np.full((triangle.shape[1], triangle.shape[1]), nan)
    kept = ~open_ones
    if kept.any():
        unit, sizes, directions = singular(triangle)
        good = sizes > RANK * sizes.max()
        if good.all():
            _, upper = np.linalg.qr(triangle / unit)
            inverse = np.linalg.solve(upper, np.eye(len(unit)))
        else:
            inverse = directions[good].T / sizes[good]
        spread = inverse * (sqrt(variance) / unit)[:, None]
        found[np.ix_(kept, kept)] = (spread @ spread.T)[np.ix_(kept, kept)]
    return found


def estimate(value: float, variance: float, dof: float, confidence: float) -> Estimate:
    """A parameter with its standard error, test and interval. `dof` is infinite for the normal distribution."""
    if variance != variance or dof <= 0:
        return Estimate(value, nan, nan, nan, nan, nan)
    error = sqrt(variance)
    t = value / error if error else (inf if value > 0 else -inf if value < 0 else nan)
    half = quantile(confidence, dof) * error
    return Estimate(value, error, t, tail(abs(t), dof), value - half, value + half)


def tail(t: float, dof: float) -> float:
    """P(|T| > t)"""
    from scipy.special import ndtr, stdtr

    if t == inf:
        return 0.0
    return 2 * float(ndtr(-t) if dof == inf else stdtr(dof, -t))


def quantile(confidence: float, dof: float) -> float:
    """The t with P(|T| <= t) = confidence."""
    try:
        from scipy.special import ndtri, stdtrit
    except ImportError:
        raise UsageError("statistics need scipy", hint='install it: pip install "exprgrad[data]"') from None
    tail = (1 - confidence) / 2
    return -float(ndtri(tail) if dof == inf else stdtrit(dof, tail))


def log_likelihood(rss: float, rows: int, logarithms: float, *, absolute: bool) -> float:
    """Of normal errors, at its maximum. `logarithms` is sum(log w), where w is 1/sigma^2 for sigmas."""
    if absolute:
        return (logarithms - rss - rows * log(2 * pi)) / 2
    return inf if rss == 0 else (logarithms - rows * (log(2 * pi / rows) + log(rss) + 1)) / 2
