"""The model at new rows, with where its mean lies and where new responses do.

With J the model's derivatives with respect to the parameters and C their covariance, the standard error of the model is
sqrt(J C J'), its confidence limits are t times that away, and the limits of a new response t*sqrt(J C J' + s^2/w) where
s^2/w is the variance of that response (Bates and Watts 1988, Nonlinear Regression Analysis and Its Applications, 1.3
and 2.3; Seber and Wild 1989, Nonlinear Regression, 5.1). t is the quantile of the parameters' own intervals. The errors
are those of the linearized model.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from math import nan
from typing import Any, NamedTuple

import numpy as np

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.autodiff.derivative import with_room
from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.rows import RowSource
from exprgrad.columns.values import Column
from exprgrad.errors import UsageError
from exprgrad.graph.graph import Graph
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit.after.band import known, spread
from exprgrad.jobs.fit.after.saved import Saved
from exprgrad.jobs.fit.orthogonal.latent import written
from exprgrad.jobs.fit.orthogonal.rows import table
from exprgrad.jobs.fit.quantities.quantity import names_in
from exprgrad.jobs.fit.reduction import Floats
from exprgrad.jobs.fit.statistics import quantile
from exprgrad.text.spelling import did_you_mean

Read = Callable[[Sequence[str]], Iterable[tuple[Any, Mapping[str, Column]]]]
"""Gives the named columns batch by batch, and beside them the whole rows."""

NAMES = ("fit", "std_error", "low", "high", "predicted_low", "predicted_high")
"""The new columns."""


class Prediction(NamedTuple):
    """A fitted model at new rows [rows]."""

    fit: Floats
    std_error: Floats
    """Of the model's value."""
    low: Floats
    """Of the confidence interval of the model's value."""
    high: Floats
    predicted_low: Floats
    """Of the interval in which a new response lies; nan where the response has no known variance."""
    predicted_high: Floats


def beside(saved: Saved) -> list[str]:
    """The columns that say how large the errors of new responses are: they may be missing."""
    text = "" if saved.likelihood else saved.sigma or saved.weights
    return [name for name in (names_in(text) if text else ()) if name not in needed(saved)]


def needed(saved: Saved) -> list[str]:
    """The variables of the model that are no parameters: columns or numbers of the new rows."""
    return [name for name in saved.curve.graph.inputs() if name not in saved.parameters and name not in saved.fixed]


class Predictor:
    """Predictions of a fit over the rows of a source."""

    def __init__(
        self,
        saved: Saved,
        source: RowSource,
        engine: Engine,
        numbers: Mapping[str, float] | None = None,
        confidence: float | None = None,
    ) -> None:
        """`numbers` are values of variables that are the same in each row. Raises UsageError for variables of the model
        that have no value, and for a level that is none."""
        level = saved.confidence if confidence is None else confidence
        if not 0 < level < 1:
            raise UsageError(f"the confidence is between 0 and 1, not {level:g}", hint="for example 0.95")
        model, wanted = saved.curve, needed(saved)
        numbers = dict(numbers or {})
        for name in numbers:
            if name not in wanted and name not in beside(saved):
                listed = f"the model takes {', '.join(wanted) or 'no columns'}"
                raise UsageError(f"{name} is no column of the model", hint=did_you_mean(name, wanted, listed))
        if missing := [name for name in wanted if name not in numbers and name not in source.names]:
            hint = f"give --{missing[0]} 0:10:0.1, or --data FILE with a column {missing[0]}"
            raise UsageError(f"there are no values of {', '.join(missing)}, which the model needs", hint=hint)
        graph = with_room(model.graph)
        nodes = [graph.input(name) for name in saved.parameters]
        slopes = column_derivatives(graph, model.output, nodes, source.names)
        weight, self.note = self._weight(saved, graph, [*source.names, *numbers])
        self.source = source
        self.bindings = {**saved.fixed, **saved.parameters, **numbers}
        self.prepared = Prepared(graph, [model.output, weight, *slopes], source, engine)
        self.covariance = known(saved.covariance, singular=saved.stopped == "singular")
        known_spread = not self.note and (saved.kind in ("", "errors in x") or saved.errors == "robust")
        self.variance = saved.variance if known_spread else nan
        self.t = quantile(level, saved.freedom) if saved.freedom > 0 else nan

    @staticmethod
    def _weight(saved: Saved, graph: Graph, known: Collection[str]) -> tuple[int, str]:
        """The node of a row's weight, and what is said where there is none."""
        symbols = Symbols(graph)
        if saved.correlated_errors:
            what = "new rows have no limits of new responses, as no covariance with the others is known"
            return symbols.constant(nan), what
        if saved.likelihood:
            what = f"new responses have no limits: {saved.kind} ones do not scatter as normal errors"
            return symbols.constant(nan), what
        text = saved.sigma or saved.weights
        if not text or saved.errors.endswith("information"):
            return symbols.constant(1.0), ""
        try:
            node = written(graph, text, known, "--sigma")
        except UsageError:
            what = "sigma" if saved.sigma else "weight"
            return symbols.constant(nan), f"new rows without their {what}, {text}, have no limits of new responses"
        if not saved.sigma:
            return node, ""
        root = symbols.operation("div")(symbols.constant(1.0), node)
        return symbols.operation("mul")(root, root), ""

    def stream(self, read: Read) -> Iterator[tuple[Any, list[Column]]]:
        """Each batch of rows with its new columns, in the order of NAMES."""
        plan = self.prepared.plan
        folded = self.prepared.fold(self.source, self.bindings)
        feed = self.prepared.stream(folded)
        for whole, batch in read(plan.inputs):
            yield whole, list(self.of(table(feed(batch), folded.numbers, plan.wanted, len(whole))))

    def of(self, block: Floats) -> Prediction:
        """The predictions of rows [rows, model and weight and slopes]."""
        value, weight = block[:, 0].copy(), block[:, 1]
        error = spread(block[:, 2:], self.covariance)
        with np.errstate(all="ignore"):
            wide = self.t * np.hypot(error, np.sqrt(self.variance / weight))
            half = self.t * error
        return Prediction(value, error, value - half, value + half, value - wide, value + wide)

    def all(self) -> Prediction:
        """Those of all rows of the source."""

        def read(names: Sequence[str]) -> Iterator[tuple[range, Mapping[str, Column]]]:
            for batch in self.source.read(names or list(self.source.names)[:1]):
                yield range(len(next(iter(batch.values())))), batch

        found = [columns for _, columns in self.stream(read)]
        return Prediction(*(np.concatenate(column) for column in zip(*found, strict=True)))
