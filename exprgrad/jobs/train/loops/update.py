"""One update of the parameters, written once for every arithmetic.

On floats it is a step of the plain loops; on operands of instructions it writes the body of the compiled ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Generic, NamedTuple, TypeVar

from exprgrad.functions.arithmetic import Arithmetic
from exprgrad.jobs.train.loops.states import Carry
from exprgrad.jobs.train.optimizers.choice import Choice, Remembered
from exprgrad.jobs.train.problem import Bounds

T = TypeVar("T")


class Step(NamedTuple):
    """What an update does, before it is bound to an arithmetic."""

    optimizer: Choice
    bounds: Bounds
    clip_norm: float | None = None
    """The length to which longer gradients are cut."""
    accumulate: bool = False
    """Whether an update uses the sum of all gradients so far."""

    def start(self, parameters: Sequence[float]) -> Carry:
        """What the first epoch begins with."""
        size = len(parameters)
        return Carry(0, tuple(parameters), self.optimizer.start(size), (0.0,) * size)

    def bound(self, arithmetic: Arithmetic[T]) -> Update[T]:
        """The update in an arithmetic."""
        return Update(self, arithmetic)


class Update(Generic[T]):
    """Accumulates and clips the gradient, lets the optimizer move the parameters, and puts them back into bounds."""

    def __init__(self, step: Step, arithmetic: Arithmetic[T]) -> None:
        self._step = step
        self._arithmetic = arithmetic
        self._optimize = step.optimizer.update(arithmetic)

    def __call__(
        self, parameters: Sequence[T], gradient: Sequence[T], memory: Remembered[T], total: Sequence[T], rate: T
    ) -> tuple[Sequence[T], list[T], Remembered[T], Sequence[T]]:
        """The gradient before it is clipped, then parameters, memory and total after the update."""
        step = self._step
        if step.accumulate:
            add = self._arithmetic.operation("add")
            gradient = total = [add(t, g) for t, g in zip(total, gradient, strict=True)]
        clipped = gradient if step.clip_norm is None else self._clipped(gradient, step.clip_norm)
        moved, memory = self._optimize(parameters, clipped, memory, rate)
        held = [self._held(p, low, high) for p, (low, high) in zip(moved, step.bounds, strict=True)]
        return gradient, held, memory, total

    def _clipped(self, gradient: Sequence[T], length: float) -> list[T]:
        """The gradient, scaled to this length where it is longer (Pascanu, Mikolov, Bengio 2013, ICML)."""
        operation, constant = self._arithmetic.operation, self._arithmetic.constant
        square = operation("mul")(gradient[0], gradient[0])
        for g in gradient[1:]:
            square = operation("add")(square, operation("mul")(g, g))
        norm, limit = operation("sqrt")(square), constant(length)
        longer = operation("gt")(norm, limit)
        factor = operation("where")(longer, operation("div")(limit, norm), constant(1.0))
        return [operation("mul")(factor, g) for g in gradient]

    def _held(self, parameter: T, low: float, high: float) -> T:
        """The parameter, or the bound that it has crossed."""
        operation, constant = self._arithmetic.operation, self._arithmetic.constant
        if low > -inf:
            parameter = operation("max")(parameter, constant(low))
        return operation("min")(parameter, constant(high)) if high < inf else parameter
