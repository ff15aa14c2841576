"""What numbers alone decide of a loss over columns, before its one pass and after it, in compiled code.

`descent` has it in its loop. Where the rows are elsewhere, and the pass is not in the loop, `Numbers` has it by itself,
to the same bits.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from exprgrad.backends.llvm.compiler import compile_ir
from exprgrad.backends.llvm.emit.definitions import LANES, VECTOR, Definitions
from exprgrad.backends.llvm.emit.emitter import Emitter
from exprgrad.columns.plan import Plan
from exprgrad.graph.forward import compute
from exprgrad.graph.graph import Graph

_COMPUTE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)


class Loss(NamedTuple):
    """What is differentiated: a number, the value of a graph over numbers or, by its plan, over columns."""

    graph: Graph
    output: int
    parameters: tuple[str, ...]
    bindings: Mapping[str, float]
    plan: Plan | None = None
    """Its wanted nodes are the loss, then its derivatives; it has one pass, which folds."""

    def inputs(self, emitter: Emitter, parameters: Sequence[str]) -> dict[str, str]:
        """What is bound, as literals, and the parameters."""
        bound = {name: emitter.constant(value) for name, value in self.bindings.items()}
        return bound | dict(zip(self.parameters, parameters, strict=True))


class Writer:
    """The numbers of a plan as instructions."""

    def __init__(self, emitter: Emitter, loss: Loss, plan: Plan, parameters: Sequence[str]) -> None:
        self._emitter = emitter
        self._plan = plan
        self._inputs = loss.inputs(emitter, parameters)
        self._values: dict[int, str] = {}

    def before(self) -> list[str]:
        """The numbers that the pass uses."""
        stage = self._plan.stages[0]
        self._compute(stage.numbers)
        return [self._values[node] for node in stage.scalars]

    def after(self, folds: Sequence[str], count: str) -> list[str]:
        """The loss and its derivatives, from what the pass folded, and its rows."""
        stage = self._plan.stages[0]
        self._values.update(zip(stage.folds, folds, strict=True))
        self._values.update((node, count) for node in stage.counts)
        self._compute(self._plan.numbers)
        return [self._values[node] for node in self._plan.wanted]

    def _compute(self, nodes: Sequence[int]) -> None:
        compute(self._plan.graph, nodes, self._values, self._emitter, self._inputs)


class Numbers:
    """The same as functions of numbers."""

    def __init__(self, loss: Loss, plan: Plan) -> None:
        self._scalars, self._wanted = len(plan.stages[0].scalars), len(plan.wanted)
        definitions = Definitions()
        functions = []
        size, folds = len(loss.parameters), len(plan.stages[0].folds)
        for name in ("before", "after"):
            emitter = Emitter(definitions)
            given = [f"%given{k}" for k in range(size + (folds + 1) * (name == "after"))]
            writer = Writer(emitter, loss, plan, given[:size])
            results = writer.before()
            if name == "after":
                results = writer.after(given[size:-1], given[-1])
            functions += [
                f"define void @{name}(ptr %given, ptr %found) {{",
                *(line for k, value in enumerate(given) for line in splat(value, "%given", str(k))),
                *emitter.lines,
                *(line for k, value in enumerate(results) for line in put(value, "%found", str(k), f"found{k}")),
                "  ret void",
                "}",
            ]
        self._code = compile_ir("\n".join([definitions.text(), *functions]), 0)
        self._before, self._after = (_COMPUTE(self._code.address(name)) for name in ("before", "after"))

    def before(self, parameters: Sequence[float]) -> list[float]:
        """The numbers that the pass uses, in the order of its scalars."""
        return self._found(self._before, parameters, self._scalars)

    def after(self, parameters: Sequence[float], folds: Sequence[float], rows: int) -> list[float]:
        """The loss and its derivatives, from what the pass folded over so many rows."""
        return self._found(self._after, [*parameters, *folds, float(rows)], self._wanted)

    def _found(self, compute: ctypes._CFunctionType, numbers: Sequence[float], count: int) -> list[float]:
        given, found = np.array(numbers, dtype=np.float64), np.empty(count)
        compute(given.ctypes.data, found.ctypes.data)
        return found.tolist()


def splat(name: str, pointer: str, index: str) -> list[str]:
    """A number from memory, in all lanes."""
    return [
        f"  {name}.at = getelementptr double, ptr {pointer}, i64 {index}",
        f"  {name}.number = load double, ptr {name}.at",
        f"  {name}.one = insertelement {VECTOR} poison, double {name}.number, i64 0",
        f"  {name} = shufflevector {VECTOR} {name}.one, {VECTOR} poison, <{LANES} x i32> zeroinitializer",
    ]


def put(value: str, pointer: str, index: str, name: str) -> list[str]:
    """A number, the same in all lanes, to memory."""
    return [
        f"  %{name}.at = getelementptr double, ptr {pointer}, i64 {index}",
        f"  %{name}.number = extractelement {VECTOR} {value}, i64 0",
        f"  store double %{name}.number, ptr %{name}.at",
    ]
