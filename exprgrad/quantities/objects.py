"""Inputs as Python has them: numbers, texts, readings, uncertain values of other packages, results of fits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import inf, sqrt
from typing import Any

from exprgrad.arguments import as_number, is_column, is_record
from exprgrad.distributions.read import uncertain
from exprgrad.distributions.uncertain import Uncertain, normal, observed
from exprgrad.errors import UsageError
from exprgrad.functions.numerics.ieee import plain_sum
from exprgrad.quantities.documents import of_fit
from exprgrad.quantities.quantities import Pair, Quantities, correlations_of, pair
from exprgrad.quantities.readings import load

_PAIRS = (("nominal_value", "std_dev"), ("value", "standard_uncertainty"), ("value", "std_error"), ("x", "u"))
"""What the value and its standard uncertainty are called: by the package uncertainties, here, and by GTC."""
_DOF = ("dof", "df")


def of_objects(values: Mapping[str, Any]) -> Quantities:
    """The inputs by name. Raises UsageError for what is no number and has no uncertainty."""
    found = {name: of_object(name, value) for name, value in values.items()}
    return Quantities(found, _shared(values))


def of_object(name: str, value: Any) -> Uncertain:
    """One input: a number is exact, a text is read as on the command line, a list is readings."""
    if isinstance(value, Uncertain):
        return value
    if isinstance(value, str):
        return uncertain(value, name, load)
    for of_value, of_error in _PAIRS:
        if hasattr(value, of_value) and hasattr(value, of_error):
            error = as_number(name, getattr(value, of_error))
            dof = next((float(getattr(value, key)) for key in _DOF if hasattr(value, key)), inf)
            if not error >= 0:
                raise UsageError(f"{name} has an uncertainty that is negative or nan: {error:g}")
            return normal(as_number(name, getattr(value, of_value)), error, dof if dof > 0 else inf)
    if is_column(value) and not is_record(value):
        readings = [as_number(name, item) for item in value]
        if len(readings) < 2:
            raise UsageError(f"{name}: an uncertainty takes two readings at least", hint='a value is "5.0±0.1"')
        return observed(readings)
    return Uncertain(as_number(name, value))


def of_result(result: Any, wanted: Collection[str]) -> Quantities | None:
    """The inputs in a result: the parameters of a fit, or the results of another uncertainty, of the names that are
    wanted; with their covariance. None for what is no such result."""
    covariance = getattr(result, "covariance", None)
    if hasattr(result, "parameters") and hasattr(result, "fixed") and covariance is not None:
        names = list(result.parameters)
        matrix = {a: dict(zip(names, row, strict=True)) for a, row in zip(names, covariance, strict=True)}
        estimates = {name: (one.value, one.std_error) for name, one in result.parameters.items()}
        found = of_fit(estimates, matrix, result.dof if result.errors == "relative" else inf, wanted)
        fixed = {name: Uncertain(value) for name, value in result.fixed.items() if name in wanted}
        return found._replace(values=found.values | fixed)
    if hasattr(result, "results") and hasattr(result, "budget"):
        kept = {name: one for name, one in result.results.items() if name in wanted}
        values = {name: of_object(name, one) for name, one in kept.items()}
        return Quantities(values, correlations_of(result.covariance, kept))
    return None


def _shared(values: Mapping[str, Any]) -> dict[Pair, float]:
    """The correlations of values of the package uncertainties, which know what they were computed from."""
    known = {name: value.derivatives for name, value in values.items() if hasattr(value, "derivatives")}
    found = {}
    for a, ours in known.items():
        for b, theirs in known.items():
            shared = plain_sum(slope * theirs[one] * one.std_dev**2 for one, slope in ours.items() if one in theirs)
            scale = values[a].std_dev * values[b].std_dev
            if a < b and shared and scale:
                found[pair(a, b)] = max(-1.0, min(1.0, shared / scale))
    return {names: r for names, r in found.items() if abs(r) > sqrt(2.0**-104)}
