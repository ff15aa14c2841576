"""Gradient descent in one loop of compiled code: an update is a turn of the loop.

    descend(carry, rates, states, updates, columns, total, batch, stride)

`carry` is float64: the parameters, what the optimizer remembers, and accumulated gradients, before the first update
and after the last. Each update k takes the learning rate `rates[k]` and leaves a row of `states` [updates, 1 +
2*parameters]: the loss, the parameters, the gradient. Over columns, update k sees at most `batch` of the `total`
rows, from row k*stride on.

The update itself comes from outside as a function generic in its arithmetic: the one that the interpreter's loop
runs on floats runs here on operands, and writes the code.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from exprgrad.autodiff.reverse import adjoint_at, adjoints
from exprgrad.backends.llvm.compiler import compile_ir
from exprgrad.backends.llvm.descent import batches
from exprgrad.backends.llvm.descent.numbers import Loss, Writer, put, splat
from exprgrad.backends.llvm.emit.definitions import LANES, VECTOR
from exprgrad.backends.llvm.emit.emitter import Emitter
from exprgrad.backends.llvm.passes.machine import Machine
from exprgrad.columns import folds
from exprgrad.columns.plan import Plan
from exprgrad.graph.forward import forward

Floats = NDArray[np.float64]
Memory = tuple[tuple[str, ...], ...]
Update = Callable[
    [Sequence[str], Sequence[str], Memory, Sequence[str], str],
    tuple[Sequence[str], Sequence[str], Memory, Sequence[str]],
]
"""From parameters, gradient, memory, total and rate to the gradient that is used, parameters, memory and total."""

_LARGE = 2_000
"""Instructions from which code is compiled in the least time."""
_DESCEND = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3, ctypes.c_int64, ctypes.c_void_p, *[ctypes.c_int64] * 3)


class Descent:
    """The compiled loop."""

    def __init__(self, loss: Loss, bind: Callable[[Emitter], Update], vectors: int) -> None:
        """`vectors` is how many numbers the optimizer remembers of each parameter."""
        self.size = len(loss.parameters)
        self._vectors = vectors
        self._machine: Machine | None = None
        if loss.plan is not None:
            stage = loss.plan.stages[0]
            self._machine = Machine(loss.plan.graph, stage, level=2)
        body = _Body(loss, bind, vectors, self._machine)
        self._code = compile_ir(body.text, 0 if len(body.emitter.lines) > _LARGE else 2)
        self._descend = _DESCEND(self._code.address("descend"))

    def run(
        self,
        carry: Sequence[float],
        rates: Sequence[float],
        columns: Sequence[Floats] = (),
        *,
        rows: int = 0,
        batch: int = 0,
        stride: int = 0,
    ) -> tuple[Floats, list[float]]:
        """Make an update for each rate: the states [updates, 1 + 2*parameters], and the carry, as long as before,
        after the last."""
        numbers, steps = np.array(carry, dtype=np.float64), np.asarray(rates, dtype=np.float64)
        states = np.empty((len(rates), 1 + 2 * self.size))
        table = np.array([column.ctypes.data for column in columns], dtype=np.uintp)
        self._descend(
            numbers.ctypes.data,
            steps.ctypes.data,
            states.ctypes.data,
            len(steps),
            table.ctypes.data,
            rows,
            batch,
            stride,
        )
        return states, numbers.tolist()

    @staticmethod
    def finite(states: Floats) -> int:
        """How many states from the first on are finite."""
        lost = np.flatnonzero(~np.isfinite(states).all(axis=1))
        return int(lost[0]) if len(lost) else len(states)


class _Body:
    """The text of the loop."""

    def __init__(self, loss: Loss, bind: Callable[[Emitter], Update], vectors: int, machine: Machine | None) -> None:
        self.loss = loss
        self.emitter = Emitter()
        self._machine = machine
        size = len(loss.parameters)
        carried = [f"%carried{k}" for k in range((2 + vectors) * size)]
        parts = [tuple(carried[k : k + size]) for k in range(0, len(carried), size)]
        parameters, *memory = parts[: 1 + vectors]
        value, gradient = self._numbers(parameters) if loss.plan is None else self._columns(loss.plan, parameters)
        used, after, memory_after, total = bind(self.emitter)(parameters, gradient, tuple(memory), parts[-1], "%rate")
        last = [*after, *(item for vector in memory_after for item in vector), *total]
        self.text = self._text(carried, last, [value, *parameters, *used])

    def _numbers(self, parameters: Sequence[str]) -> tuple[str, list[str]]:
        """Loss and gradient, by the forward and the reverse pass in the arithmetic of instructions."""
        loss, graph = self.loss, self.loss.graph
        values = forward(graph, self.emitter, self.loss.inputs(self.emitter, parameters))
        nodes = [graph.inputs()[name] for name in loss.parameters]
        found = adjoints(graph, loss.output, values, self.emitter, nodes)
        zero = self.emitter.constant(0.0)
        return values[loss.output], [adjoint_at(found, node, zero) for node in nodes]

    def _columns(self, plan: Plan, parameters: Sequence[str]) -> tuple[str, list[str]]:
        """Loss and gradient: numbers, the pass over the batch, numbers again."""
        emitter, folds = self.emitter, len(plan.stages[0].folds)
        writer = Writer(emitter, self.loss, plan, parameters)
        scalars = writer.before()
        emitter.lines += [
            *(line for k, value in enumerate(scalars) for line in put(value, "%scalars", str(k), f"s{k}")),
            "  call void @fold(ptr %columns, ptr %scalars, i64 %first, i64 %size, ptr %lanes, ptr %folds)",
            *(line for k in range(folds) for line in splat(f"%fold{k}", "%folds", str(k))),
        ]
        value, *gradient = writer.after([f"%fold{k}" for k in range(folds)], "%count")
        return value, gradient

    def _text(self, carried: list[str], last: list[str], shown: list[str]) -> str:
        machine = self._machine
        return "\n".join(
            [
                self.emitter.declarations(),
                batches.text(machine, len(self.loss.plan.stages[0].inputs)) if machine and self.loss.plan else "",
                "define void @descend(ptr %carry, ptr %rates, ptr %states, i64 %updates, ptr %columns, i64 %total,"
                " i64 %batch, i64 %stride) {",
                "entry:",
                *self._room(),
                *(line for k in range(len(carried)) for line in splat(f"%start{k}", "%carry", str(k))),
                "  br label %loop",
                "loop:",
                "  %k = phi i64 [0, %entry], [%k.next, %loop]",
                *(f"  {name} = phi {VECTOR} [%start{k}, %entry], [{last[k]}, %loop]" for k, name in enumerate(carried)),
                *splat("%rate", "%rates", "%k"),
                *(self._batch() if machine else []),
                *self.emitter.lines,
                f"  %row = mul i64 %k, {len(shown)}",
                "  %state = getelementptr double, ptr %states, i64 %row",
                *(line for k, value in enumerate(shown) for line in put(value, "%state", str(k), f"shown{k}")),
                "  %k.next = add i64 %k, 1",
                "  %more = icmp ult i64 %k.next, %updates",
                "  br i1 %more, label %loop, label %done",
                "done:",
                *(line for k, value in enumerate(last) for line in put(value, "%carry", str(k), f"left{k}")),
                "  ret void",
                "}",
            ]
        )

    def _room(self) -> list[str]:
        """Memory for what goes between the loop and the pass."""
        if self._machine is None or self.loss.plan is None:
            return []
        stage = self.loss.plan.stages[0]
        return [
            f"  %scalars = alloca double, i64 {len(stage.scalars) + 1}, align 64",
            f"  %folds = alloca double, i64 {(len(stage.folds) + 1) * batches.MOST}, align 64",
            f"  %lanes = alloca double, i64 {len(stage.folds) * folds.LANES * batches.MOST + 1}, align 64",
        ]

    def _batch(self) -> list[str]:
        """First row and rows of the update's batch."""
        return [
            "  %first = mul i64 %k, %stride",
            "  %left = sub i64 %total, %first",
            "  %short = icmp ult i64 %left, %batch",
            "  %size = select i1 %short, i64 %left, i64 %batch",
            "  %size.number = uitofp i64 %size to double",
            f"  %count.one = insertelement {VECTOR} poison, double %size.number, i64 0",
            f"  %count = shufflevector {VECTOR} %count.one, {VECTOR} poison, <{LANES} x i32> zeroinitializer",
        ]
