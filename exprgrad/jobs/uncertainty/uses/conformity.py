"""Whether a quantity keeps to its limits (JCGM 106:2012, 7 and 8): probability, and guarded acceptance."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, nan

from exprgrad.distributions.distribution import Distribution
from exprgrad.distributions.table import KINDS
from exprgrad.errors import UsageError
from exprgrad.jobs.uncertainty.montecarlo.found import MonteCarlo
from exprgrad.jobs.uncertainty.result import Conformity, Measured


def conformities(
    limits: Mapping[str, tuple[float, float]], results: Mapping[str, Measured], trials: MonteCarlo | None
) -> tuple[Conformity, ...]:
    """Each result that has limits. Where there are trials, the probability is the part of them within the limits, the
    value their mean, and the guard band half of the length of their interval."""
    found = []
    for name, (low, high) in limits.items():
        if trials is None:
            found.append(conformity(name, results[name], low, high))
        else:
            one, inside = trials.results[name], trials.conforming[name]
            found.append(_guarded(name, one.mean, low, high, (inside, 1 - inside), (one.high - one.low) / 2))
    return tuple(found)


def conformity(name: str, result: Measured, low: float, high: float) -> Conformity:
    """The probability that the quantity lies between the limits, with the distribution that the result has: normal, or
    Student's where its degrees of freedom are finite. The guard band is the expanded uncertainty."""
    if result.standard_uncertainty > 0:
        inside = _below(result, high) - _below(result, low)
        outside = _below(result, low) + _below(_mirrored(result), -high)
    else:
        inside = float(low <= result.value <= high)
        outside = 1 - inside
    return _guarded(name, result.value, low, high, (inside, outside), result.expanded_uncertainty)


def _guarded(
    name: str, value: float, low: float, high: float, probabilities: tuple[float, float], band: float
) -> Conformity:
    """The limits with a guard band at each, and whether the value lies between these."""
    accept_low, accept_high = low + band, high - band
    if not accept_low <= accept_high:
        accept_low = accept_high = nan
    accepted = accept_low <= value <= accept_high
    return Conformity(name, low, high, *probabilities, band, accept_low, accept_high, accepted)


def _below(result: Measured, limit: float) -> float:
    """P(Y <= limit)"""
    if limit in (-inf, inf):
        return float(limit > 0)
    if result.dof < inf:
        kind, arguments = KINDS["student"], (result.value, result.standard_uncertainty, result.dof)
        return Distribution(kind, arguments).cumulative(limit)
    return Distribution(KINDS["normal"], (result.value, result.standard_uncertainty)).cumulative(limit)


def _mirrored(result: Measured) -> Measured:
    """The same of the quantity with the opposite sign: a lower tail has all of its digits."""
    return result._replace(value=-result.value)


def check_limits(limits: dict[str, tuple[float, float]], results: list[str]) -> dict[str, tuple[float, float]]:
    """The limits by the names of results. Raises UsageError where it is not clear which result they are for."""
    found = {}
    for name, ends in limits.items():
        if not name and len(results) > 1:
            raise UsageError("--limits are those of one result", hint=f"as --limits {results[0]}=LOW:HIGH")
        if name and name not in results:
            raise UsageError(f"--limits: there is no result {name}", hint=f"results: {', '.join(results)}")
        found[name or results[0]] = ends
    return found
