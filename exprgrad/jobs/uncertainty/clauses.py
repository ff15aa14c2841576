"""Where each number of a result comes from: document and clause, as `--explain` shows them."""

from __future__ import annotations

from exprgrad.jobs.uncertainty.montecarlo.wanted import SHORTEST, SYMMETRIC, Wanted
from exprgrad.jobs.uncertainty.request import Request
from exprgrad.jobs.uncertainty.result import Clause

_GUM, _S1, _S2, _ROLE = "JCGM 100:2008", "JCGM 101:2008", "JCGM 102:2011", "JCGM 106:2012"


def clauses(request: Request, *, several: bool, correlated: bool, readings: bool, dof: bool) -> tuple[Clause, ...]:
    """A row for each kind of number that a result has."""
    found = [Clause("value", "the expression at the estimates of the inputs", f"{_GUM}, 4.1.4")]
    if readings:
        found.append(
            Clause("standard uncertainty of readings", "s/sqrt(n), with n - 1 degrees of freedom", f"{_GUM}, 4.2.3")
        )
    found += [
        Clause("standard uncertainty of an input", "the standard deviation of its distribution", f"{_GUM}, 4.3"),
        Clause("sensitivity", "the exact derivative at the estimates", f"{_GUM}, 5.1.3"),
        Clause("contribution", "abs(sensitivity)*standard uncertainty", f"{_GUM}, 5.1.3"),
    ]
    if correlated:
        law = "sqrt(sum over all pairs of c_i*c_j*u_i*u_j*r_ij)"
        found.append(Clause("combined standard uncertainty", law, f"{_GUM}, 5.2.2, equation (16)"))
    else:
        law = "sqrt(sum of the squares of the contributions)"
        found.append(Clause("combined standard uncertainty", law, f"{_GUM}, 5.1.2, equation (10)"))
    found.append(
        Clause("share", "contribution^2/variance; with correlations c_i*cov(x_i, y)/variance", "of the budget")
    )
    if dof and not correlated:
        found.append(
            Clause("effective dof", "u^4/sum(u_i^4/dof_i), not rounded down", f"{_GUM}, G.4.1, equation (G.2b)")
        )
    if dof and correlated:
        found.append(Clause("effective dof", "none: the formula is for independent inputs", f"{_GUM}, G.4.1"))
    found += [
        Clause("coverage factor", "quantile of Student's t, or of the normal distribution", f"{_GUM}, G.3 and G.6.4"),
        Clause("expanded uncertainty", "coverage factor*standard uncertainty", f"{_GUM}, 6.2.1"),
        Clause(
            "quoted result", "the uncertainty to two digits, the value to the same place", f"{_GUM}, 7.2.2 and 7.2.6"
        ),
    ]
    if several:
        found.append(Clause("covariance of results", "C*U*C' of the sensitivities", f"{_S2}, 6.2.1"))
    if request.second_order:
        found.append(
            Clause("second order", "Hessian and third derivatives, for normal inputs", f"{_GUM}, note to 5.1.2")
        )
    if request.montecarlo is not None:
        found += trial_clauses(request.montecarlo)
    return (*found, *limit_clauses(request))


def limit_clauses(request: Request) -> tuple[Clause, ...]:
    """Those of the limits that a result has to keep to."""
    if not request.limits:
        return ()
    inside, band = "that of the interval of the limits", "the expanded uncertainty"
    if request.montecarlo is not None:
        inside, band = "the part of the trials within the limits", "half of the length of the trials' interval"
    return (
        Clause("probability of conformity", inside, f"{_ROLE}, 7.2 to 7.4"),
        Clause("guard band", f"{band}, at each limit", f"{_ROLE}, 8.3"),
    )


def trial_clauses(wanted: Wanted) -> list[Clause]:
    """Those of the numbers that trials give."""
    ends = {
        SHORTEST: ("the shortest that holds so many of the trials", f"{_S1}, 7.7.3"),
        SYMMETRIC: ("as far below the mean as above it", "the quantile of abs(result - mean)"),
    }.get(wanted.interval, ("as many trials below as above", f"{_S1}, 7.7.2"))
    found = [
        Clause("trials", "inputs from their distributions, by quantiles of Philox4x64-10", f"{_S1}, 7.3 and 7.4"),
        Clause("mean, standard uncertainty", "those of the trials", f"{_S1}, 7.6, equations (16) and (17)"),
        Clause("coverage interval of the trials", *ends),
        Clause("tolerance", "half a unit of the last digit of u that counts", f"{_S1}, 7.9.2"),
        Clause("verdict on the linear law", "no end is off by more than the tolerance", f"{_S1}, 8.1"),
    ]
    if wanted.trials is None:
        found.insert(1, Clause("number of trials", "in two stages", "Metrologia 47 (2010) 317, for 7.9"))
    return found
