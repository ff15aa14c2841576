"""Local measures, at the estimates: exact derivatives, elasticities, and shares of the variance by the linear law."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum, nan, sqrt

from exprgrad.backends import interpreter
from exprgrad.graph.lower import Model
from exprgrad.jobs.sensitivity.request import SOBOL
from exprgrad.jobs.sensitivity.result import Index
from exprgrad.quantities.quantities import Quantities
from exprgrad.quantities.slopes import slopes

_ADVICE = f"a local measure needs a derivative there: take --method {SOBOL}"


def local(
    model: Model, numbers: Mapping[str, float], quantities: Quantities, used: Mapping[str, int]
) -> tuple[dict[str, dict[str, Index]], float, float]:
    """The measures of the inputs in `used`, the value, and its standard uncertainty by the linear law. The elasticity
    is the relative change of the result over that of the input, x/f*df/dx; nan where the result is 0. Shares are those
    of a budget of uncertainty, with half of what correlations add (JCGM 100:2008, 5.2.2); exact inputs have none.

    Raises NumbersError where there is no derivative at the estimates.
    """
    values = interpreter.evaluate(model.graph, numbers)
    value = values[model.output]
    found = slopes(model, model.output, values, used, list(used), _ADVICE)
    sizes = {name: quantities.values[name].uncertainty if name in quantities.values else 0.0 for name in used}
    signed = {name: found[name] * sizes[name] for name in used}
    largest = max(map(abs, signed.values()), default=0.0)
    parts = {name: part / (largest or 1.0) for name, part in signed.items()}
    along = {name: fsum(quantities.correlation(name, other) * part for other, part in parts.items()) for name in parts}
    variance = fsum(part * along[name] for name, part in parts.items())
    measures: dict[str, dict[str, Index]] = {}
    if variance > 0:
        measures["share"] = {name: Index(part * along[name] / variance) for name, part in parts.items()}
    elasticity = {name: Index(_elasticity(found[name], numbers[name], value)) for name in used}
    measures["elasticity"] = elasticity
    measures["derivative"] = {name: Index(slope) for name, slope in found.items()}
    return measures, value, largest * sqrt(max(variance, 0.0))


def _elasticity(slope: float, x: float, value: float) -> float:
    return slope * (x / value) if value else nan
