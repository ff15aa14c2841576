"""A formula computed for the rows of many groups at once: each has parameters of its own, so these are columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from os import sched_getaffinity
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.memory import Columns
from exprgrad.data.groups.found import Codes
from exprgrad.functions.table import MIXING
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import cone
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import Floats

if TYPE_CHECKING:
    from exprgrad.backends.llvm.sections.stage import SectionStage

_SMALL = 12
"""Parameters up to which compiled sums of products are fast."""


class Rows(NamedTuple):
    """Rows in memory, group after group."""

    columns: Mapping[str, Floats]
    """[rows]"""
    starts: Codes
    """Where each group begins, and after the last one where it ends [groups + 1]."""


def folds(model: Model) -> bool:
    """Whether a formula brings columns down to numbers: these would be other numbers in each group."""
    assert model.response is not None
    graph = model.graph
    return any(graph.operations[node] in MIXING for node in cone(graph, [model.response, model.output]))


class Kernel:
    """Nodes of a problem, whose parameters are columns, for rows in memory. It may be called from several threads."""

    def __init__(self, problem: Problem, nodes: Sequence[int], engine: Engine, rows: int) -> None:
        """`rows` is about how many there will be in all calls together."""
        self.problem = problem
        source = Columns({name: np.zeros(1) for name in problem.columns})
        self.prepared = Prepared(problem.graph, nodes, source, engine._replace(threads=1, cluster=None), rows)
        self.folded = self.prepared.fold(source, problem.fixed)
        self.inputs = [name for name in self.prepared.plan.inputs if name not in problem.names]
        self.threads = engine.threads or len(sched_getaffinity(0))
        """How many sum at a time; where there are no sums, pieces go on several threads instead."""
        self._lock, self._compiled = Lock(), False

    @cached_property
    def sums(self) -> SectionStage | None:
        """Sums of products of the nodes over groups of rows, in machine code; None where this is not worth it."""
        plan = self.prepared.plan
        if self.prepared.backend.name != "llvm" or not plan.columns or len(self.problem.names) > _SMALL:
            return None
        from exprgrad.backends.llvm.sections.stage import SectionStage
        from exprgrad.backends.llvm.threaded.strips import LARGE

        stage = plan.stages[-1]
        if len(stage.columns) > LARGE:
            return None
        return SectionStage(plan.graph, stage, plan.wanted, self.problem.names, self.folded.numbers)

    def __call__(self, columns: Mapping[str, Floats], values: Floats, length: int) -> list[Floats | float]:
        """The nodes, each [groups*length] or one number. `columns` are [groups*length], group after group; `values`
        are the parameters [p, groups]."""
        plan, names = self.prepared.plan, self.problem.names
        given = {name: columns[name] for name in self.inputs}
        for k, name in enumerate(names):
            if name in plan.inputs:
                given[name] = np.repeat(values[k], length)
        read = plan.graph.inputs()
        found: Mapping[int, Any] = {read[name]: given[name] for name in plan.inputs}
        if not found.keys() >= set(plan.columns):
            found = self._computed(given)
        return [self._made(found, node) for node in plan.wanted]

    def _computed(self, given: Mapping[str, Floats]) -> Mapping[int, Any]:
        with self._lock:  # one thread compiles
            if not self._compiled:
                self.prepared.stream(self.folded)
                self._compiled = True
        return self.prepared.stream(self.folded)(given)

    def _made(self, found: Mapping[int, Any], node: int) -> Floats | float:
        if node in found:
            made: Floats = np.asarray(found[node], dtype=np.float64)
            return made
        return float(self.folded.numbers[node])
