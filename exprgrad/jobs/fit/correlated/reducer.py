"""All rows brought down to what a step needs, where their errors correlate: they are held in memory and whitened."""

from __future__ import annotations

import numpy as np

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.errors import LimitError
from exprgrad.jobs.fit.correlated.errors import Whitening
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import Floats, Reduced, Reducer, Rows, combined, lengths, lost, mended


class Whitened(Reducer):
    """Reduces the rows of a problem without sigmas and weights, which `whiten` takes the place of."""

    def __init__(self, problem: Problem, source: RowSource, engine: Engine, rows: int, whiten: Whitening) -> None:
        super().__init__(problem, source, engine._replace(cluster=None), rows)
        self.by_sums = False
        self.whiten = whiten
        self._bends: Rows | None = None

    def triangle(self, values: Floats) -> Reduced:
        """R of the whitened Jacobian, and the cost (y - f)'*C^-1*(y - f)."""
        self.passes += 1
        count = len(self.problem.parameters)
        with np.errstate(all="ignore"):
            rows = self.whitened(values)
            if rows is None:
                return lost(count)
            upper = combined(rows[:0], rows)
            cost = float(rows[:, count] @ rows[:, count])
            if not (np.isfinite(cost) and np.isfinite(lengths(upper)).all()):
                return lost(count)
        return Reduced(upper[:count, :count], upper[:count, count], cost)

    def whitened(self, values: Floats) -> Floats | None:
        """The whitened Jacobian and residuals [rows, parameters + 1]; None where a number is lost."""
        block = self.together(self._triangle, values)
        if not np.isfinite(block).all() and not mended(block):
            return None
        return self.whiten(block[:, :-1])

    def residuals(self, values: Floats) -> Floats:
        """The whitened residuals [rows]."""
        rows = self.whitened(values)
        return np.full(self.rows, np.nan) if rows is None else rows[:, -1]

    def together(self, rows: Rows, values: Floats) -> Floats:
        """Nodes in all rows [rows, nodes]."""
        return np.concatenate([block.copy() for block in rows.blocks(self.bindings(values))])

    def hessian(self, values: Floats) -> Floats:
        """Half the Hessian of the cost, J'*C^-1*J - sum((C^-1*r)*d^2 model) [p, p]; nan where second derivatives have
        too many nodes."""
        count = len(values)
        found = np.full((count, count), np.nan)
        rows = self.whitened(values)
        try:
            self._bends = self._bends or self._second()
        except LimitError:
            return found
        if rows is None:
            return found
        bends = self.whiten.back(rows[:, -1]) @ self.together(self._bends, values)[:, :-1]
        upper = np.triu_indices(count)
        found[upper] = (rows[:, :-1].T @ rows[:, :-1])[upper] - bends
        found.T[upper] = found[upper]
        return found

    def _second(self) -> Rows:
        """The second derivatives of the model, the upper triangle row by row, some of which may be numbers; and a
        column."""
        problem = self.problem
        nodes = [problem.graph.inputs()[name] for name in problem.names]
        bends = [
            bend
            for k, slope in enumerate(problem.jacobian)
            for bend in column_derivatives(problem.graph, slope, nodes[k:], problem.columns)
        ]
        return Rows(problem, [*bends, problem.residual], self.source, self.engine, self.rows)
