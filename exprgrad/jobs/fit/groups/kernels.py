"""A formula computed for the rows of many groups at once: each has parameters of its own, so these are columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.memory import Columns
from exprgrad.functions.table import REDUCTIONS
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import cone
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import Floats


def folds(model: Model) -> bool:
    """Whether a formula brings columns down to numbers: these would be other numbers in each group."""
    assert model.response is not None
    graph = model.graph
    return any(graph.operations[node] in REDUCTIONS for node in cone(graph, [model.response, model.output]))


class Kernel:
    """Nodes of a problem, whose parameters are columns, for rows in memory. It may be called from several threads."""

    def __init__(self, problem: Problem, nodes: Sequence[int], engine: Engine, rows: int) -> None:
        """`rows` is about how many there will be in all calls together."""
        self.problem = problem
        source = Columns({name: np.zeros(1) for name in problem.columns})
        self.prepared = Prepared(problem.graph, nodes, source, engine._replace(threads=1, cluster=None), rows)
        self.numbers = self.prepared.fold(source, problem.fixed).numbers
        self.prepared.stream(self.numbers)  # compiles, in one thread
        self.inputs = [name for name in self.prepared.plan.inputs if name not in problem.names]

    def __call__(self, columns: Mapping[str, Floats], values: Floats, length: int) -> list[Floats | float]:
        """The nodes, each [groups*length] or one number. `columns` are [groups*length], group after group; `values`
        are the parameters [groups, p]."""
        plan, names = self.prepared.plan, self.problem.names
        given = {name: columns[name] for name in self.inputs}
        for k, name in enumerate(names):
            if name in plan.inputs:
                given[name] = np.repeat(values[:, k], length)
        found = self.prepared.stream(self.numbers)(given) if plan.columns else {}
        return [self._made(found, node) for node in plan.wanted]

    def _made(self, found: Mapping[int, Any], node: int) -> Floats | float:
        if node in found:
            made: Floats = np.asarray(found[node], dtype=np.float64)
            return made
        return float(self.numbers[node])
