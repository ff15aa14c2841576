"""Trials as rows: columns of numbers from the generator, and what makes inputs of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from exprgrad.distributions.distribution import Distribution
from exprgrad.trials.copula import Pair, factor, groups
from exprgrad.trials.philox import uniforms
from exprgrad.trials.quantiles import Floats
from exprgrad.trials.shapes import Shapes, normal_numbers


class Trials:
    """Rows of inputs. Row t of each depends on the seed, on the place of the input and on t alone."""

    def __init__(self, inputs: Mapping[str, Distribution], correlations: Mapping[Pair, float], seed: int) -> None:
        """The inputs in a fixed order, and the correlation coefficients that are not 0."""
        self.inputs = dict(inputs)
        self.seed = seed
        self._groups = [(group, factor(group, correlations)) for group in groups([*inputs], correlations)]
        self._tied = {name for group, _ in self._groups for name in group}
        self.shapes = Shapes(inputs)
        self.shapes.prepare(self._tied)
        self._stream = {name: place for place, name in enumerate(self.inputs)}

    def columns(self, start: int, count: int) -> dict[str, Floats]:
        """The columns [count] of the trials from `start` on, which is a multiple of `philox.GROUP`."""
        found: dict[str, Floats] = {}
        for name, stream in self._stream.items():
            if name not in self._tied:
                found[name] = self.shapes.column(name, uniforms(self.seed, stream, start, count))
        for group, weights in self._groups:
            found |= self._mixed(group, weights, start, count)
        return found

    def _mixed(self, group: list[str], weights: list[list[float]], start: int, count: int) -> dict[str, Floats]:
        """The columns of inputs that are correlated."""
        found: dict[str, Floats] = {}
        free = [normal_numbers(uniforms(self.seed, self._stream[name], start, count)) for name in group]
        for name, row in zip(group, weights, strict=True):
            column = np.zeros(count)
            for weight, one in zip(row, free, strict=False):
                if weight:
                    column += weight * one
            found[name] = self.shapes.column_of_normal(name, column)
        return found
