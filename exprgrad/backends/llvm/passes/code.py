"""Machine code of a pass, called on arrays."""

from __future__ import annotations

import ctypes
import os
from array import array
from collections.abc import Sequence

from exprgrad.backends.llvm.compiler import compile_ir
from exprgrad.backends.llvm.passes import shares
from exprgrad.backends.llvm.passes.lanes import Floats, Lanes
from exprgrad.backends.llvm.passes.team import team
from exprgrad.columns.plan import Stage
from exprgrad.graph.graph import Graph

_LEAD = 3
"""Pointers that the function of any pass takes after its own: to the tables of columns and outputs, and the lanes."""


class Code(Lanes):
    """A function(own pointer, …, columns, outputs, lanes, from, to, groups) and its `share`. Calls release the
    interpreter's lock."""

    def __init__(self, graph: Graph, stage: Stage, text: str, level: int, function: str, own: int) -> None:
        super().__init__(graph, stage)
        self._code = compile_ir(text, level)
        kind = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * (own + _LEAD), *[ctypes.c_int64] * 3)
        self._function = kind(self._code.address(function))
        self._share = self._code.address(shares.NAME)

    def _call(
        self,
        own: Sequence[int],
        columns: Sequence[Floats],
        start: int,
        outputs: Sequence[Floats],
        lanes: Floats,
        groups: int,
        threads: int,
    ) -> None:
        """All blocks of `lanes`, in this thread or on so many; `start` is their first row. `own` is what the function
        takes, or on several threads what its `share` does."""
        table = array("q", [address(column) + 8 * start for column in (*columns, *outputs)])
        first, _ = table.buffer_info()
        pointers = (*own, first, first + 8 * len(columns), address(lanes))
        if threads > 1:
            context = array("q", (*pointers, len(lanes), groups))
            team(os.getpid(), threads).run(self._share, context.buffer_info()[0], chunks(len(lanes)))
        else:
            self._function(*pointers, 0, len(lanes), groups)


def chunks(blocks: int) -> int:
    """How many chunks the members of a team find in so many blocks."""
    return -(-blocks // shares.CHUNK)


def address(values: Floats) -> int:
    """Where an array begins in memory."""
    found: int = values.__array_interface__["data"][0]
    return found
