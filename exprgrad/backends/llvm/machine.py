"""A compiled pass: its kernel called on arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from exprgrad.backends.folds import BLOCK, LANES
from exprgrad.backends.llvm.compiler import compile_ir
from exprgrad.backends.llvm.finish import FINISH, TREE
from exprgrad.backends.llvm.kernel import NAME, Kernel
from exprgrad.backends.llvm.lanes import Floats, Lanes
from exprgrad.graph.graph import Graph
from exprgrad.graph.plan import Pass

_KERNEL = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 4, *[ctypes.c_int64] * 2)
_FINISH = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p)
_TREE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)


class Machine(Lanes):
    """Machine code for a pass and its folds. Calls release the interpreter's lock: threads can run side by side."""

    def __init__(self, graph: Graph, turn: Pass, level: int) -> None:
        """At level 0 compiled in the least time; else to run fast, in several strands."""
        super().__init__(graph, turn)
        self._graph = graph
        self._turn = turn
        kernel = Kernel(graph, turn, fast=level > 0)
        self.strands = kernel.strands
        self._code = compile_ir(kernel.text, level)
        self._kernel = _KERNEL(self._code.address(NAME))
        self._finish = _FINISH(self._code.address(FINISH))
        self._tree = _TREE(self._code.address(TREE))

    def addresses(self) -> tuple[int, int, int, int]:
        """Where the code is: the kernel, the kernel in one strand, `finish`, `tree`."""
        single = self._single if self.strands > 1 else self
        codes = ((self, NAME), (single, NAME), (self, FINISH), (self, TREE))
        kernel, one, finish, tree = (machine._code.address(name) for machine, name in codes)
        return kernel, one, finish, tree

    @cached_property
    def _single(self) -> Machine:
        """The same in one strand, for the groups that are left."""
        return Machine(self._graph, self._turn, level=0)

    def run(
        self,
        columns: Sequence[Floats],
        start: int,
        scalars: Floats,
        outputs: Sequence[Floats],
        lanes: Floats,
        groups: int = BLOCK // LANES,
    ) -> None:
        """Fold rows from `start` on into the lanes, `groups` groups into each block's, and give out columns.

        Several blocks have a whole number of strands.
        """
        left = groups % self.strands
        groups -= left
        if groups:
            self._call(columns, start, scalars, outputs, lanes, groups)
        if left:
            self._single.run(columns, start + groups * LANES, scalars, outputs, lanes, left)

    def _call(
        self,
        columns: Sequence[Floats],
        start: int,
        scalars: Floats,
        outputs: Sequence[Floats],
        lanes: Floats,
        groups: int,
    ) -> None:
        addresses = np.array([_address(column) + 8 * start for column in (*columns, *outputs)], dtype=np.uintp)
        first = _address(addresses)
        self._kernel(first, _address(scalars), first + 8 * len(columns), _address(lanes), len(lanes), groups)

    def finish(self, lanes: Floats) -> Floats:
        """The folds of blocks [blocks, folds] from their lanes."""
        results = np.empty(lanes.shape[:2])
        self._finish(_address(lanes), len(lanes), _address(results))
        return results

    def tree(self, blocks: Floats) -> Floats:
        """The folds [folds] of all blocks [blocks, folds], which are overwritten; of none, the neutral numbers."""
        if not len(blocks):
            return self.neutral
        self._tree(_address(blocks), len(blocks))
        folds: Floats = blocks[0].copy()
        return folds


def _address(array: Floats | NDArray[np.uintp]) -> int:
    address: int = array.__array_interface__["data"][0]
    return address
