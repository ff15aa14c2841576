"""The interpreter on columns: node by node over blocks of rows, in Python floats. It defines what every other backend
has to compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from math import isfinite

from exprgrad.backends.mending.losses import watched
from exprgrad.backends.mending.second import Second, SecondRun
from exprgrad.columns.folds import BLOCK, fold_block, fold_tree, function_of
from exprgrad.columns.plan import Plan, Stage
from exprgrad.columns.values import Column
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.numerics.far import NORMAL


class Rows:
    """The interpreter as a backend for columns."""

    name = "interpreter"
    resident = False

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._second: dict[Stage, Second] = {}

    def second(self, stage: Stage) -> Second:
        """How a stage is looked at again."""
        if stage not in self._second:
            self._second[stage] = Second(self.plan.graph, stage, Rows)
        return self._second[stage]

    def start(self, stage: Stage, values: Mapping[int, float]) -> RowRun:
        """Begin a stage; `values` are the numbers known by then."""
        return RowRun(self, stage, values)

    def join(self, parts: Sequence[Column]) -> Column:
        """The rows of all parts, in order."""
        return [value for part in parts for value in part]


class RowRun:
    """One stage: it is fed rows in batches of any length, and asked for its folds at the end."""

    def __init__(self, backend: Rows, stage: Stage, values: Mapping[int, float]) -> None:
        self.backend = backend
        self.graph = backend.plan.graph
        self.stage = stage
        self.values = values
        self.watched = watched(self.graph, stage)
        """The columns of which one left the range of floats, where a derivative is lost."""
        self.second: SecondRun | None = None
        self.blocks: dict[int, list[float]] = {node: [] for node in stage.folds}
        self.waiting: dict[int, list[float]] = {node: [] for node in stage.folds}
        """For each fold the rows of its operand that do not fill a block yet."""
        self.count = 0

    def feed(self, columns: Mapping[str, Column]) -> list[Column]:
        """Compute a batch of rows; the output columns of these rows."""
        size = len(columns[self.stage.inputs[0]])
        self.count += size
        outputs: list[list[float]] = [[] for _ in self.stage.outputs]
        for start in range(0, size, BLOCK):
            block = {name: column[start : start + BLOCK] for name, column in columns.items()}
            rows = self._rows(block)
            if self.watched and any(map(_left, map(rows.__getitem__, self.watched))):
                if self.second is None:
                    self.second = self.backend.second(self.stage).begin(self.values)
                rows |= self.second.mended(block)
            for node, output in zip(self.stage.outputs, outputs, strict=True):
                output += rows[node]
            for node in self.stage.folds:
                self._fold(node, rows[self.graph.operands[node][0]])
        return list(outputs)

    def _rows(self, columns: Mapping[str, Column]) -> dict[int, list[float]]:
        """The columns of the stage for some rows, by node."""
        graph = self.graph
        rows: dict[int, list[float]] = {}
        for node in self.stage.columns:
            name = graph.name(node)
            if name is not None:
                rows[node] = list(map(float, columns[name]))
                continue
            operands = [rows[o] if o in rows else repeat(self.values[o]) for o in graph.operands[node]]
            rows[node] = list(map(FLOATS.operation(graph.operations[node]), *operands))
        return rows

    def _fold(self, node: int, rows: list[float]) -> None:
        """Add rows to a fold. There are at most BLOCK of them, so that they fill one block at the most."""
        waiting = self.waiting[node]
        waiting += rows
        if len(waiting) >= BLOCK:
            self.blocks[node].append(fold_block(self._function(node), waiting[:BLOCK]))
            del waiting[:BLOCK]

    def folds(self) -> dict[int, float]:
        """The values of the stage's reductions."""
        for node, waiting in self.waiting.items():
            if waiting:
                self.blocks[node].append(fold_block(self._function(node), waiting))
        found = {node: fold_tree(self._function(node), blocks) for node, blocks in self.blocks.items()}
        return found | dict.fromkeys(self.stage.counts, float(self.count))

    def _function(self, node: int) -> str:
        return function_of(self.graph.operations[node])


def _left(rows: Sequence[float]) -> bool:
    """Whether a number is not finite, or below the smallest normal float."""
    return min(map(abs, rows)) < NORMAL or not all(map(isfinite, rows))
