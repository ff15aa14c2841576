"""`exprgrad.fit`: least squares by a formula."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exprgrad.arguments import Binding, checked, placed
from exprgrad.errors import check_installed
from exprgrad.expression import Expression
from exprgrad.observer import SILENT, Observer
from exprgrad.python.words import expression_of, own_words, sorted_words, told_of_clashes, warn_of_constants

if TYPE_CHECKING:
    from exprgrad.data.read import Table
    from exprgrad.jobs.fit.request import Request
    from exprgrad.jobs.fit.result import Fit


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
    intervals: str = "symmetric",
    resamples: int = 1000,
    seed: int = 0,
    threads: int | None = None,
    backend: str = "auto",
    observer: Observer = SILENT,
    **more: Any,
) -> Fit:
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
    likewise. `robust` is "huber", "cauchy" or "soft_l1"; `likelihood` is "poisson", "binomial" (with `trials`),
    "bernoulli", "student" or "laplace"; `intervals` are "symmetric", "profile" or "bootstrap" (with so many
    `resamples`, drawn by `seed`). Parameters in `fix` keep their values. Raises ExpressionError, KeywordError with the
    keyword that was meant, and as `Expression.fit` does.
    """
    expression = expression_of(formula, formula=True)
    said = {"sigma": sigma, "weights": weights, "robust": robust, "scale": scale, "trials": trials}
    with told_of_clashes("fit", expression, [name for name, value in said.items() if value is not None]):
        request = _request(
            fix=fix,
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
            intervals=intervals,
            resamples=resamples,
            seed=seed,
        )
        return _fit(expression, bindings, data, request, more, threads, backend, observer)


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
    intervals: str,
    resamples: int,
    seed: int,
) -> Request:
    """What `fit` is asked for, checked."""
    check_installed("fit", "data", "numpy", "scipy")
    from exprgrad.jobs.fit.request import Request

    sigma, weights, trials = (None if text is None else str(text) for text in (sigma, weights, trials))
    more = (method, max_iterations, tolerance, confidence, likelihood, trials, intervals, resamples, seed)
    return Request(fix, bound, sigma, weights, absolute, robust, scale, *more)


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
) -> Fit:
    from exprgrad.backends.prepared import Engine
    from exprgrad.data.read import Wanted
    from exprgrad.data.tables import Given, taken
    from exprgrad.jobs.fit.quantities.quantity import beside

    words = sorted_words("fit", expression, more, more=own_words(fit)[2:])
    wanted = Wanted(more=beside(request), parameters=(*request.fix, *request.bound), hold=True)
    with taken(expression.lowered, Given(bindings, words.bindings, data, words.reading), wanted) as call:
        warn_of_constants(expression, call.bindings, call.source)
        return expression.fit(call.bindings, request, call.source, Engine.of(backend, threads), observer)
