"""The Monte Carlo method beside the linear law, or instead of it where a result has no derivative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf, nan

from exprgrad.errors import MissingError, NumbersError, UsageError
from exprgrad.graph.lower import Model
from exprgrad.jobs.uncertainty.clauses import limit_clauses, trial_clauses
from exprgrad.jobs.uncertainty.montecarlo.found import MonteCarlo
from exprgrad.jobs.uncertainty.request import Request
from exprgrad.jobs.uncertainty.result import Measured, Uncertainty
from exprgrad.jobs.uncertainty.uses.conformity import conformities
from exprgrad.quantities.quantities import Quantities


def beside(
    result: Uncertainty,
    model: Model,
    outputs: Mapping[str, int],
    numbers: Mapping[str, float],
    quantities: Quantities,
    request: Request,
) -> Uncertainty:
    """A result by the linear law, with that of the trials and the verdict on the linear law."""
    linear = {name: (one.low, one.high) for name, one in result.results.items()}
    found = _found(model, outputs, numbers, quantities, request, linear)
    return result._replace(montecarlo=found, notes=(*result.notes, *_notes(found, quantities)))


def instead(
    model: Model,
    outputs: Mapping[str, int],
    numbers: Mapping[str, float],
    quantities: Quantities,
    request: Request,
    error: NumbersError,
) -> Uncertainty:
    """What the trials give where the linear law fails by an error: there is no budget, the value is the mean, and the
    expanded uncertainty half of the length of the interval. Raises UsageError for what takes derivatives."""
    for option, asked in (("--second-order", request.second_order), ("--target", request.target is not None)):
        if asked:
            raise UsageError(f"{option} takes a derivative: {error.message}", hint=f"leave {option} out")
    found = _found(model, outputs, numbers, quantities, request, {})
    results = {}
    for name, one in found.results.items():
        half = (one.high - one.low) / 2
        factor = half / one.standard_uncertainty if one.standard_uncertainty else nan
        results[name] = Measured(one.mean, one.standard_uncertainty, inf, factor, half, one.low, one.high)
    covariance = {name: dict(cells) for name, cells in found.covariance.items()}
    notes = (f"by trials alone, as the linear law fails: {error.message}", *_notes(found, quantities))
    expression = model.source.text.strip()
    checks = conformities(request.limits, results, found)
    result = Uncertainty(
        expression, request.coverage, results, (), covariance, conformity=checks, notes=notes, montecarlo=found
    )
    if not (request.explain and (wanted := request.montecarlo)):
        return result
    return result._replace(clauses=(*trial_clauses(wanted), *limit_clauses(request)))


def _found(
    model: Model,
    outputs: Mapping[str, int],
    numbers: Mapping[str, float],
    quantities: Quantities,
    request: Request,
    linear: Mapping[str, tuple[float, float]],
) -> MonteCarlo:
    try:
        from exprgrad.jobs.uncertainty.montecarlo.run import montecarlo
    except ImportError as error:
        raise MissingError("--montecarlo", error.name or "", "data") from None
    assert request.montecarlo is not None
    wanted, limits = request.montecarlo, request.limits
    return montecarlo(model.graph, outputs, numbers, quantities, request.coverage, wanted, linear, limits)


def _notes(found: MonteCarlo, quantities: Quantities) -> Iterator[str]:
    """What the user should know of the trials."""
    for name, given in quantities.values.items():
        if given.distribution is not None and given.name == "student" and given.distribution.arguments[2] <= 2:
            yield (
                f"{name} has Student's distribution with {given.distribution.arguments[2]:g} degrees of freedom, which "
                "has no standard deviation: the trials' mean and standard uncertainty mean nothing, their interval does"
            )
    if found.wanted > found.trials:
        yield f"auto would take {found.wanted:,} trials for {found.digits} digits, and stopped at {found.trials:,}"
    for name, part in found.conforming.items():
        if part in (0, 1):
            which = "outside" if part else "within"
            rare = f"{3 / found.trials:.2g}"  # 0 of n: at most 3/n, with a confidence of 95 %
            yield f"no trial of {name} is {which} the limits: the probability of that is below about {rare}"
    for name, one in found.results.items():
        ends = (one.low_difference, one.low_error), (one.high_difference, one.high_error)
        if any(abs(off - one.tolerance) < 2 * error for off, error in ends):
            yield f"another seed could change the verdict on the linear law for {name}: take more trials"
