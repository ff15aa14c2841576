"""Machine code of a stage, called on arrays. It may be a `kernel` or threaded code."""

from __future__ import annotations

import ctypes
import os
from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from exprgrad.backends.llvm.compiler import compile_ir
from exprgrad.backends.llvm.passes import slices, watch
from exprgrad.backends.llvm.passes.lanes import Floats, Lanes
from exprgrad.backends.llvm.passes.team import team
from exprgrad.columns.plan import Stage
from exprgrad.graph.graph import Graph

Flags = NDArray[np.int64]
"""For each block whether a number in it left the range of floats, as far as that is known yet."""

_COMMON = 3
"""Pointers that the function of any stage takes after its own: to the tables of columns and outputs, and the lanes."""


class CompiledStage(Lanes):
    """A function(own pointer, …, columns, outputs, lanes, from, to, groups) and its `slice`. Calls release the
    interpreter's lock."""

    def __init__(self, graph: Graph, stage: Stage, text: str, level: int, function: str, own: int) -> None:
        """`own` is how many pointers the function takes before those that all take."""
        super().__init__(graph, stage)
        self._code = compile_ir(text, level)
        self.watched = function == watch.NAME
        kind = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * (own + _COMMON), *[ctypes.c_int64] * 3)
        self._function = kind(self._code.address(function))
        self._slice = self._code.address(slices.NAME)

    def _call(
        self,
        own: Sequence[int],
        columns: Sequence[Floats],
        start: int,
        outputs: Sequence[Floats],
        lanes: Floats,
        groups: int,
        threads: int,
        flags: Flags | None,
    ) -> None:
        """Compute all blocks of `lanes`, in this thread or on so many; `start` is their first row. `own` is what the
        function takes, or on several threads what its `slice` does. `flags` are set as in `watch`."""
        table = array("q", [address(column) + 8 * start for column in (*columns, *outputs)])
        if self.watched:
            flags = np.empty(len(lanes), dtype=np.int64) if flags is None else flags
            table.append(address(flags))
        first, _ = table.buffer_info()
        pointers = (*own, first, first + 8 * len(columns), address(lanes))
        if threads > 1:
            context = array("q", (*pointers, len(lanes), groups))
            team(os.getpid(), threads).run(self._slice, context.buffer_info()[0], slices.slices(len(lanes)))
        else:
            self._function(*pointers, 0, len(lanes), groups)


def address(values: Floats | Flags) -> int:
    """Where an array begins in memory."""
    found: int = values.__array_interface__["data"][0]
    return found
