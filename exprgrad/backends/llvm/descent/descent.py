"""Gradient descent in one loop of compiled code: an update is a round of the loop.

    descend(carry, rates, states, updates, columns, total, minibatch, stride)

`carry` is float64: the parameters, what the optimizer remembers, and accumulated gradients, before the first update
and after the last. Each update k takes the learning rate `rates[k]` and leaves a row of `states` [updates, 1 +
2*parameters]: the loss, the parameters, the gradient. Over columns, update k sees at most `minibatch` of the `total`
rows, from row k*stride on.

The update itself comes from outside as a function generic in its arithmetic: the one that the interpreter's loop
runs on floats runs here on operands, and writes the code.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprgrad.autodiff.reverse import adjoint_at, adjoints
from exprgrad.backends.llvm.compiler import compile_ir
from exprgrad.backends.llvm.descent import minibatches
from exprgrad.backends.llvm.descent.numbers import Loss, Writer, put_at, splat_at
from exprgrad.backends.llvm.emit.emitter import Emitter
from exprgrad.backends.llvm.emit.writers import new_emitter
from exprgrad.backends.llvm.ir import VECTOR, Function
from exprgrad.backends.llvm.passes.kernel_stage import KernelStage
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
        plan = loss.plan
        self._stage = KernelStage(plan.graph, plan.stages[0], level=2) if plan is not None else None
        """The kernel that the loop calls, kept alive."""
        body = _Body(loss, bind, vectors, self._stage)
        self._code = compile_ir(body.text, 0 if len(body.code.lines) > _LARGE else 2)
        self._descend = _DESCEND(self._code.address("descend"))

    def run(
        self,
        carry: Sequence[float],
        rates: Sequence[float],
        columns: Sequence[Floats] = (),
        *,
        rows: int = 0,
        minibatch: int = 0,
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
            minibatch,
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

    def __init__(self, loss: Loss, bind: Callable[[Emitter], Update], vectors: int, stage: KernelStage | None) -> None:
        self.loss = loss
        counts = ("total", "minibatch", "stride")
        pointers = ("ptr %carry", "ptr %rates", "ptr %states", "i64 %updates", "ptr %columns")
        self.code = Function("descend", *pointers, *(f"i64 %{name}" for name in counts))
        self._emitter = new_emitter(self.code)
        self._write(bind, vectors)
        fold = minibatches.text(stage, len(loss.plan.stages[0].inputs)) if stage and loss.plan else ""
        self.text = "\n".join([self._emitter.definitions.text(), fold, self.code.text()])

    def _write(self, bind: Callable[[Emitter], Update], vectors: int) -> None:
        code, size = self.code, len(self.loss.parameters)
        room = self._room()
        starts = [splat_at(code, "%carry", k) for k in range((2 + vectors) * size)]
        with code.loop() as loop:
            update = loop.carry(0)
            carried = [loop.carry(start, VECTOR) for start in starts]
            parameters, *memory, total = (tuple(carried[k : k + size]) for k in range(0, len(carried), size))
            rate = splat_at(code, "%rates", update)
            value, gradient = self._evaluate(update, parameters, room)
            found = bind(self._emitter)(parameters, gradient, tuple(memory), total, rate)
            used, parameters_after, memory_after, total_after = found
            after = [*parameters_after, *(item for vector in memory_after for item in vector), *total_after]
            for name, following in zip(carried, after, strict=True):
                loop.update(name, following)
            shown = [value, *parameters, *used]
            state = code.element("%states", code.mul(update, len(shown)))
            for k, item in enumerate(shown):
                put_at(code, item, state, k)
            loop.advance(update, 1, "%updates")
        for k, item in enumerate(after):
            put_at(code, item, "%carry", k)

    def _evaluate(self, update: str, parameters: Sequence[str], room: _Room | None) -> tuple[str, list[str]]:
        """Loss and gradient at the parameters."""
        plan = self.loss.plan
        return (
            self._numbers(parameters) if plan is None or room is None else self._columns(plan, parameters, update, room)
        )

    def _numbers(self, parameters: Sequence[str]) -> tuple[str, list[str]]:
        """By the forward and the reverse pass in the arithmetic of instructions."""
        loss, graph, emitter = self.loss, self.loss.graph, self._emitter
        values = forward(graph, emitter, loss.inputs(emitter, parameters))
        nodes = [graph.inputs()[name] for name in loss.parameters]
        found = adjoints(graph, loss.output, values, emitter, nodes)
        zero = emitter.constant(0.0)
        return values[loss.output], [adjoint_at(found, node, zero) for node in nodes]

    def _columns(self, plan: Plan, parameters: Sequence[str], update: str, room: _Room) -> tuple[str, list[str]]:
        """By numbers, the stage over the rows of the minibatch, and numbers again."""
        code = self.code
        first = code.mul(update, "%stride")
        size = code.smaller(code.sub("%total", first), "%minibatch")
        count = code.splat(code.value(f"uitofp i64 {size} to double"))
        writer = Writer(self._emitter, self.loss, plan, parameters)
        for k, value in enumerate(writer.before()):
            put_at(code, value, room.scalars, k)
        given = ("ptr %columns", f"ptr {room.scalars}", f"i64 {first}", f"i64 {size}")
        code.call("@fold", *given, f"ptr {room.lanes}", f"ptr {room.folds}")
        folds = [splat_at(code, room.folds, k) for k in range(len(plan.stages[0].folds))]
        value, *gradient = writer.after(folds, count)
        return value, gradient

    def _room(self) -> _Room | None:
        """Memory for what goes between the loop and the stage; None where the loss is over numbers."""
        if self.loss.plan is None:
            return None
        stage = self.loss.plan.stages[0]
        sizes = (
            len(stage.scalars) + 1,
            (len(stage.folds) + 1) * minibatches.MOST,
            len(stage.folds) * folds.LANES * minibatches.MOST + 1,
        )
        return _Room(*(self.code.value(f"alloca double, i64 {size}, align 64") for size in sizes))


class _Room(NamedTuple):
    """Addresses of arrays of float64."""

    scalars: str
    folds: str
    lanes: str
