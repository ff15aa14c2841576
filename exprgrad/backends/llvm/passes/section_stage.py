"""Sums over sections of rows by compiled code, called on arrays."""

from __future__ import annotations

import os
from array import array
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from exprgrad.backends.llvm.compiler import Compiled, compile_ir
from exprgrad.backends.llvm.passes import slices
from exprgrad.backends.llvm.passes.lanes import Floats
from exprgrad.backends.llvm.passes.sections import Sections, pairs
from exprgrad.backends.llvm.passes.stage import address
from exprgrad.backends.llvm.passes.team import team
from exprgrad.columns.plan import Stage
from exprgrad.graph.graph import Graph

Places = NDArray[np.int64]
_GIVEN = 4
"""Addresses in the table `given`."""


class Rows(Protocol):
    """Rows in memory, section after section."""

    @property
    def columns(self) -> Mapping[str, Floats]:
        """[rows]"""
        ...

    @property
    def starts(self) -> Places:
        """Where each section begins, and after the last one where it ends [sections + 1]."""
        ...


class SectionStage:
    """The machine code. It may be called from several threads."""

    def __init__(
        self,
        graph: Graph,
        stage: Stage,
        nodes: Sequence[int],
        parameters: Sequence[str],
        numbers: Mapping[int, float],
    ) -> None:
        """As `sections.Sections`; `numbers` are the values of all nodes that are numbers."""
        watched = any(node in graph.slopes for node in stage.columns)
        made = Sections(graph, stage, nodes, parameters, watched=watched)
        self._code = _compiled(made.text)
        self._slice = self._code.address(slices.NAME)
        self._inputs, self._sums = made.inputs, len([*pairs(len(nodes))])
        self._scalars = np.array([numbers[node] for node in made.numbers], dtype=np.float64)

    def fold(self, rows: Rows, chosen: Places, values: Floats, shapes: Floats, threads: int) -> tuple[Floats, Places]:
        """The sums [m*(m + 1)/2, chosen] of the chosen sections, at their parameters [p, chosen] and triangles
        [(m - 1)*m/2, chosen]; and in which of them a number left the range of floats, as far as the processor tells.
        It works on so many threads."""
        count = len(chosen)
        sums, flags = np.empty((self._sums, count)), np.zeros(count, dtype=np.int64)
        if not count:
            return sums, flags
        places = [np.ascontiguousarray(each) for each in (rows.starts, chosen)]
        numbers = [np.ascontiguousarray(each) for each in (values, shapes)]
        tables = array("q", [*map(address, places), *map(address, numbers)])
        columns = [rows.columns[name] for name in self._inputs]
        tables.extend(map(address, columns))
        tables.append(address(flags))
        first, _ = tables.buffer_info()
        ends = [first, first + 8 * _GIVEN, first + 8 * (_GIVEN + len(columns))]
        context = array("q", [address(self._scalars), *ends, address(sums), count, count])
        team(os.getpid(), threads).run(self._slice, context.buffer_info()[0], slices.slices(count))
        return sums, np.flatnonzero(flags)


@lru_cache(maxsize=8)
def _compiled(text: str) -> Compiled:
    """The code of the last modules: a formula is often fitted again, to other data."""
    return compile_ir(text, 2)
