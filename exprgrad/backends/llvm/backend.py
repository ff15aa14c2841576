"""LLVM as a backend: compiled stages run over columns, block by block, on several threads."""

from __future__ import annotations

import os
from array import array
from collections.abc import Mapping, Sequence

import numpy as np

from exprgrad.backends.llvm.passes.kernel_stage import KernelStage
from exprgrad.backends.llvm.passes.lanes import Floats
from exprgrad.backends.llvm.passes.slices import slices
from exprgrad.backends.llvm.threaded import strips
from exprgrad.backends.llvm.threaded.strips import ThreadedStage
from exprgrad.backends.mending.second import Second, SecondRun
from exprgrad.columns.folds import BLOCK, LANES
from exprgrad.columns.plan import Plan, Stage
from exprgrad.columns.values import Column

_FAST_CODE_ROWS = 50_000
"""Rows from which faster code is worth the time that it takes to compile."""
_SUBTREE = 1 << 15
"""Blocks that are folded as soon as there are so many: a power of 2, so that they make a subtree of the whole tree."""


class Kernels:
    """The backend. The code of a stage is compiled when the stage is first begun."""

    name = "llvm"
    resident = False

    def __init__(self, plan: Plan, threads: int | None = None, rows: int | None = None) -> None:
        """`threads` is None for all that the process may use; `rows` is about how many there will be, None for many."""
        self.plan = plan
        self.threads = threads or len(os.sched_getaffinity(0))
        self.level = 2 if rows is None or rows >= _FAST_CODE_ROWS else 0
        self._compiled: dict[Stage, KernelStage | ThreadedStage] = {}
        self._second: dict[Stage, Second] = {}

    def start(self, stage: Stage, values: Mapping[int, float]) -> KernelRun:
        """Begin a stage; `values` are the numbers known by then."""
        if stage not in self._compiled:
            graph, large = self.plan.graph, len(stage.columns) > strips.LARGE
            self._compiled[stage] = ThreadedStage(graph, stage) if large else KernelStage(graph, stage, self.level)
        return KernelRun(self, self._compiled[stage], stage, values)

    def second(self, stage: Stage) -> Second:
        """How a stage is looked at again."""
        if stage not in self._second:
            self._second[stage] = Second(self.plan.graph, stage, self._one)
        return self._second[stage]

    def _one(self, plan: Plan) -> Kernels:
        """The same for another plan, on one thread."""
        return Kernels(plan, 1, None if self.level else 0)

    def join(self, parts: Sequence[Column]) -> Floats:
        """The rows of all parts, in order."""
        arrays = [np.asarray(part) for part in parts]
        return arrays[0] if len(arrays) == 1 else np.concatenate(arrays or [np.empty(0)])


class KernelRun:
    """One stage: it is fed rows in batches of any length, and asked for its folds at the end."""

    def __init__(
        self, backend: Kernels, compiled: KernelStage | ThreadedStage, stage: Stage, values: Mapping[int, float]
    ) -> None:
        self.backend = backend
        self.compiled = compiled
        self.stage = stage
        self.values = values
        self.second: SecondRun | None = None
        self.scalars = array("d", [values[node] for node in stage.scalars])
        self.waiting: list[Floats] = []
        """Rows that do not fill a block yet: an array [BLOCK] for each input."""
        self.filled = 0
        """How many these are."""
        self.blocks: list[Floats] = []
        """The folds of blocks [blocks, folds]."""
        self.subtrees: list[Floats] = []
        """The folds of whole subtrees of _SUBTREE blocks each, which come before `blocks`."""
        self.count = 0

    def feed(self, columns: Mapping[str, Column]) -> list[Floats]:
        """Compute a batch of rows; the output columns of these rows."""
        arrays = [np.ascontiguousarray(columns[name], dtype=np.float64) for name in self.stage.inputs]
        size = len(arrays[0])
        self.count += size
        if self.stage.outputs:
            outputs = [np.empty(size) for _ in self.stage.outputs]
            self._rows(arrays, 0, size, outputs)
            return outputs
        if self.stage.folds:
            start = self._fill(arrays, size) if self.filled else 0
            whole = start + (size - start) // BLOCK * BLOCK
            self._rows(arrays, start, whole, [])
            self._wait(arrays, whole, size)
        return []

    def _fill(self, arrays: list[Floats], size: int) -> int:
        """Add rows to those that wait, and fold these if they fill a block. Returns the first row that is left."""
        start = min(BLOCK - self.filled, size)
        self._wait(arrays, 0, start)
        if self.filled == BLOCK:
            self._rows(self.waiting, 0, BLOCK, [])
            self.filled = 0
        return start

    def _wait(self, arrays: list[Floats], start: int, stop: int) -> None:
        """Copy rows to those that wait: the batch may go away."""
        if stop > start and not self.waiting:
            self.waiting = [np.empty(BLOCK) for _ in arrays]
        end = self.filled + stop - start
        for row, column in zip(self.waiting, arrays, strict=False):
            row[self.filled : end] = column[start:stop]
        self.filled = end

    def folds(self) -> dict[int, float]:
        """The values of the stage's reductions."""
        if self.filled:
            self._rows(self.waiting, 0, self.filled, [])
        found = dict.fromkeys(self.stage.counts, float(self.count))
        if self.stage.folds:
            blocks = np.concatenate([*self.subtrees, *self.blocks] or [np.empty((0, self.compiled.folds))])
            found.update(zip(self.stage.folds, map(float, self.compiled.tree(blocks)), strict=True))
        return found

    def _rows(self, arrays: list[Floats], start: int, stop: int, outputs: list[Floats]) -> None:
        """Run the code: over whole blocks on all threads, then over a last block of fewer rows."""
        blocks, rest = divmod(stop - start, BLOCK)
        if blocks:
            self._whole(arrays, start, blocks, outputs)
        if rest:
            self._last(arrays, stop - rest, stop, outputs)

    def _whole(self, arrays: list[Floats], start: int, blocks: int, outputs: list[Floats]) -> None:
        lanes = self.compiled.lanes(blocks)
        threads = self.backend.threads if slices(blocks) > 1 else 1
        flags = np.zeros(blocks, dtype=np.int64)
        self.compiled.run(arrays, start, self.scalars, outputs, lanes, threads=threads, flags=flags)
        for block in np.flatnonzero(flags).tolist():
            first = start + block * BLOCK
            self._mend(arrays, first, first + BLOCK, outputs, lanes[block])
        self._keep(lanes)

    def _last(self, arrays: list[Floats], start: int, stop: int, outputs: list[Floats]) -> None:
        """Run the code over a block of fewer rows. Rows that do not fill a group are padded to one, and the lanes of
        the padding are put back afterwards."""
        lanes, flags = self.compiled.lanes(1), np.zeros(1, dtype=np.int64)
        groups, tail = divmod(stop - start, LANES)
        if groups:
            self.compiled.run(arrays, start, self.scalars, outputs, lanes, groups, flags=flags)
        if tail:
            before = lanes.copy()
            group = [np.zeros(LANES) for _ in arrays]
            for padded, array in zip(group, arrays, strict=True):
                padded[:tail] = array[stop - tail : stop]
            results = [np.empty(LANES) for _ in outputs]
            self.compiled.run(group, 0, self.scalars, results, lanes, 1, flags=flags)
            lanes[:, :, tail:] = before[:, :, tail:]
            for output, result in zip(outputs, results, strict=True):
                output[stop - tail : stop] = result[:tail]
        if flags[0]:
            self._mend(arrays, start, stop, outputs, lanes[0])
        self._keep(lanes)

    def _mend(self, arrays: list[Floats], start: int, stop: int, outputs: list[Floats], lanes: Floats) -> None:
        """Look again at the rows of a block, in which a number left the range of floats, and put right the derivatives
        that were lost by it: in the outputs, or in the block's lanes [folds, LANES]."""
        if self.second is None:
            self.second = self.backend.second(self.stage).begin(self.values)
        rows = {name: array[start:stop] for name, array in zip(self.stage.inputs, arrays, strict=True)}
        mended = self.second.mended(rows)
        for node, output in zip(self.stage.outputs, outputs, strict=True):
            if node in mended:
                output[start:stop] = mended[node]
        for fold, node in enumerate(self.compiled.folded):
            if node in mended:
                lanes[fold] = self.compiled.refolded(fold, np.asarray(mended[node]))

    def _keep(self, lanes: Floats) -> None:
        """Fold the lanes of blocks, and whole subtrees of blocks, so that memory stays small whatever the rows."""
        if not self.stage.folds:
            return
        self.blocks.append(self.compiled.finish(lanes))
        if sum(map(len, self.blocks)) < _SUBTREE:
            return
        blocks = np.concatenate(self.blocks)
        while len(blocks) >= _SUBTREE:
            self.subtrees.append(self.compiled.tree(blocks[:_SUBTREE])[None, :])
            blocks = blocks[_SUBTREE:]
        self.blocks = [blocks]
