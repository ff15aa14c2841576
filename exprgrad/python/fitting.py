"""`exprgrad.fit`: least squares by a formula."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, overload

from exprgrad.arguments import Binding, checked, placed, said
from exprgrad.errors import UsageError, check_installed
from exprgrad.expression import Expression
from exprgrad.observer import SILENT, Observer
from exprgrad.python.words import expression_of, own_words, sorted_words, told_of_clashes, warn_of_constants

if TYPE_CHECKING:
    from exprgrad.data.read import Table
    from exprgrad.jobs.fit.correlated.errors import Errors
    from exprgrad.jobs.fit.groups.result import Groups
    from exprgrad.jobs.fit.request import Request
    from exprgrad.jobs.fit.result import Fit


@overload
def fit(
    formula: str | Expression, bindings: Mapping[str, Binding] | Table = ..., *, by: None = None, **more: Any
) -> Fit: ...
@overload
def fit(
    formula: str | Expression,
    bindings: Mapping[str, Binding] | Table = ...,
    *,
    by: str | Collection[str],
    **more: Any,
) -> Groups: ...
@placed
def fit(
    formula: str | Expression,
    bindings: Mapping[str, Binding] | Table = MappingProxyType({}),
    *,
    data: Table | None = None,
    fix: Collection[str] = (),
    bound: Mapping[str, tuple[float, float]] = MappingProxyType({}),
    sigma: str | float | None = None,
    absolute: bool = False,
    weights: str | float | None = None,
    robust: str | None = None,
    scale: float | None = None,
    likelihood: str = "gauss",
    trials: str | float | None = None,
    method: str = "lm",
    max_iterations: int = 1000,
    tolerance: float = 0.0,
    confidence: float = 0.95,
    sigma_x: Mapping[str, str | float] = MappingProxyType({}),
    sigma_xy: Mapping[str, str | float] = MappingProxyType({}),
    diagnostics: bool = False,
    by: str | Collection[str] | None = None,
    share: str | Collection[str] = (),
    where: str | Collection[str] = (),
    tie: str | Collection[str] | Mapping[str, str] = (),
    prior: str | Collection[str] | Mapping[str, tuple[float, float]] = (),
    intervals: str = "symmetric",
    resamples: int = 1000,
    seed: int = 0,
    contours: bool = False,
    covariance: Any = None,
    threads: int | None = None,
    backend: str = "auto",
    observer: Observer = SILENT,
    **more: Any,
) -> Fit | Groups:
    """Fit a formula such as `"y ~ a*exp(-b*x)"` by least squares: `exprgrad.fit(formula, df)`, `exprgrad.fit(formula,
    "decay.dat", a=1)`, or `exprgrad.fit(formula, {"x": x, "y": y, "a": 1})`.

    `bindings` are columns [rows] and starts of parameters by name, or in their place a table, whose columns are
    variables: a data frame of pandas, polars or Arrow, a dict of columns, a path or several, what `exprgrad.read` gave.
    A table may also be `data`, beside bindings. Columns that the formula does not name are not looked at. A parameter
    without a start is solved for, where it enters linearly, or searched for.

    Keywords that are variables of the formula are starts (`a=1`), or columns; they win over columns of the table.
    Others say how the table is read: `column` has the header or position of what is called otherwise, `nulls` says what
    a row without a value does ("error", "skip", "nan"), and so on: see `exprgrad.read`. `sigma` is the standard
    deviation of the response: a number, a column, or an expression of columns such as "sqrt(counts)"; `weights` is said
    likewise. `robust` is "huber", "cauchy" or "soft_l1"; `sigma_x` gives standard deviations of columns of the model,
    `sigma_xy` their correlations with the errors of the response; `likelihood` is "poisson", "binomial" (with
    `trials`), "bernoulli", "student" or "laplace"; `diagnostics` shows whether the residuals look like noise;
    parameters in `fix` keep their values. `by` names columns: each group of rows with the same values in these is
    fitted for itself, and parameters in `share` are the same in all groups. `where` has constraints of the parameters,
    "a + c = 1" or "a < b", `tie` what follows from others, {"b": "2*a"}, and `prior` what is known of them before,
    {"a": (1.2, 0.1)}. `covariance` is the covariance matrix of the response's errors [rows, rows], or a file of it, in
    the place of `sigma`. `intervals` are "symmetric", "profile" or "bootstrap" (of so many `resamples`, by a `seed`);
    `contours` looks for joint regions of two parameters by profile.
    Raises ExpressionError, KeywordError with the keyword that was meant, and as `Expression.fit` does.
    """
    expression = expression_of(formula, formula=True)
    said = {"sigma": sigma, "weights": weights, "robust": robust, "scale": scale, "trials": trials}
    with told_of_clashes("fit", expression, [name for name, value in said.items() if value is not None]):
        request = _request(
            fix=_names("fix", fix),
            bound=bound,
            sigma=sigma,
            absolute=absolute,
            weights=weights,
            robust=robust,
            scale=scale,
            likelihood=likelihood,
            trials=trials,
            method=method,
            max_iterations=max_iterations,
            tolerance=tolerance,
            confidence=confidence,
            sigma_x=_quantities("sigma_x", sigma_x),
            sigma_xy=_quantities("sigma_xy", sigma_xy),
            diagnostics=diagnostics,
            intervals=intervals,
            resamples=resamples,
            seed=seed,
        )._replace(
            by=_names("by", by or ()),
            share=_names("share", share),
            where=_texts("where", where),
            tie=_ties(tie),
            prior=_priors(prior),
            contours=contours,
            covariance=errors_of(covariance),
        )
        return _fit(expression, bindings, data, request, more, threads, backend, observer)


@checked
def errors_of(covariance: Any) -> Errors | None:
    """The covariance matrix of the response's errors, from a path or an array."""
    if covariance is None:
        return None
    check_installed("covariance", "data", "numpy", "scipy")
    from exprgrad.jobs.fit.correlated.given import of_array, of_file

    return of_file(os.fspath(covariance)) if isinstance(covariance, str | os.PathLike) else of_array(covariance)


@checked
def _names(keyword: str, names: Any) -> tuple[str, ...]:
    """Names that are given as one text, "run,site", or as several."""
    each = names.split(",") if isinstance(names, str) else _several(keyword, names)
    if not all(isinstance(name, str) and name.strip() for name in each):
        raise UsageError(f"{keyword} takes names, not {said(names)}")
    return tuple(dict.fromkeys(name.strip() for name in each))


def _several(keyword: str, given: Any) -> list[Any]:
    """What is given as a collection. Raises UsageError for what is none."""
    try:
        return list(given)
    except TypeError:
        raise UsageError(f"{keyword} takes texts, not {said(given)}") from None


@checked
def _quantities(keyword: str, given: Any) -> Mapping[str, str | float]:
    """A number or an expression for each name, also as the command takes them: "x=sx"."""
    if isinstance(given, Mapping):
        return given
    pairs = [text.partition("=") for text in _texts(keyword, given)]
    if wrong := ["".join(pair) for pair in pairs if not (pair[0].strip().isidentifier() and pair[2].strip())]:
        name = keyword.replace("_", "-")
        raise UsageError(
            f"{keyword} takes the errors of columns, not {said(wrong[0])}", hint=f'say {{"x": 0.1}}, as --{name} x=0.1'
        )
    return {name.strip(): text.strip() for name, _, text in pairs}


def _pair(where: str, what: str, given: Any, hint: str) -> tuple[float, float]:
    """Two numbers. Raises UsageError for anything else."""
    try:
        first, second = given
        return float(first), float(second)
    except (TypeError, ValueError):
        raise UsageError(f"the {where} is {what}, not {said(given)}", hint=hint) from None


@checked
def _texts(keyword: str, texts: Any) -> tuple[str, ...]:
    """One text, or several."""
    each = (texts,) if isinstance(texts, str) else tuple(_several(keyword, texts))
    if not all(isinstance(text, str) for text in each):
        raise UsageError(f"{keyword} takes texts, not {said(texts)}")
    return each


@checked
def _ties(tie: Any) -> tuple[str, ...]:
    """As texts, also what is said of each name."""
    return _texts("tie", [f"{name} = {text}" for name, text in tie.items()] if isinstance(tie, Mapping) else tie)


@checked
def _priors(prior: Any) -> tuple[str, ...]:
    """As texts, also a mean and an error of each name."""
    if isinstance(prior, Mapping):
        hint = 'for example {"a": (1.2, 0.1)}'
        pairs = {name: _pair(f"prior on {name}", "a mean and an error", each, hint) for name, each in prior.items()}
        prior = [f"{name} = {mean!r}±{error!r}" for name, (mean, error) in pairs.items()]
    return _texts("prior", prior)


@checked
def _request(
    *,
    fix: Collection[str],
    bound: Mapping[str, tuple[float, float]],
    sigma: str | float | None,
    absolute: bool,
    weights: str | float | None,
    robust: str | None,
    scale: float | None,
    likelihood: str,
    trials: str | float | None,
    method: str,
    max_iterations: int,
    tolerance: float,
    confidence: float,
    sigma_x: Mapping[str, str | float],
    sigma_xy: Mapping[str, str | float],
    diagnostics: bool,
    intervals: str,
    resamples: int,
    seed: int,
) -> Request:
    """What `fit` is asked for, checked."""
    check_installed("fit", "data", "numpy", "scipy")
    from exprgrad.jobs.fit.request import Request

    sigma, weights, trials = (None if text is None else str(text) for text in (sigma, weights, trials))
    request = Request(
        fix, bound, sigma, weights, absolute, robust, scale, method, max_iterations, tolerance, confidence,
        sigma_x, sigma_xy, diagnostics,
    )  # fmt: skip
    return request._replace(likelihood=likelihood, trials=trials, intervals=intervals, resamples=resamples, seed=seed)


@checked
def _fit(
    expression: Expression,
    bindings: Any,
    data: Any,
    request: Request,
    more: Mapping[str, Any],
    threads: int | None,
    backend: str,
    observer: Observer,
) -> Fit | Groups:
    from exprgrad.backends.engine import Engine
    from exprgrad.data.read import Wanted
    from exprgrad.data.tables import Given, taken
    from exprgrad.jobs.fit.constraints.ties import new_names
    from exprgrad.jobs.fit.quantities.quantity import beside

    if isinstance(bindings, Mapping) and data is None:  # labels and sigmas, too, are columns of the table
        own = {name: more[name] for name in (*request.by, *beside(request)) if name in more}
        bindings, more = {**bindings, **own}, {name: value for name, value in more.items() if name not in own}
    starts = {}
    given = {*more, *(bindings if isinstance(bindings, Mapping) else ())}
    for name in new_names(request.tie, expression.lowered.bindable, given):
        if name in more:
            starts[name], more = more[name], {word: value for word, value in more.items() if word != name}
        elif isinstance(bindings, Mapping) and isinstance(bindings.get(name), int | float):
            starts[name] = bindings[name]
            bindings = {word: value for word, value in bindings.items() if word != name}
    words = sorted_words("fit", expression, more, more=own_words(fit)[2:])
    wanted = Wanted(more=beside(request), parameters=(*request.fix, *request.bound), hold=not request.by)
    with taken(expression.lowered, Given(bindings, words.bindings, data, words.reading), wanted) as call:
        warn_of_constants(expression, call.bindings, call.source)
        engine = Engine.of(backend, threads)
        if request.by:
            return expression.fit_groups(request, {**call.bindings, **starts}, call.source, engine, observer)
        found = expression.fit({**call.bindings, **starts}, request, call.source, engine, observer)
        return found._replace(diagnosed=request.diagnostics)
