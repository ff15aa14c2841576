"""Some rows of the data in memory, and the formula at many points on them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from exprgrad.columns.rows import RowSource
from exprgrad.columns.shapes import Shapes
from exprgrad.graph.forward import compute
from exprgrad.graph.reach import needed
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import Floats
from exprgrad.jobs.fit.search.data.arrays import ARRAYS

ROWS = 600
"""Rows that are looked at. Of more, as many are drawn by chance: so even spacings do not hide a frequency."""
FAR = 2.0
"""The middle of a column in units of its range, from which it is far from 0."""
_AT_ONCE = 400_000
"""Numbers of a column at many points that are computed at once."""


def drawn(problem: Problem, source: RowSource, rows: int) -> dict[str, Floats] | None:
    """The columns of the formula [rows], all or a sample of them. None where a row cannot stand for itself: the formula
    folds or scans rows."""
    graph = problem.graph
    nodes = needed(graph, [problem.residual, *problem.jacobian])
    shapes = Shapes(graph, problem.columns)
    names = [name for node in nodes if (name := graph.name(node)) is not None and name in problem.columns]
    if not names or any(shapes.mixes(node) for node in nodes):
        return None
    draw = np.random.default_rng(19)
    parts: list[list[Floats]] = [[] for _ in names]
    for batch in source.read(names):
        whole = [np.asarray(batch[name], dtype=np.float64) for name in names]
        kept = np.arange(len(whole[0]))
        if rows > ROWS:
            kept = kept[draw.random(len(kept)) * rows < ROWS]
        for part, column in zip(parts, whole, strict=True):
            part.append(column[kept])
    found = {name: np.concatenate(part) for name, part in zip(names, parts, strict=True)}
    fine = np.all([np.isfinite(column) for column in found.values()], axis=0)
    return {name: column[fine] for name, column in found.items()} if fine.sum() > 1 else None


def far(problem: Problem, source: RowSource, rows: int) -> dict[str, float]:
    """The columns that are far from 0 for their spread, the farthest first, with a round number in the middle."""
    found = {}
    for name, column in (drawn(problem, source, rows) or {}).items():
        middle, spread = float(np.mean(column)), float(np.ptp(column))
        used = name in {problem.graph.name(node) for node in needed(problem.graph, [problem.model.output])}
        if used and 0 < spread < abs(middle) / FAR:
            found[name] = abs(middle) / spread, float(f"{middle:.{max(1, int(np.log10(abs(middle) / spread)))}g}")
    order = sorted(found, key=lambda name: -found[name][0])
    return {name: found[name][1] for name in order}


class Sample:
    """A problem on these rows."""

    def __init__(self, problem: Problem, columns: Mapping[str, Floats], whole: int = 0) -> None:
        """`whole` is of how many rows these are a sample; 0 for these alone."""
        self.problem, self.columns = problem, columns
        self.graph = problem.graph
        self.rows = len(next(iter(columns.values())))
        self.whole = max(whole, self.rows)
        self._order: dict[tuple[int, ...], list[int]] = {}
        self.weight = self.column(problem.weight)
        self.response = self.column(problem.response)

    def at(self, points: Floats, nodes: Sequence[int]) -> list[Any]:
        """Nodes at points [points, parameters]: for each an array that broadcasts to [points, rows]."""
        key = tuple(nodes)
        order = self._order.get(key)
        if order is None:
            order = self._order[key] = needed(self.graph, nodes)
        inputs: dict[str, Any] = {name: np.float64(value) for name, value in self.problem.fixed.items()}
        inputs |= {name: column[None, :] for name, column in self.columns.items()}
        inputs |= {name: points[:, k, None] for k, name in enumerate(self.problem.names)}
        values: dict[int, Any] = {}
        with np.errstate(all="ignore"):
            compute(self.graph, order, values, ARRAYS, inputs)
        return [values[node] for node in nodes]

    def column(self, node: int) -> Floats:
        """A node that no parameter goes into [rows]."""
        values = self.at(np.zeros((1, len(self.problem.names))), [node])[0]
        found: Floats = np.array(np.broadcast_to(values, (1, self.rows))[0], dtype=np.float64)
        return found

    def stacked(self, points: Floats, nodes: Sequence[int]) -> Floats:
        """The same in one array [points, rows, nodes]."""
        found = np.empty((len(points), self.rows, len(nodes)))
        for k, value in enumerate(self.at(points, nodes)):
            found[:, :, k] = value
        return found

    def pieces(self, points: Floats) -> list[Floats]:
        """The points in pieces that are computed at once."""
        size = max(1, _AT_ONCE // self.rows)
        return [points[start : start + size] for start in range(0, len(points), size)]
