"""Losses that grow more slowly than squares, so that outliers weigh less.

A loss rho acts on u = (r/s)^2, the square of a residual in units of s. The cost is s^2*sum(rho(u)); near u = 0
each rho(u) is u, so the cost is then the sum of squares. With rows of the Jacobian and residuals multiplied by
sqrt(rho'(u)) the gradient of least squares is that of the cost (iteratively reweighted least squares: Holland and
Welsch 1977, Communications in Statistics A6).
"""

from __future__ import annotations

from typing import NamedTuple


class Loss(NamedTuple):
    """A loss by its formulas in u, in the language."""

    value: str
    """rho(u)"""
    weight: str
    """rho'(u)"""
    bend: str
    """d psi / d r for psi(r) = r*rho'(u): rho'(u) + 2*u*rho''(u)"""
    tuning: float
    """s in units of the residuals' standard deviation, for 95 % efficiency where they are normal."""


LOSSES = {
    "huber": Loss("u <= 1 ? u : 2*sqrt(u) - 1", "u <= 1 ? 1 : 1/sqrt(u)", "u <= 1", 1.345),
    "cauchy": Loss("log1p(u)", "1/(1 + u)", "(1 - u)/(1 + u)^2", 2.385),
    "soft_l1": Loss("2*u/(sqrt(1 + u) + 1)", "1/sqrt(1 + u)", "(1 + u)^(-1.5)", 1.2871),
}
"""Tuning: Huber 1981, Robust Statistics; Holland and Welsch 1977; soft_l1 from the same integrals."""

MAD = 1.4826022185056018
"""The standard deviation of a normal distribution in units of its median absolute deviation: 1/Phi^-1(3/4)."""
