"""The law of propagation of uncertainty: from sensitivities and the covariance of the inputs to budgets.

(JCGM 100:2008, 5.1.2 and 5.2.2; JCGM 102:2011, 6.2.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum, hypot, inf, nan, sqrt

from exprgrad.distributions.distribution import coverage_factor
from exprgrad.jobs.uncertainty.result import Line, Measured
from exprgrad.quantities.quantities import Quantities

Slopes = Mapping[str, float]
"""The sensitivity of a result to each uncertain input."""


def covariance_of(first: Slopes, second: Slopes, quantities: Quantities) -> float:
    """The covariance of two results: the sum of c_i d_j u(x_i, x_j) over all pairs of inputs."""
    ones, others = _signed(first, quantities), _signed(second, quantities)
    terms = [value * others.get(name, 0.0) for name, value in ones.items()]
    for (a, b), r in quantities.correlations.items():
        terms.append(r * ones.get(a, 0.0) * others.get(b, 0.0))
        terms.append(r * ones.get(b, 0.0) * others.get(a, 0.0))
    return fsum(terms)


def standard_uncertainty(slopes: Slopes, quantities: Quantities) -> float:
    """The combined standard uncertainty of a result."""
    signed = _signed(slopes, quantities)
    if not correlated(slopes, quantities):
        return hypot(*signed.values())  # neither overflows nor underflows
    scale = max(map(abs, signed.values()))
    scaled = {name: slope / scale for name, slope in slopes.items()}
    return scale * sqrt(max(covariance_of(scaled, scaled, quantities), 0.0))


def correlated(slopes: Slopes, quantities: Quantities) -> bool:
    """Whether inputs that contribute to the uncertainty of a result are correlated."""
    signed = _signed(slopes, quantities)
    return any(r and signed.get(a) and signed.get(b) for (a, b), r in quantities.correlations.items())


def effective_dof(slopes: Slopes, quantities: Quantities) -> float:
    """The effective degrees of freedom by the formula of Welch and Satterthwaite, u^4/sum(u_i^4/v_i) (JCGM 100:2008,
    G.4.1). It is for independent components: nan where inputs that contribute are correlated and have finite degrees
    of freedom. Inputs that were estimated together, from one fit or one set of readings, are one component, whose
    degrees of freedom each of them has."""
    live = [name for name, part in _signed(slopes, quantities).items() if part]
    if all(quantities.values[name].dof == inf for name in live):
        return inf
    groups = [[name for name in group if name in live] for group in quantities.joint]
    grouped = {name for group in groups for name in group}
    components = [*filter(None, groups), *([name] for name in live if name not in grouped)]
    place = {name: k for k, names in enumerate(components) for name in names}
    if any(r and place[a] != place[b] for (a, b), r in quantities.correlations.items() if a in place and b in place):
        return nan
    total, terms = standard_uncertainty(slopes, quantities), list[float]()
    if total == 0:  # the contributions cancel
        return inf
    for names in components:
        part = standard_uncertainty({name: slopes[name] for name in names}, quantities) / total
        terms.append(part**4 / quantities.values[names[0]].dof)
    return 1 / fsum(terms)


def measured(value: float, uncertainty: float, dof: float, coverage: float) -> Measured:
    """A result with its coverage interval (JCGM 100:2008, G.6.4). Without degrees of freedom it is that of the normal
    distribution."""
    factor = coverage_factor(coverage, inf if dof != dof else dof)
    expanded = factor * uncertainty
    return Measured(value, uncertainty, dof, factor, expanded, value - expanded, value + expanded)


def budget(result: str, slopes: Slopes, uncertainty: float, quantities: Quantities) -> list[Line]:
    """The lines of a result, by the size of their shares; exact inputs last, in their order."""
    signed = _signed(slopes, quantities)
    along = dict(signed)  # what each is worth, with what is correlated with it
    for (a, b), r in quantities.correlations.items():
        if a in signed and b in signed:
            along[a] += r * signed[b]
            along[b] += r * signed[a]
    lines = []
    for name, given in quantities.values.items():
        part = signed.get(name, 0.0)
        share = part / uncertainty * (along[name] / uncertainty) if part and uncertainty else 0.0
        lines.append(
            Line(result, name, given.value, given.uncertainty, given.name, given.dof, slopes[name], abs(part), share)
        )
    return sorted(lines, key=lambda line: (line.standard_uncertainty == 0, -abs(line.share)))


def matrix(slopes: Mapping[str, Slopes], quantities: Quantities) -> dict[str, dict[str, float]]:
    """The covariance matrix of the results."""
    names: Sequence[str] = list(slopes)
    return {a: {b: covariance_of(slopes[a], slopes[b], quantities) for b in names} for a in names}


def _signed(slopes: Slopes, quantities: Quantities) -> dict[str, float]:
    """c_i u(x_i) for each uncertain input."""
    return {
        name: slope * quantities.values[name].uncertainty
        for name, slope in slopes.items()
        if quantities.values[name].uncertainty
    }
