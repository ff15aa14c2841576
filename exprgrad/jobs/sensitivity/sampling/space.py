"""The result of an expression over columns of its inputs, shifted and scaled so that its squares keep their digits."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, sqrt
from typing import NamedTuple

import numpy as np

from exprgrad.distributions.distribution import Distribution
from exprgrad.errors import NumbersError
from exprgrad.graph.graph import Graph
from exprgrad.trials.copula import Pair
from exprgrad.trials.model import RowModel
from exprgrad.trials.quantiles import Floats
from exprgrad.trials.shapes import Shapes

_ROUNDING = 1e-13
"""A standard deviation below this part of the largest value is that of rounding errors."""


class Problem(NamedTuple):
    """What measures are wanted of."""

    graph: Graph
    output: int
    numbers: Mapping[str, float]
    """The inputs that are exact."""
    inputs: Mapping[str, Distribution]
    """The others, in the order of the graph."""
    correlations: Mapping[Pair, float]
    """Of the others, without those that are 0."""


class Space:
    """Rows of inputs and their results."""

    def __init__(self, problem: Problem, rows: int, *, gradient: bool = False) -> None:
        """About so many rows are to come. With `gradient`, the derivatives come with the results."""
        self.names = list(problem.inputs)
        self.shapes = Shapes(problem.inputs)
        self.shift, self.scale = 0.0, 1.0
        self._largest = 0.0
        self._model = RowModel(problem.graph, [problem.output], problem.numbers, self.shapes, rows, gradient=gradient)

    def results(self, columns: Mapping[str, Floats]) -> Floats:
        """The results [1, n], or [1 + inputs, n] with the derivatives. Raises NumbersError for one that is not
        finite."""
        found = self._model(columns)
        if not np.isfinite(found).all():
            self._model.check(found, columns, "points")
        found /= self.scale
        found[0] -= self.shift
        return found

    def __call__(self, columns: Mapping[str, Floats]) -> Floats:
        """The results [n]."""
        found: Floats = self.results(columns)[0]
        return found

    def fit(self, columns: Mapping[str, Floats]) -> None:
        """Set the shift and the scale by some rows."""
        values = self(columns)
        self._largest = float(abs(values).max())
        size = float((values / (self._largest or 1.0)).std()) * self._largest
        self.scale = size if size > _ROUNDING * self._largest else (self._largest or 1.0)
        self.shift = float((values / self.scale).mean())

    def moments(self, mean: float, square: float) -> tuple[float, float]:
        """Mean and standard deviation of the results, of the means of scaled results and of their squares. Raises
        NumbersError where there is no deviation."""
        if not isfinite(square):
            said = "the result differs by so many orders of magnitude that its variance is beyond the floats"
            raise NumbersError(said, hint="take its logarithm, or truncate the inputs")
        size = sqrt(max(square - mean * mean, 0.0)) * self.scale
        if not size > _ROUNDING * self._largest:
            raise NumbersError(
                "the result is the same at all points: it has no variance that inputs could have a share in",
                hint="the inputs may cancel, or the expression may be flat where they are",
            )
        return self.scale * (self.shift + mean), size
