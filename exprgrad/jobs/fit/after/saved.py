"""A fit as its JSON holds it: what predictions and comparisons need, of a result or of a file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from math import inf, isfinite, log, nan
from typing import IO, Any, NamedTuple

import numpy as np

from exprgrad.binding import Lowered
from exprgrad.data.stores.bounded import read_whole
from exprgrad.errors import DataError, ExprgradError, UsageError
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import copied
from exprgrad.jobs.fit.likelihood.families import FAMILIES
from exprgrad.jobs.fit.reduction import Floats
from exprgrad.jobs.fit.result import Fit
from exprgrad.syntax import parse
from exprgrad.text.numbers import WORDS

_NUMBERS = ("rss", "residual_std_error", "dof", "n", "confidence")
"""Without these it is no fit."""
_NAME = re.compile(r"[^\W\d]\w*")


class Saved(NamedTuple):
    """A fit that has ended."""

    name: str
    """What it is called in messages."""
    expression: str
    parameters: Mapping[str, float]
    fixed: Mapping[str, float]
    covariance: Floats
    """Of the parameters [p, p]; nan for those that are undetermined or at a bound."""
    rss: float
    r2: float
    residual_std_error: float
    aic: float
    bic: float
    dof: int
    n: int
    confidence: float
    errors: str
    """As in `Fit`."""
    stopped: str
    scale: float
    sigma: str
    weights: str
    kind: str
    """What else than squares of the response's errors was minimized; empty for least squares."""
    bounds: tuple[str, ...]
    """Parameters that ended at a bound."""
    correlated_errors: str = ""
    """As in `Fit`."""
    constraints: tuple[str, ...] = ()
    """As in `Fit`."""
    deviance: float = nan
    """Of a likelihood."""

    @property
    def numbers(self) -> int:
        """How many numbers were fitted, with a variance or a scale where there is one: BIC - AIC is this times
        log(n) - 2."""
        if isfinite(self.aic):
            return round((self.bic - self.aic) / (log(self.n) - 2))
        return len(self.parameters) + (self.errors != "absolute")

    @property
    def likelihood(self) -> bool:
        """Whether a likelihood was maximized that is not that of normal errors."""
        return self.kind in FAMILIES

    @property
    def free(self) -> int:
        """How many parameters were fitted: of those that equations and ties bind, the ones that are left."""
        return self.n - self.dof if self.aic == self.aic else len(self.parameters)

    @property
    def log_likelihood(self) -> float:
        """At its maximum; of least squares that of normal errors."""
        return self.numbers - self.aic / 2

    @property
    def lowered(self) -> Lowered:
        """The formula, to be bound."""
        return Lowered(parse(self.expression, self.name), formula=True)

    @property
    def model(self) -> Model:
        """The formula; constants of the language that were fitted are variables."""
        numbers = {**self.parameters, **self.fixed}
        lowered = self.lowered
        return lowered.model_for([name for name in numbers if name in lowered.model.constants])

    @property
    def curve(self) -> Model:
        """The model alone, without the response."""
        model, graph = self.model, Graph()
        graph.limit = model.graph.limit
        output = copied(model.graph, graph, [model.output])[model.output]
        return model._replace(graph=graph, output=output, response=None, intermediates={}, labels={})

    @property
    def squares(self) -> float:
        """The sum of squares of the response around its mean; 0 where it is not known."""
        left = 1 - self.r2
        return self.rss / left if left == left and left > 1e-6 else 0.0

    @property
    def variance(self) -> float:
        """Of a response with weight 1."""
        if self.errors == "absolute":
            return 1.0
        return self.scale**2 if self.errors == "robust" else self.residual_std_error**2

    @property
    def freedom(self) -> float:
        """The degrees of freedom of the quantiles: infinite for the normal distribution."""
        return float(self.dof) if self.errors == "relative" else inf


def of_fit(fit: Fit, name: str = "the fit") -> Saved:
    """A result."""
    return Saved(
        name=name,
        expression=fit.expression,
        parameters={each: estimate.value for each, estimate in fit.parameters.items()},
        fixed=fit.fixed,
        covariance=np.array(fit.covariance, dtype=np.float64),
        rss=fit.rss,
        r2=fit.r2,
        residual_std_error=fit.residual_std_error,
        aic=fit.aic,
        bic=fit.bic,
        dof=fit.dof,
        n=fit.n,
        confidence=fit.confidence,
        errors=fit.errors,
        stopped=fit.stopped,
        scale=fit.scale,
        sigma=fit.sigma,
        weights=fit.weights,
        kind=fit.robust or ("errors in x" if fit.sigma_x else fit.likelihood.name if fit.likelihood else ""),
        bounds=fit.bounds,
        correlated_errors=fit.correlated_errors,
        constraints=fit.constraints,
        deviance=fit.likelihood.deviance if fit.likelihood else nan,
    )


def of_stream(opened: Callable[[], AbstractContextManager[IO[bytes]]], name: str) -> Saved:
    """The fit in a file, which `opened` opens. Raises UsageError where it cannot be read, DataError for none."""
    try:
        with opened() as stream:
            data = read_whole(stream, name)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no name of a file"
        hint = "a saved fit is what exprgrad fit … --json > fit.json writes"
        raise UsageError(f"cannot read {name}: {why}", hint=hint) from None
    try:
        return of_text(data.decode("utf-8-sig"), name)
    except UnicodeDecodeError:
        raise DataError(f"{name} is not UTF-8") from None


def of_text(text: str, name: str) -> Saved:
    """The JSON of a fit. Raises DataError, which calls the file by its name, for what is no such thing."""
    hint = "write one with exprgrad fit … --json > fit.json"
    try:
        content = json.loads(text)
    except ValueError as error:
        raise DataError(f"{name} is not valid JSON: {error}", hint=hint) from None
    if isinstance(content, dict) and "groups" in content:
        one = "fit the rows of one group for themselves, without --by"
        raise DataError(f"{name} has the fits of several groups, and here it takes one fit", hint=one)
    if not isinstance(content, dict) or not all(part in content for part in ("expression", "parameters", "covariance")):
        raise DataError(f"{name} is no result of a fit", hint=hint)
    try:
        squares = dict.fromkeys(("rss", "residual_std_error"), nan) if content.get("likelihood") else {}
        numbers = {part: _number((squares | content)[part]) for part in _NUMBERS}
        parameters = {each: _number(value["value"]) for each, value in content["parameters"].items()}
        covariance = np.array(
            [[_number(content["covariance"][row][column]) for column in parameters] for row in parameters]
        ).reshape(len(parameters), len(parameters))
        saved = Saved(
            name=name,
            expression=str(content["expression"]),
            parameters=parameters,
            fixed={each: _number(value) for each, value in content.get("fixed", {}).items()},
            covariance=covariance,
            rss=numbers["rss"],
            r2=_number(content.get("r2", nan)),
            residual_std_error=numbers["residual_std_error"],
            aic=_number(content.get("aic", nan)),
            bic=_number(content.get("bic", nan)),
            dof=int(numbers["dof"]),
            n=int(numbers["n"]),
            confidence=numbers["confidence"],
            errors=str(content.get("errors", "relative")),
            stopped=str(content.get("stopped", "converged")),
            scale=_number(content.get("scale", nan)),
            sigma=str(content.get("sigma") or ""),
            weights=str(content.get("weights") or ""),
            kind=_kind(content),
            bounds=(),
            correlated_errors=str(content.get("correlated_errors") or ""),
            constraints=tuple(map(str, content.get("constraints", ()))),
            deviance=_number(content.get("deviance", nan)),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = f"it has no {error}" if isinstance(error, KeyError) else "a part of it is not what a fit writes"
        raise DataError(f"{name} is no result of a fit: {what}", hint=hint) from None
    open_ones = np.isnan(np.diag(covariance))
    bounds = tuple(each for each, one in zip(parameters, open_ones, strict=True) if one and saved.stopped != "singular")
    _check(saved, hint)
    return saved._replace(bounds=bounds)


def _check(saved: Saved, hint: str) -> None:
    """Raise DataError for numbers that no fit has, and a formula that cannot be read."""
    if not (all(map(isfinite, saved.parameters.values())) and 0 < saved.confidence < 1 and saved.parameters):
        raise DataError(f"{saved.name} is no result of a fit: its numbers are not those of one", hint=hint)
    try:
        known = saved.model.graph.inputs()
    except ExprgradError as error:
        raise DataError(f"{saved.name} has no formula that can be read: {error}", hint=hint) from None
    said = [name for text in saved.constraints for name in _NAME.findall(text)]  # some stand in ties alone
    if strange := [each for each in saved.parameters if each not in known and each not in said]:
        raise DataError(f"{saved.name}: its formula has no parameter {strange[0]}", hint=hint)


def _kind(content: Mapping[str, Any]) -> str:
    if content.get("sigma_x"):
        return "errors in x"
    return str(content.get("robust") or content.get("likelihood") or "")


def _number(value: Any) -> float:
    """Raises ValueError or TypeError for what is no number."""
    if isinstance(value, str):
        if value not in WORDS:
            raise ValueError(value)
        return WORDS[value]
    if isinstance(value, bool):
        raise TypeError
    return float(value)
