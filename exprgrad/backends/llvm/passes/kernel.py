"""A pass over the rows as a kernel: straight-line vector code in a loop over groups of LANES rows.

    kernel(scalars, columns, outputs, lanes, from, to, groups)

takes the blocks `from` to `to` of `groups` groups each, which lie one after the other in memory, and folds them into
the LANES lanes of each block and fold. What starts the lanes and what folds them at last is in `machine` and `finish`.

A register holds WIDTH of the lanes. All lanes at once would need twice the registers that there are, so a
kernel *sweeps*: a stretch of groups for the first WIDTH lanes, the same stretch for the next. Between
sweeps the lanes rest in memory; within one they stay in registers.

The code of one group is a long chain, in which each instruction waits for the one before. A kernel of two
*strands* computes two groups at a time, an instruction of the one after an instruction of the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from exprgrad.backends.llvm.emit.definitions import LANES as WIDTH
from exprgrad.backends.llvm.emit.definitions import VECTOR
from exprgrad.backends.llvm.emit.emitter import Emitter
from exprgrad.backends.llvm.passes import finish, shares
from exprgrad.columns.folds import LANES, function_of
from exprgrad.columns.plan import Stage
from exprgrad.graph.graph import Graph

NAME = "kernel"

_STRANDS = ((150, 4), (2000, 2))
"""Strands of a kernel of up to so many instructions for a group."""
_STRETCH = 128
"""Groups of a sweep: columns of so many rows stay in the first cache until the next sweep."""


class Kernel:
    """The text of a pass's kernel."""

    def __init__(self, graph: Graph, stage: Stage, *, fast: bool = False) -> None:
        """A fast one may have several strands: then it takes numbers of groups that are multiples of `strands`."""
        self.graph = graph
        self.stage = stage
        self.fast = fast
        self.strands = 1
        self.emitter = Emitter(prefix="s0.v")
        self.values: dict[int, str] = {}
        """The operand that stands for each node."""
        self.text = self._text()

    @property
    def size(self) -> int:
        """Instructions for a group of rows."""
        return len(self.emitter.lines)

    def _text(self) -> str:
        emitter, stage = self.emitter, self.stage
        folds, functions = range(len(stage.folds)), [function_of(self.graph.operations[node]) for node in stage.folds]
        self._leaves()
        self._body()
        body = len(emitter.lines)
        folded = [self.values[self.graph.operands[node][0]] for node in stage.folds]
        after = [emitter.operation(functions[k])(f"%s0.lanes{k}", folded[k]) for k in folds]
        if self.fast:
            self.strands = next((strands for size, strands in _STRANDS if body <= size), 1)
        last = [_strand(name, self.strands - 1) for name in after]
        return "\n".join(
            [
                emitter.declarations(),
                finish.text(functions),
                f"define void @{NAME}(ptr noalias readonly %scalars, ptr noalias readonly %columns,"
                " ptr noalias readonly %outputs, ptr noalias %lanes, i64 %from, i64 %to, i64 %groups) {",
                "entry:",
                f"  %rows = mul i64 %groups, {LANES}",
                *self._pointers("column", "columns", range(len(stage.inputs))),
                *self._pointers("output", "outputs", range(len(stage.outputs))),
                *self._splats(),
                "  br label %block",
                "block:",
                "  %b = phi i64 [%from, %entry], [%b.next, %end]",
                "  %first = mul i64 %b, %rows",
                f"  %base = mul i64 %b, {len(stage.folds) * LANES}",
                "  br label %stretch",
                "stretch:",
                "  %near = phi i64 [0, %block], [%stretch.end, %swept]",
                f"  %far = add i64 %near, {_STRETCH}",
                "  %short = icmp ult i64 %groups, %far",
                "  %stretch.end = select i1 %short, i64 %groups, i64 %far",
                "  br label %sweep",
                "sweep:",
                "  %lane = phi i64 [0, %stretch], [%lane.next, %rest]",
                "  %part = add i64 %base, %lane",
                "  %start = add i64 %first, %lane",
                *(line for k in folds for line in _load(f"%rest{k}", "%lanes", f"%part, {k * LANES}")),
                "  br label %group",
                "group:",
                "  %g = phi i64 [%near, %sweep], [%g.next, %group]",
                *(f"  %s0.lanes{k} = phi {VECTOR} [%rest{k}, %sweep], [{last[k]}, %group]" for k in folds),
                *self._strands(body, after),
                f"  %g.next = add i64 %g, {self.strands}",
                "  %more = icmp ult i64 %g.next, %stretch.end",
                "  br i1 %more, label %group, label %rest",
                "rest:",
                *(line for k in folds for line in _store(last[k], "%lanes", f"%part, {k * LANES}", f"rest{k}.to")),
                f"  %lane.next = add i64 %lane, {WIDTH}",
                f"  %swept.all = icmp eq i64 %lane.next, {LANES}",
                "  br i1 %swept.all, label %swept, label %sweep",
                "swept:",
                "  %stretched = icmp eq i64 %stretch.end, %groups",
                "  br i1 %stretched, label %end, label %stretch",
                "end:",
                "  %b.next = add i64 %b, 1",
                "  %again = icmp ult i64 %b.next, %to",
                "  br i1 %again, label %block, label %done",
                "done:",
                "  ret void",
                "}",
                shares.text(NAME, pointers=4),
            ]
        )

    def _strands(self, body: int, after: list[str]) -> list[str]:
        """The code of as many groups as there are strands: their bodies in turns, then what they fold, each
        into the lanes that the one before leaves."""
        stage, inputs, lines = self.stage, range(len(self.stage.inputs)), self.emitter.lines
        one = [
            f"  %s0.offset = mul i64 %s0.g, {LANES}",
            *(line for k in inputs for line in _load(f"%s0.in{k}", f"%column{k}", "%start, %s0.offset")),
            *lines[:body],
            *(
                line
                for k, node in enumerate(stage.outputs)
                for line in _store(self.values[node], f"%output{k}", "%start, %s0.offset", f"s0.out{k}")
            ),
        ]
        strands = [[f"  %s{k}.g = add i64 %g, {k}", *(_strand(line, k) for line in one)] for k in range(self.strands)]
        folds = lines[body:]
        for k in range(1, self.strands):
            text = _strand("\n".join(lines[body:]), k)
            for fold, name in enumerate(after):
                text = re.sub(rf"%s{k}\.lanes{fold}\b", _strand(name, k - 1), text)
            folds += text.splitlines()
        return [*(line for step in zip(*strands, strict=True) for line in step), *folds]

    def _leaves(self) -> None:
        """What columns are computed from: numbers that are known now or at the call, and rows."""
        inputs = self.graph.inputs()
        for k, node in enumerate(self.stage.scalars):
            number = self.graph.number(node)
            self.values[node] = f"%scalar{k}" if number is None else self.emitter.constant(number)
        self.values.update((inputs[name], f"%s0.in{k}") for k, name in enumerate(self.stage.inputs))

    def _body(self) -> None:
        """The forward pass over the pass's columns, in the arithmetic of instructions."""
        for node in self.stage.columns:
            if node not in self.values:
                operation = self.emitter.operation(self.graph.operations[node])
                self.values[node] = operation(*[self.values[operand] for operand in self.graph.operands[node]])

    def _pointers(self, name: str, table: str, indices: Iterable[int]) -> list[str]:
        return [
            line
            for k in indices
            for line in (
                f"  %{name}{k}.at = getelementptr ptr, ptr %{table}, i64 {k}",
                f"  %{name}{k} = load ptr, ptr %{name}{k}.at",
            )
        ]

    def _splats(self) -> list[str]:
        """Each scalar in all lanes."""
        return [
            line
            for k in range(len(self.stage.scalars))
            for line in (
                f"  %scalar{k}.at = getelementptr double, ptr %scalars, i64 {k}",
                f"  %scalar{k}.one = load double, ptr %scalar{k}.at",
                f"  %scalar{k}.first = insertelement {VECTOR} poison, double %scalar{k}.one, i64 0",
                f"  %scalar{k} = shufflevector {VECTOR} %scalar{k}.first, {VECTOR} poison,"
                f" <{WIDTH} x i32> zeroinitializer",
            )
        ]


def _strand(text: str, index: int) -> str:
    """The same code in another strand."""
    return text.replace("%s0.", f"%s{index}.")


def _address(pointer: str, sum_of: str, name: str) -> list[str]:
    return [
        f"  {name}.index = add i64 {sum_of}",
        f"  {name}.at = getelementptr double, ptr {pointer}, i64 {name}.index",
    ]


def _load(name: str, pointer: str, index: str) -> list[str]:
    """Load the vector at the sum of two indices."""
    return [*_address(pointer, index, name), f"  {name} = load {VECTOR}, ptr {name}.at, align 8"]


def _store(value: str, pointer: str, index: str, name: str) -> list[str]:
    """Store a vector at the sum of two indices."""
    return [*_address(pointer, index, f"%{name}"), f"  store {VECTOR} {value}, ptr %{name}.at, align 8"]
