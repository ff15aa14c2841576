"""The pictures of an uncertainty: the budget as bars, and how dense the trials lie beside what the linear law says.

Each result has its own bars, and a panel if there were trials: both densities, and the ends of both coverage intervals,
as the figures of JCGM 101:2008, clause 9, have it.
"""

from __future__ import annotations

from math import inf
from typing import TypeAlias

from exprgrad.distributions.distribution import coverage_factor
from exprgrad.distributions.uncertain import normal
from exprgrad.jobs.uncertainty.montecarlo.found import Density, MonteCarlo
from exprgrad.jobs.uncertainty.result import Measured, Uncertainty
from exprgrad.render.naming import short
from exprgrad.render.pictures.bars import Bars, bars_of
from exprgrad.render.pictures.panels import Layer, Panel
from exprgrad.text.numbers import format_number

Picture: TypeAlias = Panel | Bars

_POINTS = 161
"""Along the density of the linear law."""
_REACH = 4.0
"""How far that one is drawn to both sides, in standard uncertainties of a normal distribution; at least to the ends of
the interval."""


def pictures(result: Uncertainty) -> list[Picture]:
    """The bars of all results, then the densities; none where nothing contributes and there are no trials."""
    found: list[Picture] = []
    for name in result.results:
        lines = [line for line in result.budget if line.result == name and line.standard_uncertainty]
        bars = bars_of(f"share of the variance of {short(name)}", [(line.input, line.share) for line in lines])
        found += [bars] if bars is not None else []
    if result.montecarlo is not None:
        for name in result.results:
            panel = _density(name, result, result.montecarlo)
            found += [panel] if panel is not None else []
    return found


def _density(name: str, result: Uncertainty, trials: MonteCarlo) -> Panel | None:
    """The panel of one result; None where all trials are alike."""
    found, density = trials.results[name], trials.densities[name]
    if not density.heights:
        return None
    layers = [Layer("line", "trials", *_outline(density))]
    ends = [Layer("interval", "trials", (found.low, found.high), (0.0, 0.0))]
    law = result.results[name]
    if result.budget and law.standard_uncertainty:
        layers.append(Layer("line", "linear law", *_bell(law, result.coverage), dashed=True))
        ends.append(Layer("interval", "linear law", (law.low, law.high), (0.0, 0.0), dashed=True))
    several = "interval" if len(ends) == 1 else "intervals"
    title = f"{trials.trials:,} trials, {format_number(100 * result.coverage)}% {several}"
    return Panel(title, short(name), "density", (*layers, *ends))


def _outline(density: Density) -> tuple[list[float], list[float]]:
    """The upper edge of the bins."""
    across, up = [density.edges[0]], [0.0]
    for k, height in enumerate(density.heights):
        across += [density.edges[k], density.edges[k + 1]]
        up += [height, height]
    return [*across, density.edges[-1]], [*up, 0.0]


def _bell(law: Measured, coverage: float) -> tuple[list[float], list[float]]:
    """The density that the linear law takes the result to have: Student's, or the normal one."""
    drawn = normal(law.value, law.standard_uncertainty, law.dof if law.dof == law.dof else inf).distribution
    assert drawn is not None
    reach = max(_REACH / coverage_factor(coverage), 1.0) * law.expanded_uncertainty
    across = [law.value + reach * (2 * k / (_POINTS - 1) - 1) for k in range(_POINTS)]
    return across, [drawn.density(x) for x in across]
