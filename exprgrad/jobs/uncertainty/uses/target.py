"""The budget in reverse: how small the uncertainties of the inputs would have to be."""

from __future__ import annotations

from math import nan, sqrt

from exprgrad.distributions.distribution import coverage_factor
from exprgrad.jobs.uncertainty.linear.propagation import Slopes, covariance_of
from exprgrad.jobs.uncertainty.request import Target
from exprgrad.jobs.uncertainty.result import Goal, Measured
from exprgrad.quantities.quantities import Quantities


def wanted_size(target: Target, result: Measured, coverage: float) -> float:
    """The standard uncertainty that is wanted. An expanded one is divided by the coverage factor of the normal
    distribution, as the degrees of freedom of inputs that are yet to be improved are not known."""
    size = target.size * abs(result.value) if target.relative else target.size
    return size / coverage_factor(coverage) if target.expanded else size


def goals(result: str, wanted: float, slopes: Slopes, quantities: Quantities) -> list[Goal]:
    """For each uncertain input that matters: its uncertainty if it alone were to bring the result to what is wanted,
    with the correlations as they are, and if all were to contribute alike and independently."""
    names = [name for name, slope in slopes.items() if slope and quantities.values[name].uncertainty]
    total = covariance_of(slopes, slopes, quantities)
    found = []
    for name in names:
        slope, own = slopes[name], quantities.values[name].uncertainty
        size = abs(slope) * own
        only = {name: slope}
        cross = covariance_of(only, slopes, quantities) - size * size  # half of what correlations add
        rest = total - size * size - 2 * cross
        found.append(
            Goal(
                result,
                name,
                own,
                _alone(rest, cross / size, wanted) / abs(slope),
                wanted / sqrt(len(names)) / abs(slope),
            )
        )
    return found


def _alone(rest: float, cross: float, wanted: float) -> float:
    """The largest x >= 0 with x^2 + 2*cross*x + rest = wanted^2; nan if there is none."""
    square = cross * cross - rest + wanted * wanted
    root = sqrt(square) - cross if square >= 0 else nan
    return root if root >= 0 else nan
