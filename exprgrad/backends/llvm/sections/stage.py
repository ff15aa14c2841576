"""Sums over sections of rows by compiled code, called on arrays."""

from __future__ import annotations

import os
from array import array
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol, TypeVar

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
        made = Sections(graph, stage, nodes, parameters, watched=watched)
        self._code = _compiled(made.text)
        self._slice = self._code.address(slices.NAME)
        self.function = self._code.address(made.function)
        """The address of the function over some sections."""
        self._inputs, self._sums = made.inputs, len([*pairs(len(nodes))])
        self._scalars = np.array([numbers[node] for node in made.numbers], dtype=np.float64)

    def fold(self, rows: Rows, chosen: Places, values: Floats, shapes: Floats, threads: int) -> tuple[Floats, Places]:
        """The sums [m*(m + 1)/2, chosen] of the chosen sections, at their parameters [p, chosen] and triangles
        [(m - 1)*m/2, chosen]; and in which of them a number left the range of floats, as far as the processor tells.
        It works on so many threads."""
        sums, flags = np.empty((self._sums, len(chosen))), np.zeros(len(chosen), dtype=np.int64)
        self.run(self._slice, rows, chosen, [*map(_contiguous, (values, shapes))], flags, sums, threads)
        return sums, np.flatnonzero(flags)

    def run(
        self,
        function: int,
        rows: Rows,
        chosen: Places,
        given: Sequence[Floats],
        flags: Places,
        results: Floats,
        threads: int,
        more: Sequence[int] = (),
    ) -> None:
        """Call the function of slices at this address on so many threads. `more` are addresses that follow those of
        the numbers given."""
        count = len(chosen)
        if not count:
            return
        places = [*map(_contiguous, (rows.starts, chosen))]
        tables = array("q", [*map(address, places), *map(address, given), *more])
        columns = len(tables)
        tables.extend(address(rows.columns[name]) for name in self._inputs)
        outputs = len(tables)
        tables.append(address(flags))
        first, _ = tables.buffer_info()
        ends = [first, first + 8 * columns, first + 8 * outputs]
        context = array("q", [address(self._scalars), *ends, address(results), count, count])
        team(os.getpid(), threads).run(function, context.buffer_info()[0], slices.slices(count))


class RoundStage:
    """The machine code of rounds, over sections of any stage. It may be called from several threads."""

    def __init__(self, work: Round) -> None:
        self._code = compile_ir(text(work), 2)
        self._slice = self._code.address(slices.NAME)
        self._kept = len([state for state in work.states if state.kept])

    def run(self, sums: SectionStage, rows: Rows, chosen: Places, first: Floats, threads: int) -> Floats:
        """The last values [kept, chosen] of the states that are kept, of the chosen sections. `first` [given, chosen]
        are the first values of the states that have none of their own. It works on so many threads."""
        results, flags = np.empty((self._kept, len(chosen))), np.empty(0, dtype=np.int64)  # it has flags of its own
        sums.run(self._slice, rows, chosen, [_contiguous(first)], flags, results, threads, [sums.function])
        return results


T = TypeVar("T", bound=np.generic)


def _contiguous(values: NDArray[T]) -> NDArray[T]:
    found: NDArray[T] = np.ascontiguousarray(values)
    return found


@lru_cache(maxsize=8)
def _compiled(text: str) -> Compiled:
    """The code of the last modules: a formula is often fitted again, to other data."""
    return compile_ir(text, 2)
