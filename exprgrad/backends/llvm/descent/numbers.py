"""What numbers alone decide of a loss over columns, before its one stage and after it, in compiled code.

`descent` has this code in its loop. Where the rows are elsewhere, and so the stage is not in the loop, `Numbers` has it
as two functions, which give the same bits.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from exprgrad.backends.llvm.compiler import compile_ir
from exprgrad.backends.llvm.emit.definitions import Definitions
from exprgrad.backends.llvm.emit.emitter import Emitter
from exprgrad.backends.llvm.emit.writers import new_emitter
from exprgrad.backends.llvm.ir import Function, Lines, Operand
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
    """Its wanted nodes are the loss, then its derivatives; it has one stage, which folds."""

    def inputs(self, emitter: Emitter, parameters: Sequence[str]) -> dict[str, str]:
        """The operands of the variables: literals for what is bound, and the parameters."""
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
        """The numbers that the stage uses."""
        stage = self._plan.stages[0]
        self._compute(stage.numbers)
        return [self._values[node] for node in stage.scalars]

    def after(self, folds: Sequence[str], count: str) -> list[str]:
        """The loss and its derivatives, from what the stage folded, and its rows."""
        stage = self._plan.stages[0]
        self._values.update(zip(stage.folds, folds, strict=True))
        self._values.update((node, count) for node in stage.counts)
        self._compute(self._plan.numbers)
        return [self._values[node] for node in self._plan.wanted]

    def _compute(self, nodes: Sequence[int]) -> None:
        compute(self._plan.graph, nodes, self._values, self._emitter, self._inputs)


class Numbers:
    """The same as two functions of numbers."""

    def __init__(self, loss: Loss, plan: Plan) -> None:
        self._scalars, self._wanted = len(plan.stages[0].scalars), len(plan.wanted)
        definitions = Definitions()
        functions = [_function(name, loss, plan, definitions) for name in ("before", "after")]
        self._code = compile_ir("\n".join([definitions.text(), *functions]), 0)
        self._before, self._after = (_COMPUTE(self._code.address(name)) for name in ("before", "after"))

    def before(self, parameters: Sequence[float]) -> list[float]:
        """The numbers that the stage uses, in the order of its scalars."""
        return self._found(self._before, parameters, self._scalars)

    def after(self, parameters: Sequence[float], folds: Sequence[float], rows: int) -> list[float]:
        """The loss and its derivatives, from what the stage folded over so many rows."""
        return self._found(self._after, [*parameters, *folds, float(rows)], self._wanted)

    def _found(self, compute: ctypes._CFunctionType, numbers: Sequence[float], count: int) -> list[float]:
        given, found = np.array(numbers, dtype=np.float64), np.empty(count)
        compute(given.ctypes.data, found.ctypes.data)
        return found.tolist()


def _function(name: str, loss: Loss, plan: Plan, definitions: Definitions) -> str:
    """`before` or `after`, from given numbers to found ones."""
    code, size, folds = Function(name, "ptr %given", "ptr %found"), len(loss.parameters), len(plan.stages[0].folds)
    given = [splat_at(code, "%given", k) for k in range(size + (folds + 1) * (name == "after"))]
    writer = Writer(new_emitter(code, definitions), loss, plan, given[:size])
    results = writer.before()
    if name == "after":
        results = writer.after(given[size:-1], given[-1])
    for k, value in enumerate(results):
        put_at(code, value, "%found", k)
    return code.text()


def splat_at(code: Lines, pointer: str, index: Operand) -> str:
    """A number from memory, in all rows of a vector."""
    return code.splat(code.load_at(pointer, index))


def put_at(code: Lines, value: str, pointer: str, index: Operand) -> None:
    """Put a number, the same in all rows of a vector, into memory."""
    code.store_at(code.first(value), pointer, index)
