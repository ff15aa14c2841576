"""Trials as rows: columns of numbers from the generator, and the formulas that make inputs of them.

A column is uniform where a formula of the function table gives the quantile: the formula becomes a part of the graph
that is computed, and costs no pass of its own. Other columns come out of a table of quantiles.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.memory import Columns
from exprgrad.distributions.distribution import Distribution
from exprgrad.distributions.table import KINDS
from exprgrad.functions.rules import bind, called
from exprgrad.graph.graph import Graph
from exprgrad.graph.symbols import Symbols
from exprgrad.trials.copula import Pair, factor, groups
from exprgrad.trials.philox import uniforms
from exprgrad.trials.quantiles import Floats, quantiles

_NORMAL = Distribution(KINDS["normal"], (0.0, 1.0))
_TABULATED = "normal_quantile"
"""A function that a table gives faster than a formula does."""


class _Way(NamedTuple):
    """How an input is made of a uniform number."""

    formula: str
    """Of the arguments of the kind, and of `p` for the number, or for what the table gives."""
    table: Distribution | None
    """Whose quantiles are taken first, if any."""


class Trials:
    """Rows of inputs. Row t of each depends on the seed, on the place of the input and on t alone."""

    def __init__(self, inputs: Mapping[str, Distribution], correlations: Mapping[Pair, float], seed: int) -> None:
        """The inputs in a fixed order, and the correlation coefficients that are not 0."""
        self.inputs = dict(inputs)
        self.seed = seed
        self._groups = [(group, factor(group, correlations)) for group in groups([*inputs], correlations)]
        self._tied = {name for group, _ in self._groups for name in group}
        self._ways = {name: _way(distribution) for name, distribution in self.inputs.items()}
        self._stream = {name: place for place, name in enumerate(self.inputs)}
        plain = [name for name in self._tied if self._ways[name].table != _NORMAL]
        self._probabilities = _Probabilities() if plain else None

    def nodes(self, graph: Graph) -> dict[str, int]:
        """The inputs as nodes of a graph, whose inputs of the same names are the columns."""
        symbols, found = Symbols(graph), {}
        for name, way in self._ways.items():
            kind, arguments = self.inputs[name].kind, self.inputs[name].arguments
            operands = [*map(graph.constant, arguments), graph.input(name)]
            found[name] = bind(way.formula, (*kind.arguments, "p"), symbols)(operands)
        return found

    def columns(self, start: int, count: int) -> dict[str, Floats]:
        """The columns [count] of the trials from `start` on, which is a multiple of `philox.GROUP`."""
        found: dict[str, Floats] = {}
        for name, way in self._ways.items():
            if name not in self._tied:
                column = uniforms(self.seed, self._stream[name], start, count)
                found[name] = quantiles(way.table)(column) if way.table else column
        for group, weights in self._groups:
            found |= self._mixed(group, weights, start, count)
        return found

    def _mixed(self, group: list[str], weights: list[list[float]], start: int, count: int) -> dict[str, Floats]:
        """The columns of inputs that are correlated."""
        normal, found = quantiles(_NORMAL), {}
        free = [normal(uniforms(self.seed, self._stream[name], start, count)) for name in group]
        for name, row in zip(group, weights, strict=True):
            column = np.zeros(count)
            for weight, one in zip(row, free, strict=False):
                if weight:
                    column += weight * one
            table = self._ways[name].table
            if table != _NORMAL and self._probabilities is not None:
                column = self._probabilities(column)
                column = quantiles(table)(column) if table else column
            found[name] = column
        return found


def _way(distribution: Distribution) -> _Way:
    """How an input of a distribution is made."""
    kind = distribution.kind
    if distribution.truncated or not (kind.quantile or kind.standard):
        return _Way("p", distribution)
    if kind.standard:
        return _Way(kind.standard, Distribution(kind, (0.0, 1.0, *distribution.arguments[2:])))
    if _TABULATED in called(kind.quantile):
        return _Way(kind.quantile.replace(f"{_TABULATED}(p)", "p"), _NORMAL)
    return _Way(kind.quantile, None)


class _Probabilities:
    """The probabilities of standard normal numbers, above 0 and below 1."""

    def __init__(self) -> None:
        graph = Graph()
        node = Symbols(graph).operation("normal_cdf")(graph.input("z"))
        self._prepared = Prepared(graph, [node], Columns({"z": np.zeros(1)}), Engine(threads=1), rows=1 << 20)
        self._prepared.stream({})

    def __call__(self, z: Floats) -> Floats:
        (found,) = self._prepared.stream({})({"z": z}).values()
        inside: Floats = np.clip(np.asarray(found), 2.0**-54, 1 - 2.0**-53)
        return inside
