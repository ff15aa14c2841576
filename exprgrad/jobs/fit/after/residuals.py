"""What is left of each row: fitted value, residual, leverage, and how much the row moves the fit.

With h the leverage, a diagonal element of J (J'J)^-1 J' of the weighted Jacobian at the minimum, r the weighted
residual and s the residual standard error (1 where sigmas are taken at their word):

- standardized: r/(s*sqrt(1 - h)), the internally studentized residual
- Cook's distance: standardized^2 * h/((1 - h)*p), for p parameters (Cook 1977, Technometrics 19)

as R's rstandard, hatvalues and cooks.distance have them; of a nonlinear model they are those of its linearization
(Seber and Wild 1989, Nonlinear Regression, 4.6). With errors in x the place of a row is the true one, and
r the residual at right angles to the curve, in which both errors are. Constraints, ties and priors are in h and p
(`freedom`). Of a likelihood the root of the row's deviance is standardized, with its sign, and Cook's distance is that
of Pearson's residual, as R has them of a glm (Davison and Snell 1991, in Statistical Theory and Modelling, 4).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.rows import RowSource
from exprgrad.columns.values import Column
from exprgrad.errors import UsageError
from exprgrad.graph.lower import Model
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit.after.freedom import freedom_of
from exprgrad.jobs.fit.after.predict import Read
from exprgrad.jobs.fit.correlated.errors import Errors, Whitening
from exprgrad.jobs.fit.correlated.rows import left as moved
from exprgrad.jobs.fit.likelihood.left import left
from exprgrad.jobs.fit.orthogonal.rows import table
from exprgrad.jobs.fit.orthogonal.run import prepare
from exprgrad.jobs.fit.orthogonal.solved import Kernel
from exprgrad.jobs.fit.problem import Parameter, pose
from exprgrad.jobs.fit.reduction import Floats, combined
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Fit

NAMES = ("fitted", "residual", "standardized", "leverage", "cook")
"""The new columns; with errors in x those of the true places come last, as `true_x`."""


def request_of(fit: Fit) -> Request:
    """What the fit was asked for, as far as its rows go."""
    return Request(
        sigma=fit.sigma or None, weights=fit.weights or None, sigma_x=fit.sigma_x, sigma_xy=fit.sigma_xy,
        trials=fit.trials or None,
    )  # fmt: skip


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
        names = [name for name in fit.parameters if name in model.graph.inputs()]  # others stand in ties alone
        parameters = [Parameter(name, fit.parameters[name].value) for name in names]
        self.values = np.array([parameter.start for parameter in parameters])
        self.size = 1.0 if fit.errors == "absolute" or fit.likelihood else fit.residual_std_error
        self.freedom = freedom_of(fit, names, self.size)
        engine = engine._replace(cluster=None)
        self.names = (*NAMES, *(f"true_{name}" for name in request.sigma_x))
        self.deviances = fit.likelihood is not None
        self.bindings = {**fit.fixed, **dict(zip(names, self.values, strict=True))}
        if fit.likelihood is not None:
            problem, nodes, scale = left(model, source.names, parameters, fit.fixed, request, fit.likelihood)
            self.errors, self.bindings = None, self.bindings | scale
            self.prepared = Prepared(problem.graph, nodes, source, engine, fit.n * 2)
            return
        problem = pose(model, source.names, parameters, fit.fixed, sigma=request.sigma, weights=request.weights)
        self.errors = prepare(problem, source, engine, request, fit.n) if request.sigma_x else None
        problem = problem if self.errors is None else self.errors.problem
        rest = Symbols(problem.graph).operation("sub")(problem.response, problem.model.output)
        nodes = [problem.model.output, rest, problem.residual, problem.residual, *problem.jacobian]
        if self.errors is None:
            self.prepared = Prepared(problem.graph, nodes, source, engine, fit.n * 2)
        else:
            latent = self.errors.latent
            nodes[2:] = [*latent.along, *latent.jacobian, *latent.true]
            self.kernel = Kernel(self.errors.prepared(nodes))

    def blocks(self, read: Read) -> Iterator[tuple[Any, Floats, Floats]]:
        """Rows batch by batch: fitted value, residual, and weighted residual, for standardized ones and for Cook's
        distance; the weighted Jacobian; true places."""
        if self.errors is None:
            plan = self.prepared.plan
            folded = self.prepared.fold(self.source, self.bindings)
            feed = self.prepared.stream(folded)
            for whole, batch in read(plan.inputs):
                block = table(feed(batch), folded.numbers, plan.wanted, len(whole))
                if self.deviances:
                    block[:, 2] = np.copysign(np.sqrt(np.maximum(block[:, 2], 0.0)), block[:, 3])
                yield whole, block, block[:, :0]
            return
        m, p = len(self.errors.latent.names), len(self.values)
        for whole, batch in read(self.errors.columns):
            found, places = [], []
            for solved, block in self.errors.blocks(self.values, self.kernel, [batch]):
                height = np.sqrt(1 + (block[:, 2 : 2 + m] ** 2).sum(axis=1))[:, None]
                slopes = block[:, 2 + m : 2 + m + p]
                across = solved.g[:, None] * height
                found.append(np.concatenate([block[:, :2], across, across, -slopes / height], axis=1))
                places.append(block[:, 2 + m + p :])
            yield whole, np.concatenate(found), np.concatenate(places)

    def inverse(self) -> tuple[Floats, float]:
        """(J'J)^-1 along the directions that were free, by a pass over the rows; and the number of parameters."""
        count = self.freedom.directions.shape[1]
        upper = np.zeros((count, count))
        for _, block, _ in self.blocks(self._own):
            upper = combined(upper, self.slopes(block))
        return self.freedom.inverse(upper)

    def slopes(self, block: Floats) -> Floats:
        """The weighted Jacobian along the directions that were free [rows, k]."""
        found: Floats = block[:, 4:] @ self.freedom.directions
        return found

    def _own(self, names: Any) -> Iterator[tuple[range, Any]]:
        for batch in self.source.read(names):
            yield range(len(next(iter(batch.values())))), batch

    def stream(self, read: Read) -> Iterator[tuple[Any, list[Column]]]:
        """Each batch of rows with its new columns, in the order of `names`."""
        blocks = self.blocks(read)
        if self.whiten is not None:
            yield from self.correlated(blocks, self.whiten)
            return
        inverse, count = self.inverse()
        for whole, block, places in blocks:
            yield whole, [*self.of(block, inverse, count), *(np.ascontiguousarray(column) for column in places.T)]

    def correlated(
        self, blocks: Iterator[tuple[Any, Floats, Floats]], whiten: Whitening
    ) -> Iterator[tuple[Any, list[Column]]]:
        """The same where errors correlate: all rows are held in memory, and given batch by batch."""
        wholes, parts = [], []
        for whole, block, _ in blocks:
            wholes.append(whole)
            parts.append(block.copy())
        block = np.concatenate(parts)
        columns = [block[:, 0], block[:, 1], *moved(self.slopes(block), block[:, 1], whiten, self.size, self.freedom)]
        ends = np.cumsum([len(part) for part in parts])[:-1]
        batches = zip(*(np.split(np.asarray(column), ends) for column in columns), strict=True)
        for whole, batch in zip(wholes, batches, strict=True):
            yield whole, list(batch)

    def of(self, block: Floats, inverse: Floats, count: float) -> list[Column]:
        """The new columns of rows."""
        slopes = self.slopes(block)
        with np.errstate(all="ignore"):
            leverage = np.einsum("ij,jk,ik->i", slopes, inverse, slopes)
            room = np.sqrt(np.maximum(1 - leverage, 0.0))
            standard = block[:, 2] / (self.size * room)
            cook = (block[:, 3] / (self.size * room)) ** 2 * leverage / ((1 - leverage) * count)
        return [block[:, 0].copy(), block[:, 1].copy(), standard, leverage, cook]

    def all(self) -> dict[str, Column]:
        """The new columns of all rows, by name."""
        found = [columns for _, columns in self.stream(self._own)]
        return {name: np.concatenate(column) for name, column in zip(self.names, zip(*found, strict=True), strict=True)}
