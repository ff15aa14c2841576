"""A stage as a compiled kernel, called on arrays."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from exprgrad.backends.llvm.passes import watch
from exprgrad.backends.llvm.passes.finish import FINISH, TREE
from exprgrad.backends.llvm.passes.kernel import NAME, Kernel
from exprgrad.backends.llvm.passes.lanes import Floats
from exprgrad.backends.llvm.passes.stage import CompiledStage, Flags, address
from exprgrad.backends.mending.losses import targets
from exprgrad.columns.folds import BLOCK, LANES
from exprgrad.columns.plan import Stage
from exprgrad.graph.graph import Graph

_FINISH = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p)
_TREE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)


class KernelStage(CompiledStage):
    """The machine code of a kernel and of what is done with its lanes."""

    def __init__(self, graph: Graph, stage: Stage, level: int) -> None:
        """At level 0 the code is compiled in the least time; else it is made to run fast, in several strands."""
        watched = bool(targets(graph, stage))
        kernel = Kernel(graph, stage, fast=level > 0, watched=watched)
        super().__init__(graph, stage, kernel.text, level, watch.NAME if watched else NAME, own=1)
        self._graph = graph
        self._stage = stage
        self.strands = kernel.strands
        self._finish = _FINISH(self._code.address(FINISH))
        self._tree = _TREE(self._code.address(TREE))

    def addresses(self) -> tuple[int, int, int, int]:
        """The addresses of the kernel, of the kernel in one strand, of `finish` and of `tree`."""
        single = self._single if self.strands > 1 else self
        codes = ((self, NAME), (single, NAME), (self, FINISH), (self, TREE))
        kernel, one, finish, tree = (stage._code.address(name) for stage, name in codes)
        return kernel, one, finish, tree

    @cached_property
    def _single(self) -> KernelStage:
        """The same in one strand, for the groups that do not fill all strands."""
        return KernelStage(self._graph, self._stage, level=0)

    def run(
        self,
        columns: Sequence[Floats],
        start: int,
        scalars: array[float],
        outputs: Sequence[Floats],
        lanes: Floats,
        groups: int = BLOCK // LANES,
        threads: int = 1,
        flags: Flags | None = None,
    ) -> None:
        """Fold rows from `start` on into the lanes, `groups` groups into each block's, and give out columns. Where the
        stage is watched, `flags` are those of the blocks.

        Where there are several blocks, all strands are filled: BLOCK/LANES is a multiple of their number.
        """
        own = (scalars.buffer_info()[0],)
        left = groups % self.strands
        groups -= left
        if groups:
            self._call(own, columns, start, outputs, lanes, groups, threads, flags)
        if left:
            self._single.run(columns, start + groups * LANES, scalars, outputs, lanes, left, flags=flags)

    def finish(self, lanes: Floats) -> Floats:
        """The folds of blocks [blocks, folds] from their lanes."""
        results = np.empty(lanes.shape[:2])
        self._finish(address(lanes), len(lanes), address(results))
        return results

    def tree(self, blocks: Floats) -> Floats:
        """The folds [folds] of all blocks [blocks, folds], which are overwritten; of no blocks, the neutral numbers."""
        if not len(blocks):
            return self.neutral
        self._tree(address(blocks), len(blocks))
        folds: Floats = blocks[0].copy()
        return folds
