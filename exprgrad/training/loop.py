"""The training loop: evaluate, record, update."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import NamedTuple

from exprgrad.training.objective import Objective
from exprgrad.training.optimizers import Optimizer

Bounds = Sequence[tuple[float, float]]


class State(NamedTuple):
    """Where training stands before update `epoch`."""

    epoch: int
    loss: float
    parameters: list[float]
    gradient: list[float]
    """What the update uses: with accumulation, the sum over all epochs so far."""

    @property
    def finite(self) -> bool:
        return isfinite(self.loss) and all(map(isfinite, self.gradient)) and all(map(isfinite, self.parameters))


def descend(
    objective: Objective, start: Sequence[float], bounds: Bounds, optimizer: Optimizer, *, accumulate: bool = False
) -> Iterator[State]:
    """The states of a training run, without end; parameters are held in their bounds after each update."""
    parameters = list(start)
    memory = optimizer.init(len(parameters))
    total = [0.0] * len(parameters)
    epoch = 0
    while True:
        loss, gradient = objective(parameters)
        if accumulate:
            gradient = total = [t + g for t, g in zip(total, gradient, strict=True)]
        yield State(epoch, loss, parameters, gradient)
        parameters, memory = optimizer.update(parameters, gradient, memory)
        parameters = [min(max(p, low), high) for p, (low, high) in zip(parameters, bounds, strict=True)]
        epoch += 1
