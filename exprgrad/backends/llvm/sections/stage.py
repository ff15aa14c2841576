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
from exprgrad.backends.llvm.passes.stage import address
from exprgrad.backends.llvm.passes.team import team
from exprgrad.backends.llvm.sections.rounds import Round, text
from exprgrad.backends.llvm.sections.sums import Sections, pairs
from exprgrad.columns.plan import Stage
from exprgrad.graph.graph import Graph

Places = NDArray[np.int64]


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
        self.made = made = Sections(graph, stage, nodes, parameters, watched=watched)
        self._code = _compiled(made.text)
        self._slice = self._code.address(slices.NAME)
        self._sums = len([*pairs(len(nodes))])
        self._scalars = np.array([numbers[node] for node in made.numbers], dtype=np.float64)

    def fold(self, rows: Rows, chosen: Places, values: Floats, shapes: Floats, threads: int) -> tuple[Floats, Places]:
        """The sums [m*(m + 1)/2, chosen] of the chosen sections, at their parameters [p, chosen] and triangles
        [(m - 1)*m/2, chosen]; and in which of them a number left the range of floats, as far as the processor tells.
        It works on so many threads."""
        sums, flags = np.empty((self._sums, len(chosen))), np.zeros(len(chosen), dtype=np.int64)
        self._run(self._slice, rows, chosen, [values, shapes], flags, sums, threads)
        return sums, np.flatnonzero(flags)

    def rounds(self, work: Round) -> RoundStage:
        """The machine code of rounds over the same sections."""
        return RoundStage(self, work)

    def _run(
        self, function: int, rows: Rows, chosen: Places, given: Sequence[Floats], flags: Places, results: Floats,
        threads: int,
    ) -> None:  # fmt: skip
        """Call the function of slices at this address."""
        count = len(chosen)
        if not count:
            return
        places = [np.ascontiguousarray(each) for each in (rows.starts, chosen)]
        numbers = [np.ascontiguousarray(each) for each in given]
        tables = array("q", [*map(address, places), *map(address, numbers)])
        columns = [rows.columns[name] for name in self.made.inputs]
        tables.extend(map(address, columns))
        tables.append(address(flags))
        first, _ = tables.buffer_info()
        ends = [first, first + 8 * (len(places) + len(numbers)), first + 8 * (len(tables) - 1)]
        context = array("q", [address(self._scalars), *ends, address(results), count, count])
        team(os.getpid(), threads).run(function, context.buffer_info()[0], slices.slices(count))


class RoundStage:
    """The machine code of rounds. It may be called from several threads."""

    def __init__(self, sums: SectionStage, work: Round) -> None:
        self._sums = sums
        self._code = _compiled(text(sums.made, work))
        self._slice = self._code.address(slices.NAME)
        self._kept = sum(state.kept for state in work.states)

    def run(self, rows: Rows, chosen: Places, first: Floats, threads: int) -> Floats:
        """The last values [kept, chosen] of the states that are kept, of the chosen sections. `first` [given, chosen]
        are the first values of the states that have none of their own. It works on so many threads."""
        results = np.empty((self._kept, len(chosen)))
        flags = np.empty(0, dtype=np.int64)  # the function has its own
        self._sums._run(self._slice, rows, chosen, [first], flags, results, threads)
        return results


@lru_cache(maxsize=8)
def _compiled(text: str) -> Compiled:
    """The code of the last modules: a formula is often fitted again, to other data."""
    return compile_ir(text, 2)
