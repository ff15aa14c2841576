"""What is left of each row: fitted value, residual, leverage, and how much the row moves the fit.

With h the leverage, a diagonal element of J (J'J)^-1 J' of the weighted Jacobian at the minimum, r the weighted
residual and s the residual standard error (1 where sigmas are taken at their word):

- standardized: r/(s*sqrt(1 - h)), the internally studentized residual
- Cook's distance: standardized^2 * h/((1 - h)*p), for p parameters (Cook 1977, Technometrics 19)

as R's rstandard, hatvalues and cooks.distance have them; of a nonlinear model they are those of its linearization
(Seber and Wild 1989, Nonlinear Regression, 4.6). Of counts and successes, r is Pearson's residual, J has the slopes of
the mean in units of its standard deviation, and s is 1 (McCullagh and Nelder 1989, Generalized Linear Models, 12.4):
R's rstandard(type = "pearson"), and the others as they are for a glm. The residual is then y less its mean, of trials
y - n*p. Of student and laplace s is the fitted scale. With errors in x the place of a row is the true one, and
r the residual at right angles to the curve, in which both errors are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.rows import RowSource
from exprgrad.columns.values import Column
from exprgrad.errors import UsageError
from exprgrad.graph.lower import Model
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit import statistics
from exprgrad.jobs.fit.after.predict import Read
from exprgrad.jobs.fit.correlated.errors import Errors, Whitening
from exprgrad.jobs.fit.correlated.rows import left
from exprgrad.jobs.fit.likelihood.families import chosen
from exprgrad.jobs.fit.likelihood.model import posed
from exprgrad.jobs.fit.orthogonal.rows import table
from exprgrad.jobs.fit.orthogonal.run import prepare
from exprgrad.jobs.fit.orthogonal.solved import Kernel
from exprgrad.jobs.fit.problem import Parameter, Problem, pose
from exprgrad.jobs.fit.reduction import Floats, combined
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Fit

NAMES = ("fitted", "residual", "standardized", "leverage", "cook")
"""The new columns; with errors in x those of the true places come last, as `true_x`."""


def request_of(fit: Fit) -> Request:
    """What the fit was asked for, as far as its rows go."""
    return Request(
        sigma=fit.sigma or None, weights=fit.weights or None, trials=fit.trials or None, sigma_x=fit.sigma_x,
        sigma_xy=fit.sigma_xy,
    )  # fmt: skip


def _posed(
    model: Model, columns: Collection[str], parameters: Sequence[Parameter], fit: Fit, request: Request
) -> tuple[Problem, int]:
    """The problem whose weighted residuals are to be shown, and the node of what a response is expected to be."""
    choice = chosen(fit.likelihood.name) if fit.likelihood is not None else None
    if choice is None or choice.family.scaled:
        problem = pose(model, columns, parameters, fit.fixed, sigma=request.sigma, weights=request.weights)
        return problem, problem.model.output
    counted = posed(model, columns, parameters, fit.fixed, request, choice)
    return counted.problem, Symbols(counted.problem.graph).operation("mul")(counted.trials, counted.mean)


def _size(fit: Fit) -> float:
    """The standard deviation of a weighted residual."""
    if fit.likelihood is not None:
        return fit.likelihood.scale if fit.likelihood.scale > 0 else 1.0
    return 1.0 if fit.errors == "absolute" else fit.residual_std_error


class Residuals:
    """The residuals of a fit over the rows that it was made of."""

    def __init__(
        self, model: Model, fit: Fit, source: RowSource, engine: Engine, covariance: Errors | None = None
    ) -> None:
        """Of a fit with correlated errors, `covariance` is the one that it was made with: else raises UsageError."""
        request = request_of(fit)
        if bool(fit.correlated_errors) != (covariance is not None):
            what = "the fit has no covariance" if covariance else f"the fit has a covariance, {fit.correlated_errors}"
            raise UsageError(what, hint="leave it out" if covariance else "give it here, too: covariance=…")
        self.whiten = None if covariance is None else Whitening(covariance, fit.n)
        self.source = source
        parameters = [Parameter(name, estimate.value) for name, estimate in fit.parameters.items()]
        self.values = np.array([parameter.start for parameter in parameters])
        self.inside = np.array([row[k] == row[k] for k, row in enumerate(fit.covariance)], dtype=bool)
        self.size = _size(fit)
        engine = engine._replace(cluster=None)
        problem, mean = _posed(model, source.names, parameters, fit, request)
        self.errors = prepare(problem, source, engine, request, fit.n) if request.sigma_x else None
        if self.errors is not None:
            problem, mean = self.errors.problem, self.errors.problem.model.output
        rest = Symbols(problem.graph).operation("sub")(problem.response, mean)
        nodes = [problem.model.output, rest, problem.pull, *problem.reweighted]
        self.names = (*NAMES, *(f"true_{name}" for name in request.sigma_x))
        self.bindings = {**fit.fixed, **{name: estimate.value for name, estimate in fit.parameters.items()}}
        if self.errors is None:
            self.prepared = Prepared(problem.graph, nodes, source, engine, fit.n * 2)
        else:
            latent = self.errors.latent
            nodes[2:] = [*latent.along, *latent.jacobian, *latent.true]
            self.kernel = Kernel(self.errors.prepared(nodes))

    def blocks(self, read: Read) -> Iterator[tuple[Any, Floats, Floats]]:
        """Rows batch by batch: fitted value, residual, and weighted residual; the weighted Jacobian; true places."""
        if self.errors is None:
            plan = self.prepared.plan
            folded = self.prepared.fold(self.source, self.bindings)
            feed = self.prepared.stream(folded)
            for whole, batch in read(plan.inputs):
                block = table(feed(batch), folded.numbers, plan.wanted, len(whole))
                yield whole, block, block[:, :0]
            return
        m, p = len(self.errors.latent.names), len(self.values)
        for whole, batch in read(self.errors.columns):
            found, places = [], []
            for solved, block in self.errors.blocks(self.values, self.kernel, [batch]):
                height = np.sqrt(1 + (block[:, 2 : 2 + m] ** 2).sum(axis=1))[:, None]
                slopes = block[:, 2 + m : 2 + m + p]
                found.append(np.concatenate([block[:, :2], solved.g[:, None] * height, -slopes / height], axis=1))
                places.append(block[:, 2 + m + p :])
            yield whole, np.concatenate(found), np.concatenate(places)

    def inverse(self) -> Floats:
        """(J'J)^-1 of the parameters at no bound, by a pass over the rows."""
        count = int(self.inside.sum())
        upper = np.zeros((count, count))
        for _, block, _ in self.blocks(self._own):
            upper = combined(upper, block[:, 3:][:, self.inside])
        return statistics.covariance(upper, 1.0)

    def _own(self, names: Any) -> Iterator[tuple[range, Any]]:
        for batch in self.source.read(names):
            yield range(len(next(iter(batch.values())))), batch

    def stream(self, read: Read) -> Iterator[tuple[Any, list[Column]]]:
        """Each batch of rows with its new columns, in the order of `names`."""
        inverse = self.inverse()
        blocks = self.blocks(read)
        if self.whiten is not None:
            yield from self.correlated(blocks, self.whiten)
            return
        for whole, block, places in blocks:
            yield whole, [*self.of(block, inverse), *(np.ascontiguousarray(column) for column in places.T)]

    def correlated(
        self, blocks: Iterator[tuple[Any, Floats, Floats]], whiten: Whitening
    ) -> Iterator[tuple[Any, list[Column]]]:
        """The same where errors correlate: all rows are held in memory, and given batch by batch."""
        wholes, parts = [], []
        for whole, block, _ in blocks:
            wholes.append(whole)
            parts.append(block.copy())
        block = np.concatenate(parts)
        columns = [block[:, 0], block[:, 1], *left(block[:, 3:][:, self.inside], block[:, 1], whiten, self.size)]
        ends = np.cumsum([len(part) for part in parts])[:-1]
        batches = zip(*(np.split(np.asarray(column), ends) for column in columns), strict=True)
        for whole, batch in zip(wholes, batches, strict=True):
            yield whole, list(batch)

    def of(self, block: Floats, inverse: Floats) -> list[Column]:
        """The new columns of rows."""
        slopes = block[:, 3:][:, self.inside]
        with np.errstate(all="ignore"):
            leverage = np.einsum("ij,jk,ik->i", slopes, inverse, slopes)
            standard = block[:, 2] / (self.size * np.sqrt(np.maximum(1 - leverage, 0.0)))
            cook = standard**2 * leverage / ((1 - leverage) * max(int(self.inside.sum()), 1))
        return [block[:, 0].copy(), block[:, 1].copy(), standard, leverage, cook]

    def all(self) -> dict[str, Column]:
        """The new columns of all rows, by name."""
        found = [columns for _, columns in self.stream(self._own)]
        return {name: np.concatenate(column) for name, column in zip(self.names, zip(*found, strict=True), strict=True)}
