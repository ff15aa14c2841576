"""From where a likelihood has its maximum to the result."""

from __future__ import annotations

from math import inf, log, nan, sqrt

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.functions.rules import bind
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit import messages, statistics
from exprgrad.jobs.fit.likelihood import messages as words
from exprgrad.jobs.fit.likelihood.descent import DEGREES_HIGH, DEGREES_LOW, Descender, Found
from exprgrad.jobs.fit.likelihood.model import DEGREES, Posed, Sums, numbers
from exprgrad.jobs.fit.likelihood.newton import Maximum, inverse_root
from exprgrad.jobs.fit.likelihood.result import Likelihood
from exprgrad.jobs.fit.likelihood.rows import Facts
from exprgrad.jobs.fit.problem import SCALE
from exprgrad.jobs.fit.reduction import Flags, Floats, combined
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Fit

_CONVERGED = 1e-6
"""A step in units of the standard errors, up to which a maximum is one."""
_NULL, _REST = "#null", "#rest"
"""The variables of a mean that is one constant, and of 1 less it: no names of the language look like these."""


class Summary:
    """The statistics of one maximum."""

    def __init__(
        self,
        posed: Posed,
        descender: Descender,
        facts: Facts,
        found: Found,
        maximum: Maximum | None,
        how: str,
        source: RowSource,
        engine: Engine,
        request: Request,
    ) -> None:
        """`maximum` is None where there is no Hessian to go by."""
        self.posed, self.facts, self.found, self.maximum, self.request = posed, facts, found, maximum, request
        self.source, self.engine = source, engine
        descent = found.descent
        self.values = descent.values if maximum is None else maximum.values
        self.scale = found.scale if maximum is None else maximum.scale
        descender.reducer.scale = self.scale
        self.triangle = descent.reduced.triangle
        low, high = (np.array([getattr(each, end) for each in posed.problem.parameters]) for end in ("low", "high"))
        self.inside: Flags = (self.values > low) & (self.values < high)
        self.degrees_error = nan
        self.how = f"Fisher scoring{how}" if posed.choice.family.counts else f"reweighted least squares{how}"

    def result(self) -> Fit:
        problem, request = self.posed.problem, self.request
        covariance, undetermined = self._covariance()
        likelihood = self._likelihood()
        stopped = self._stopped(undetermined)
        dof = self.facts.observed - int(self.inside.sum())
        count = len(problem.names) + self.posed.free_scale + self.posed.free_degrees
        return Fit(
            expression=messages.formula(problem.model),
            parameters={
                name: statistics.estimate(float(value), float(variance), inf, request.confidence)
                for name, value, variance in zip(problem.names, self.values, np.diag(covariance), strict=True)
            },
            fixed={name: value for name, value in problem.fixed.items() if name != DEGREES},
            rss=nan,
            residual_std_error=nan,
            r2=nan,
            adjusted_r2=nan,
            aic=2 * count - 2 * likelihood.log_likelihood,
            bic=count * log(self.facts.observed) - 2 * likelihood.log_likelihood,
            dof=dof,
            n=self.facts.observed,
            iterations=self.found.descent.iterations + (self.maximum.steps if self.maximum else 0),
            stopped=stopped,
            method=self.how,
            errors="expected information" if self.maximum is None else "observed information",
            confidence=request.confidence,
            covariance=tuple(tuple(map(float, row)) for row in covariance),
            notes=tuple(self._notes(stopped, undetermined, likelihood, dof)),
            likelihood=likelihood,
            sigma=request.sigma or "",
            weights=request.weights or "",
        )

    def _stopped(self, undetermined: Flags) -> str:
        if self.found.separated is not None:
            return "separated"
        stopped = self.found.descent.stopped
        if self.maximum is not None and stopped != "iterations":
            stopped = "converged" if self.maximum.decrement <= _CONVERGED else "stuck"
        return "singular" if stopped == "converged" and undetermined.any() else stopped

    def _covariance(self) -> tuple[Floats, Flags]:
        """Of the parameters [p, p], nan where there is none; and which of them the data leave open."""
        count, inside = len(self.values), self.inside
        covariance, undetermined = np.full((count, count), nan), np.zeros(count, dtype=bool)
        if self.found.separated is not None or not inside.any():
            return covariance, undetermined
        part = combined(self.triangle[:0, inside], self.triangle[:, inside])
        undetermined[inside] = statistics.undetermined(part)
        found = statistics.covariance(part, 1.0 if self.posed.choice.family.smooth else self.scale**2)
        if self.maximum is not None and not undetermined.any():
            with_scale = np.ones(len(self.maximum.hessian), dtype=bool)
            with_scale[:count] = inside
            if self.posed.free_degrees:
                with_scale[-1] = DEGREES_LOW < self.posed.degrees < DEGREES_HIGH
            root = inverse_root(self.maximum.hessian[np.ix_(with_scale, with_scale)])
            if root is not None:
                whole = root @ root.T
                found = whole[: len(part), : len(part)]
                if self.posed.free_degrees and with_scale[-1]:
                    self.degrees_error = sqrt(whole[-1, -1])
        covariance[np.ix_(inside, inside)] = found
        return covariance, undetermined

    def _likelihood(self) -> Likelihood:
        posed, family = self.posed, self.posed.choice.family
        symbols, graph = Symbols(posed.problem.graph), posed.problem.graph
        nodes = [posed.problem.loss, posed.density, posed.pearson]
        null, rest = graph.input(_NULL), graph.input(_REST)
        if family.counts:
            values = (posed.problem.response, null, rest, posed.trials)
            constant = bind(family.deviance, ("y", "m", "q", "n"), symbols)(values)
            nodes.append(symbols.operation("mul")(posed.weight, constant))
        total = self.facts.trials if family.trials else self.facts.weight
        mean = self.facts.response / total if total else nan
        sums = Sums(posed.problem, nodes, self.source, self.engine, self.facts.rows)
        bindings = numbers(posed, self.values, self.scale)
        deviance, density, pearson, *more = sums.at({**bindings, _NULL: mean, _REST: 1 - mean})
        if not family.counts:
            pearson = nan
        if not family.smooth:
            deviance = sums.at({**bindings, SCALE: 0.0})[0] / self.scale
        return Likelihood(
            family.name,
            deviance,
            more[0] if more else nan,
            density,
            pearson,
            scale=self.scale if family.scaled else nan,
            degrees=posed.degrees if posed.degrees < inf else nan,
            degrees_error=self.degrees_error,
            trials=self.request.trials or "",
        )

    def _notes(self, stopped: str, undetermined: Flags, likelihood: Likelihood, dof: int) -> list[str]:
        problem, descent = self.posed.problem, self.found.descent._replace(stopped=stopped)
        if self.found.separated is not None:
            return [words.separated(self.posed, self.found.separated)]
        edge = ""
        if stopped in ("stuck", "iterations") and self.posed.choice.family.counts:
            edge = words.edge(self.posed, self.values, self.source, self.engine)
        found = [edge] if edge else []
        if stopped != "converged" and not edge:
            errors = np.zeros(len(problem.names))
            found = messages.ending(problem, descent, undetermined, self.triangle, errors, dict, lambda: False)
        found += messages.at_bounds(problem, self.values)
        if self.posed.free_degrees and stopped == "converged":
            found += words.tails(self.posed.degrees, DEGREES_LOW, DEGREES_HIGH)
        if stopped == "converged":
            found += words.spread(self.posed, likelihood.pearson, dof)
        return found
