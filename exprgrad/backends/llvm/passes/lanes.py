"""The lanes of folds as arrays: how they start, and how they are folded to one number in the order of `columns.folds`.

This is NumPy, and good for any number of folds. A kernel, which has few folds and little to do, has the same as
compiled code instead: see `finish`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from exprgrad.columns.folds import LANES, function_of
from exprgrad.columns.plan import Stage
from exprgrad.functions.rows.reductions import NEUTRAL
from exprgrad.graph.graph import Graph

Floats = NDArray[np.float64]


def _largest(x: Floats, y: Floats) -> Floats:
    """x where it is larger or nan, else y, as in `functions.numerics.ieee`."""
    return np.where((x > y) | (x != x), x, y)


def _smallest(x: Floats, y: Floats) -> Floats:
    return np.where((x < y) | (x != x), x, y)


_COMBINE: dict[str, Callable[[Floats, Floats], Floats]] = {
    "add": np.add,
    "mul": np.multiply,
    "max": _largest,
    "min": _smallest,
}


class Lanes:
    """The lanes of a stage's folds."""

    def __init__(self, graph: Graph, stage: Stage) -> None:
        functions = [function_of(graph.operations[node]) for node in stage.folds]
        self.functions = functions
        self.folded = [graph.operands[node][0] for node in stage.folds]
        """What each fold folds."""
        self.neutral = np.array([NEUTRAL[function] for function in functions])
        self._groups = [
            (_COMBINE[name], np.array([k for k, function in enumerate(functions) if function == name]))
            for name in dict.fromkeys(functions)
        ]
        """A function of two, and which folds fold with it."""

    @property
    def folds(self) -> int:
        return len(self.neutral)

    def lanes(self, blocks: int) -> Floats:
        """New lanes [blocks, folds, LANES], which hold the neutral numbers."""
        lanes = np.empty((blocks, self.folds, LANES))
        lanes[:] = self.neutral[:, None]
        return lanes

    def refolded(self, fold: int, rows: Floats) -> Floats:
        """The lanes [LANES] of a fold of one block, from its rows."""
        combine = _COMBINE[self.functions[fold]]
        lanes: Floats = np.full(LANES, self.neutral[fold])
        with np.errstate(all="ignore"):
            for start in range(0, len(rows), LANES):
                group = rows[start : start + LANES]
                lanes[: len(group)] = combine(lanes[: len(group)], group)
        return lanes

    def finish(self, lanes: Floats) -> Floats:
        """The folds of blocks [blocks, folds] from their lanes."""
        while lanes.shape[2] > 1:
            half = lanes.shape[2] // 2
            lanes = self._combined(lanes[:, :, :half], lanes[:, :, half:])
        return lanes[:, :, 0]

    def tree(self, blocks: Floats) -> Floats:
        """The folds [folds] of all blocks [blocks, folds]; of none, the neutral numbers."""
        if not len(blocks):
            return self.neutral
        while len(blocks) > 1:
            pairs = len(blocks) // 2
            paired = self._combined(blocks[: 2 * pairs : 2], blocks[1 : 2 * pairs : 2])
            blocks = np.concatenate([paired, blocks[2 * pairs :]])
        folds: Floats = blocks[0].copy()
        return folds

    def _combined(self, x: Floats, y: Floats) -> Floats:
        """Two arrays [blocks, folds, …], each fold by its function."""
        result = np.empty(x.shape)
        with np.errstate(all="ignore"):
            for combine, folds in self._groups:
                result[:, folds] = combine(x[:, folds], y[:, folds])
        return result
