"""The loops on Python floats. They are what training means; the compiled loops (`compiled.py`) do the same, to the
same bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from exprgrad.functions.floats import FLOATS
from exprgrad.functions.numerics.ieee import plain_sum
from exprgrad.jobs.train.loops.states import Carry, State, States
from exprgrad.jobs.train.loops.update import Step
from exprgrad.jobs.train.objective import Objective


class AllRows:
    """One update an epoch, by the loss of all rows; also where there are no rows, only numbers."""

    def __init__(self, objective: Objective, step: Step, rate: Callable[[int], float]) -> None:
        self.objective = objective
        self.rate = rate
        """The learning rate in an epoch."""
        self._update = step.bound(FLOATS)

    def advance(self, carry: Carry, epochs: int) -> tuple[States, Carry]:
        """See `Loop`; it makes one epoch."""
        loss, gradient = self.objective(carry.parameters)
        used, parameters, memory, total = self._update(
            carry.parameters, gradient, carry.memory, carry.total, self.rate(carry.epoch)
        )
        state = State(carry.epoch, loss, carry.parameters, tuple(used))
        return States([state]), Carry(carry.epoch + 1, tuple(parameters), memory, tuple(total))

    def look(self, carry: Carry) -> State:
        """See `Loop`."""
        return self.advance(carry, 1)[0][0]


class Minibatches:
    """One update a minibatch.

    The loss and the gradient of an epoch are averages over its rows, each as it was when the minibatch of the row
    came. Those of the last state are computed from all rows at once.
    """

    def __init__(
        self,
        whole: Objective,
        minibatches: Callable[[int], Iterable[tuple[int, Objective]]],
        step: Step,
        rate: Callable[[int], float],
    ) -> None:
        """`minibatches` gives, for an epoch, the number of rows of each minibatch and the loss over them."""
        self.whole = whole
        self.minibatches = minibatches
        self.rate = rate
        self._update = step.bound(FLOATS)

    def advance(self, carry: Carry, epochs: int) -> tuple[States, Carry]:
        """See `Loop`; it makes one epoch."""
        epoch, parameters, memory, total = carry
        rate = self.rate(epoch)
        seen = []
        for rows, objective in self.minibatches(epoch):
            loss, gradient = objective(parameters)
            used, after, memory, summed = self._update(parameters, gradient, memory, total, rate)
            parameters, total = tuple(after), tuple(summed)
            seen.append(Seen(rows, loss, used))
        loss, mean = average(seen)
        return States([State(epoch, loss, carry.parameters, mean)]), Carry(epoch + 1, parameters, memory, total)

    def look(self, carry: Carry) -> State:
        """See `Loop`."""
        loss, gradient = self.whole(carry.parameters)
        return State(carry.epoch, loss, carry.parameters, tuple(gradient))


class Seen(NamedTuple):
    """What was computed from a minibatch."""

    size: int
    """Its rows."""
    loss: float
    gradient: Sequence[float]


def average(minibatches: Sequence[Seen]) -> tuple[float, tuple[float, ...]]:
    """The loss and the gradient of an epoch: averages over the rows of its minibatches."""
    rows = sum(one.size for one in minibatches)
    gradients = zip(*(one.gradient for one in minibatches), strict=True)
    losses = [one.loss for one in minibatches]
    loss, *gradient = (
        plain_sum(one.size * value for one, value in zip(minibatches, column, strict=True)) / rows
        for column in (losses, *gradients)
    )
    return loss, tuple(gradient)
