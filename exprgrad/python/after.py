"""`exprgrad.predict`, `exprgrad.residuals` and `exprgrad.compare`: what is asked of fits that have ended."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from exprgrad.arguments import Binding, checked, separate
from exprgrad.errors import UsageError, check_installed
from exprgrad.expression import Expression, parse
from exprgrad.jobs.fit.result import Fit
from exprgrad.python.fitting import errors_of
from exprgrad.python.words import own_words, sorted_words

if TYPE_CHECKING:
    from exprgrad.data.read import Table
    from exprgrad.jobs.fit.after.compare import Comparison
    from exprgrad.jobs.fit.after.predict import Prediction
    from exprgrad.jobs.fit.after.saved import Saved


@checked
def predict(
    fit: Fit | str | os.PathLike[str],
    data: Table | Mapping[str, Binding] | None = None,
    *,
    confidence: float | None = None,
    threads: int | None = None,
    backend: str = "auto",
    **more: Any,
) -> Prediction:
    """A fitted model at new rows: `exprgrad.predict(fit, {"x": x})`, `exprgrad.predict("fit.json", df)`,
    `exprgrad.predict(fit, x=[1, 2, 3])`.

    Gives arrays [rows]: `fit`, its `std_error`, the limits `low` and `high` of the model's value, and `predicted_low`
    and `predicted_high` of a new response, at the confidence of the fit or at `confidence`. `fit` is a result, or the
    file of one as `exprgrad fit --json` writes it. Where the fit had sigmas or weights, new responses have limits where
    the rows have that column. Keywords that are variables are columns or numbers, others say how the table is read.
    Raises UsageError for variables without values, DataError for rows and files that cannot be read.
    """
    check_installed("exprgrad.predict", "data", "numpy", "scipy")
    from exprgrad.backends.engine import Engine
    from exprgrad.columns.memory import Columns
    from exprgrad.data.read import Wanted
    from exprgrad.data.tables import Given, taken
    from exprgrad.jobs.fit.after.predict import Predictor, beside, needed

    saved = saved_of(fit)
    expression = Expression._of(saved.curve)
    weighed = {name: more.pop(name) for name in beside(saved) if name in more}
    words = sorted_words("predict", expression, more, more=own_words(predict)[1:])
    known = {**saved.parameters, **saved.fixed, **weighed}
    given = Given(data, {**known, **words.bindings}, None, words.reading)
    wanted = needed(saved)
    with taken(expression.lowered, given, Wanted(more=[*_there(beside(saved), data), *weighed], hold=True)) as call:
        numbers, lists = separate(call.bindings)
        source = call.source if call.source is not None else Columns(lists)
        own = {name: float(value) for name, value in numbers.items() if name in wanted or name in weighed}
        if not source.names:
            raise UsageError("there are no rows to predict", hint="give a list: predict(fit, x=[1, 2, 3])")
        return Predictor(saved, source, Engine.of(backend, threads), own, confidence).all()


def _there(names: list[str], data: Any) -> list[str]:
    """Those of some columns that a table of new rows may have and has."""
    columns = getattr(data, "columns", data if isinstance(data, Mapping) else ())
    return [name for name in names if name in columns]


@checked
def residuals(
    fit: Fit,
    data: Table | Mapping[str, Binding],
    *,
    covariance: Any = None,
    threads: int | None = None,
    backend: str = "auto",
    **more: Any,
) -> dict[str, Any]:
    """What is left of each row that a fit was made of: columns `fitted`, `residual`, `standardized`, `leverage` and
    `cook` by name; with errors in x also the true places, as `true_x`. Constraints, ties and priors are in leverages;
    of a likelihood deviances are standardized, and residuals of trials are those of fractions.

    `data` are the rows of the fit; a data frame gives series with its index, others give arrays [rows]. Keywords are
    columns, or say how the table is read. `covariance` is that of the fit, where it had one. Raises UsageError,
    DataError.
    """
    check_installed("exprgrad.residuals", "data", "numpy", "scipy")
    from exprgrad.backends.engine import Engine
    from exprgrad.data.read import Wanted
    from exprgrad.data.tables import Given, taken
    from exprgrad.jobs.fit.after.residuals import Residuals, request_of
    from exprgrad.jobs.fit.inputs import posed
    from exprgrad.jobs.fit.quantities.quantity import beside

    errors = errors_of(covariance)
    expression = parse(fit.expression, formula=True)
    request = request_of(fit)
    words = sorted_words("residuals", expression, more, more=own_words(residuals)[1:])
    values = {**fit.fixed, **{name: estimate.value for name, estimate in fit.parameters.items()}}
    values = {name: value for name, value in values.items() if name in expression.lowered.bindable}
    wanted = Wanted(more=beside(request), hold=True)
    given = Given(data, {**values, **words.bindings}, None, words.reading)
    with taken(expression.lowered, given, wanted) as call:
        model, _, rows = posed(expression.lowered, call.bindings, request, call.source)
        return call.made(Residuals(model, fit, rows, Engine.of(backend, threads), errors).all())


def compare(
    *models: Fit | str | os.PathLike[str],
    data: Table | None = None,
    nested: bool = False,
    **more: Any,
) -> Comparison:
    """Models of the same rows compared: `exprgrad.compare(fit1, fit2)`, `exprgrad.compare("fit1.json", "fit2.json")`,
    `exprgrad.compare("y ~ a*x", "y ~ a*x + b", data=df)`.

    A model is a result, the file of one, or a formula, which is fitted to `data` with the keywords of `exprgrad.fit`.
    Nested models get F tests: where a model is seen to be another one with parameters held, or where `nested` says so.
    Raises UsageError for fits that say nothing of one another, DataError for those of different rows.
    """
    check_installed("exprgrad.compare", "data", "numpy", "scipy")
    from exprgrad.jobs.fit.after.compare import compare as compared
    from exprgrad.jobs.fit.after.saved import of_fit
    from exprgrad.python.fitting import fit as fitted

    def one(model: Any) -> Saved:
        if isinstance(model, str) and "~" in model:
            formula = parse(model, formula=True)
            known = {
                name: value for name, value in more.items() if name not in every or name in formula.lowered.bindable
            }
            return of_fit(fitted(formula, {}, data=data, **known), formula.text)
        saved = saved_of(model)
        return saved._replace(name=saved.expression) if isinstance(model, Fit) else saved

    texts = [model for model in models if isinstance(model, str) and "~" in model]
    every = {name for text in texts for name in parse(text, formula=True).lowered.bindable}
    if more and not texts:
        raise UsageError(f"{next(iter(more))} is for formulas that are fitted: these models are")
    return compared([one(model) for model in models], said=nested)


def saved_of(fit: Fit | str | os.PathLike[str]) -> Saved:
    """A fit, or the file of one. Raises UsageError for what is neither."""
    from exprgrad.jobs.fit.after.saved import of_fit, of_stream

    if isinstance(fit, Fit):
        return of_fit(fit)
    if not isinstance(fit, str | os.PathLike):
        raise UsageError(f"a fit is what exprgrad.fit gave, or the file of one, not {type(fit).__name__}")
    return of_stream(lambda: open(fit, "rb"), str(fit))
