"""Inputs from the results of other commands, with their covariance: a fit, or another uncertainty."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import inf
from typing import Any

from exprgrad.distributions.read import uncertain
from exprgrad.distributions.uncertain import Uncertain, normal
from exprgrad.errors import DataError, NumbersError
from exprgrad.quantities.quantities import Quantities, correlations_of
from exprgrad.text.numbers import WORDS

Matrix = Mapping[str, Mapping[str, float]]


def of_document(content: Mapping[str, Any], source: str, wanted: Collection[str]) -> Quantities:
    """The inputs in a document, of the names that are wanted: the JSON of fit or of uncertainty, or names with numbers
    and texts such as "1.000±0.002". Raises DataError for another one, NumbersError for what a fit left undetermined."""
    if isinstance(content.get("results"), Mapping) and "budget" in content:
        return _of_uncertainty(content, wanted)
    if isinstance(content.get("parameters"), Mapping) and "covariance" in content:
        dof = float(content.get("dof", inf)) if content.get("errors") == "relative" else inf
        fixed = {name: Uncertain(_float(value)) for name, value in content.get("fixed", {}).items()}
        values = {
            name: (_float(each["value"]), _float(each["std_error"])) for name, each in content["parameters"].items()
        }
        found = of_fit(values, _matrix(content["covariance"]), dof, wanted)
        return found._replace(values=found.values | {name: value for name, value in fixed.items() if name in wanted})
    if isinstance(inner := content.get("variables"), Mapping):
        content = inner
    return Quantities({name: _value(name, value, source) for name, value in content.items() if name in wanted})


def of_fit(
    estimates: Mapping[str, tuple[float, float]], covariance: Matrix, dof: float, wanted: Collection[str]
) -> Quantities:
    """The parameters of a fit, with their covariance. Raises NumbersError for one that has no standard error."""
    kept = [name for name in estimates if name in wanted]
    for name in kept:
        if not 0 <= estimates[name][1] < inf:
            said = f"the fit has no standard error of {name}"
            raise NumbersError(said, hint="it is at a bound, or not determined by the data: fix it, or fit again")
    values = {name: normal(*estimates[name], dof) for name in kept}
    return Quantities(values, correlations_of(covariance, kept), (tuple(kept),) if kept else ())


def _of_uncertainty(content: Mapping[str, Any], wanted: Collection[str]) -> Quantities:
    results = {name: one for name, one in content["results"].items() if name in wanted}
    values = {}
    for name, one in results.items():
        dof = _float(one["dof"])
        values[name] = normal(_float(one["value"]), _float(one["standard_uncertainty"]), dof if dof == dof else inf)
    return Quantities(values, correlations_of(_matrix(content["covariance"]), results))


def _matrix(content: Mapping[str, Mapping[str, Any]]) -> Matrix:
    return {row: {column: _float(value) for column, value in cells.items()} for row, cells in content.items()}


def _value(name: str, value: object, source: str) -> Uncertain:
    if isinstance(value, str):
        return uncertain(value, f"{name} in {source}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        hint = 'as "1.000±0.002" or 1.0, or the JSON of fit or uncertainty'
        raise DataError(f"{name} in {source} is no number and no text with an uncertainty", hint=hint)
    return Uncertain(float(value))


def _float(value: Any) -> float:
    return WORDS[value] if isinstance(value, str) and value in WORDS else float(value)
