"""Columns of probabilities, or of standard normal numbers, turned into inputs of given distributions.

A column stays as it is where a formula of the function table gives the quantile: the formula becomes a part of the
graph that is computed, and costs no pass of its own. Other columns come out of a table of quantiles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import NO_FOLDS, Prepared
from exprgrad.columns.memory import Columns
from exprgrad.distributions.distribution import Distribution
from exprgrad.distributions.table import KINDS
from exprgrad.functions.rules import bind, called
from exprgrad.graph.graph import Graph
from exprgrad.graph.symbols import Symbols
from exprgrad.trials.quantiles import Floats, quantiles

_NORMAL = Distribution(KINDS["normal"], (0.0, 1.0))
_TABULATED = "normal_quantile"
"""A function that a table gives faster than a formula does."""


class _Way(NamedTuple):
    """How an input is made of a probability."""

    formula: str
    """Of the arguments of the kind, and of `p` for the number, or for what the table gives."""
    table: Distribution | None
    """Whose quantiles are taken first, if any."""


class Shapes:
    """How inputs are made of numbers between 0 and 1."""

    def __init__(self, inputs: Mapping[str, Distribution]) -> None:
        self.inputs = dict(inputs)
        self._ways = {name: _way(distribution) for name, distribution in self.inputs.items()}
        self._probabilities: _Probabilities | None = None

    def nodes(self, graph: Graph) -> dict[str, int]:
        """The inputs as nodes of a graph, whose inputs of the same names are the columns."""
        symbols, found = Symbols(graph), {}
        for name, way in self._ways.items():
            kind, arguments = self.inputs[name].kind, self.inputs[name].arguments
            operands = [*map(graph.constant, arguments), graph.input(name)]
            found[name] = bind(way.formula, (*kind.arguments, "p"), symbols)(operands)
        return found

    def column(self, name: str, probabilities: Floats) -> Floats:
        """The column [n] of an input, of probabilities [n] above 0 and below 1."""
        table = self._ways[name].table
        return quantiles(table)(probabilities) if table else probabilities

    def prepare(self, tied: Iterable[str]) -> None:
        """Compile what `column_of_normal` needs for these inputs, before threads call it."""
        if self._probabilities is None and any(self._ways[name].table != _NORMAL for name in tied):
            self._probabilities = _Probabilities()

    def column_of_normal(self, name: str, z: Floats) -> Floats:
        """The column [n] of an input, of standard normal numbers [n]: those with the same probabilities."""
        table = self._ways[name].table
        if table == _NORMAL:
            return z
        assert self._probabilities is not None, "prepare"
        column = self._probabilities(z)
        return quantiles(table)(column) if table else column


def normal_numbers(probabilities: Floats) -> Floats:
    """Standard normal numbers [n] of probabilities [n] above 0 and below 1."""
    return quantiles(_NORMAL)(probabilities)


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
        self._prepared.stream(NO_FOLDS)

    def __call__(self, z: Floats) -> Floats:
        (found,) = self._prepared.stream(NO_FOLDS)({"z": z}).values()
        inside: Floats = np.clip(np.asarray(found), 2.0**-54, 1 - 2.0**-53)
        return inside
