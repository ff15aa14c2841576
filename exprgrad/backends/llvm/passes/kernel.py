"""A stage as a kernel: straight-line vector code in a loop over groups of LANES rows.

    kernel(scalars, columns, outputs, lanes, from, to, groups)

takes the blocks `from` to `to` of `groups` groups each, which lie one after the other in memory, and folds them into
the LANES lanes of each block and fold. `kernel_stage` starts the lanes, and `finish` folds them at last.

A register holds WIDTH of the lanes. All lanes at once would need twice the registers that there are, so a kernel
*sweeps*: it takes a run of groups for the first WIDTH lanes, then the same run for the next WIDTH. Between sweeps the
lanes rest in memory; within a sweep they stay in registers.

The code of one group is a long chain, in which each instruction waits for the one before. A kernel of two *strands*
computes two groups at a time, an instruction of the one after an instruction of the other.
"""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.backends.llvm.emit.emitter import Emitter
from exprgrad.backends.llvm.emit.writers import new_emitter
from exprgrad.backends.llvm.ir import VECTOR, WIDTH, Function, Lines
from exprgrad.backends.llvm.passes import finish, slices, watch
from exprgrad.columns.folds import LANES, function_of
from exprgrad.columns.plan import Stage
from exprgrad.graph.graph import Graph

NAME = "kernel"

_STRANDS = ((150, 4), (2000, 2))
"""Strands of a kernel of up to so many instructions for a group."""
_RUN = 128
"""Groups of a sweep: columns of so many rows stay in the first cache until the next sweep."""


class _Given(NamedTuple):
    """What a call gives, as operands."""

    scalars: dict[int, str]
    """The numbers that are known only at the call, by node, in every row of a vector."""
    columns: list[str]
    outputs: list[str]


class _Strand:
    """The code of one group of rows."""

    def __init__(self, graph: Graph, stage: Stage, emitter: Emitter, given: _Given, index: int) -> None:
        self.code = Lines(f"s{index}.v")
        """The forward pass over the stage's columns, in the arithmetic of instructions."""
        self._graph = graph
        self._stage = stage
        self._rows = Lines(f"s{index}.row")
        self._results = Lines(f"s{index}.to")
        self._emitter = emitter
        self._given = given
        inputs = graph.inputs()
        self._inputs = [inputs[name] for name in stage.inputs]
        numbers = {node: graph.number(node) for node in stage.scalars}
        self._values = given.scalars | {n: self._emitter.constant(x) for n, x in numbers.items() if x is not None}
        """The operand that stands for each node."""

    def write(self, start: str) -> None:
        """Write the code for the rows from `start` on."""
        values, graph = self._values, self._graph
        self._emitter.restart(self.code)
        for node, column in zip(self._inputs, self._given.columns, strict=True):
            values[node] = self._rows.load_at(column, start, VECTOR)
        for node in self._stage.columns:
            if node not in values:
                operation = self._emitter.operation(graph.operations[node])
                values[node] = operation(*[values[operand] for operand in graph.operands[node]])
        for node, output in zip(self._stage.outputs, self._given.outputs, strict=True):
            self._results.store_at(values[node], output, start, VECTOR)

    @property
    def lines(self) -> list[str]:
        """The whole code: rows are loaded, computed with, and given out."""
        return [*self._rows.lines, *self.code.lines, *self._results.lines]

    def folded(self) -> list[str]:
        """What the stage folds of these rows."""
        return [self._values[self._graph.operands[node][0]] for node in self._stage.folds]


class Kernel:
    """The text of a stage's kernel."""

    def __init__(self, graph: Graph, stage: Stage, *, fast: bool = False, watched: bool = False) -> None:
        """A fast one may have several strands: then it takes numbers of groups that are multiples of `strands`.
        `watched` says that there is a `watch` over it."""
        self.graph = graph
        self.stage = stage
        self.fast = fast
        self.strands = 1
        self.body: list[str] = []
        """The instructions that compute a group of rows."""
        self._emitter = new_emitter()
        functions = [function_of(graph.operations[node]) for node in stage.folds]
        kernel = self._text(functions)
        self.text = "\n".join(
            [
                self._emitter.definitions.text(),
                finish.text(functions),
                kernel,
                *([watch.text(NAME, 4, len(stage.outputs))] if watched else []),
                slices.text(watch.NAME if watched else NAME, pointers=4),
            ]
        )

    def _text(self, functions: list[str]) -> str:
        tables = (f"ptr noalias readonly %{name}" for name in ("scalars", "columns", "outputs"))
        code = Function(NAME, *tables, "ptr noalias %lanes", "i64 %from", "i64 %to", "i64 %groups")
        given = _Given(
            columns=[code.pointer_at("%columns", k) for k in range(len(self.stage.inputs))],
            outputs=[code.pointer_at("%outputs", k) for k in range(len(self.stage.outputs))],
            scalars={
                node: code.splat(code.load_at("%scalars", k))
                for k, node in enumerate(self.stage.scalars)
                if self.graph.number(node) is None
            },
        )
        rows = code.mul("%groups", LANES)
        with code.count("%from", "%to") as block:
            first = code.mul(block, rows)
            lanes = code.element("%lanes", code.mul(block, len(functions) * LANES))
            with code.loop() as runs:
                near = runs.carry(0)
                far = code.smaller("%groups", code.add(near, _RUN))
                with code.count(0, LANES, WIDTH) as lane:
                    resting = code.element(lanes, lane)
                    places = [code.element(resting, fold * LANES) for fold in range(len(functions))]
                    rest = [code.load(place, VECTOR) for place in places]
                    with code.loop() as groups:
                        group = groups.carry(near)
                        before = [groups.carry(value, VECTOR) for value in rest]
                        after = self._groups(code, given, code.add(first, lane), group, before)
                        for value, following in zip(before, after, strict=True):
                            groups.update(value, following)
                        groups.advance(group, self.strands, far)
                    for place, value in zip(places, after, strict=True):
                        code.store(value, place, VECTOR)
                runs.update(near, far)
                runs.repeat(code.less(far, "%groups"))
        return code.text()

    def _groups(self, code: Function, given: _Given, start: str, group: str, lanes: list[str]) -> list[str]:
        """Write the code of as many groups as there are strands: an instruction of each in turn, and then what each
        folds, into the lanes that the one before leaves. Returns the lanes after the last."""
        strands: list[_Strand] = []
        while len(strands) < self.strands:
            strand = _Strand(self.graph, self.stage, self._emitter, given, len(strands))
            offset = code.mul(code.add(group, len(strands)), LANES)
            strand.write(code.add(start, offset))
            if not strands:
                self.body = strand.code.lines
                if self.fast:
                    self.strands = next((count for size, count in _STRANDS if len(self.body) <= size), 1)
            strands.append(strand)
        code.lines += [line for step in zip(*(strand.lines for strand in strands), strict=True) for line in step]
        self._emitter.restart(code)
        functions = [function_of(self.graph.operations[node]) for node in self.stage.folds]
        for strand in strands:
            pairs = zip(functions, lanes, strand.folded(), strict=True)
            lanes = [self._emitter.operation(function)(lane, value) for function, lane, value in pairs]
        return lanes
