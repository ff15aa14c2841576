"""The training loop: evaluate, record, update. What happens in an epoch is here in full, on floats; compiled
loops (`jobs.train.loops.compiled`) do the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from typing import Generic, NamedTuple, Protocol, TypeVar, overload

from exprgrad.functions.arithmetic import Arithmetic
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.numerics.ieee import plain_sum
from exprgrad.jobs.train.objective import Evaluation
from exprgrad.jobs.train.optimizers.table import Choice
from exprgrad.jobs.train.optimizers.table import State as Memory
from exprgrad.jobs.train.problem import Bounds

T = TypeVar("T")


class State(NamedTuple):
    """Where training stands before update `epoch`."""

    epoch: int
    loss: float
    parameters: tuple[float, ...]
    gradient: tuple[float, ...]
    """What the update uses, before it is clipped: with accumulation, the sum over all epochs so far."""

    @property
    def finite(self) -> bool:
        return isfinite(self.loss) and all(map(isfinite, self.gradient)) and all(map(isfinite, self.parameters))


class Carry(NamedTuple):
    """All that one epoch hands to the next: what a checkpoint keeps."""

    epoch: int
    parameters: tuple[float, ...]
    memory: Memory[float]
    """What the optimizer remembers."""
    total: tuple[float, ...]
    """The sum of all gradients, with accumulation; else it stays 0."""


class States(Sequence[State]):
    """The states of some epochs, one after the other."""

    def __init__(self, states: Sequence[State]) -> None:
        self._states = states

    @property
    def finite(self) -> int:
        """How many, from the first on, are finite."""
        return next((k for k, state in enumerate(self._states) if not state.finite), len(self._states))

    @property
    def losses(self) -> Sequence[float]:
        return [state.loss for state in self._states]

    def __len__(self) -> int:
        return len(self._states)

    @overload
    def __getitem__(self, index: int) -> State: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[State]: ...
    def __getitem__(self, index: int | slice) -> State | Sequence[State]:
        return self._states[index]


class Stepper(Protocol):
    """Makes updates, one an epoch or one a batch."""

    def advance(self, carry: Carry, epochs: int) -> tuple[States, Carry]:
        """So many epochs or fewer, at least one: the state in each, before its update, and what goes on."""
        ...

    def look(self, carry: Carry) -> State:
        """The state here, without an update."""
        ...


class Step(NamedTuple):
    """One update, whatever the optimizer, to be bound to an arithmetic."""

    optimizer: Choice
    bounds: Bounds
    clip_norm: float | None = None
    """The length to which longer gradients are cut."""
    accumulate: bool = False

    def start(self, parameters: Sequence[float]) -> Carry:
        """What the first epoch starts with."""
        size = len(parameters)
        return Carry(0, tuple(parameters), self.optimizer.bound(FLOATS).init(size), (0.0,) * size)

    def bound(self, arithmetic: Arithmetic[T]) -> Update[T]:
        return Update(self, arithmetic)


class Update(Generic[T]):
    """An update in an arithmetic: the gradient is accumulated, clipped and used, and the parameters are put back into
    their bounds."""

    def __init__(self, step: Step, arithmetic: Arithmetic[T]) -> None:
        self._step = step
        self._arithmetic = arithmetic
        self._optimizer = step.optimizer.bound(arithmetic)

    def __call__(
        self, parameters: Sequence[T], gradient: Sequence[T], memory: Memory[T], total: Sequence[T], rate: T
    ) -> tuple[Sequence[T], list[T], Memory[T], Sequence[T]]:
        """The gradient that is used, then parameters, memory and total after the update."""
        step, operation = self._step, self._arithmetic.operation
        if step.accumulate:
            gradient = total = [operation("add")(t, g) for t, g in zip(total, gradient, strict=True)]
        used = gradient if step.clip_norm is None else self._clipped(gradient, step.clip_norm)
        parameters, memory = self._optimizer.update(parameters, used, memory, rate)
        return (
            gradient,
            [self._held(p, *bounds) for p, bounds in zip(parameters, step.bounds, strict=True)],
            memory,
            total,
        )

    def _clipped(self, gradient: Sequence[T], length: float) -> list[T]:
        """The gradient at most so long (Pascanu, Mikolov, Bengio 2013, ICML)."""
        operation, constant = self._arithmetic.operation, self._arithmetic.constant
        square = operation("mul")(gradient[0], gradient[0])
        for g in gradient[1:]:
            square = operation("add")(square, operation("mul")(g, g))
        norm, limit = operation("sqrt")(square), constant(length)
        longer = operation("gt")(norm, limit)
        factor = operation("where")(longer, operation("div")(limit, norm), constant(1.0))
        return [operation("mul")(factor, g) for g in gradient]

    def _held(self, parameter: T, low: float, high: float) -> T:
        """The parameter in its interval."""
        operation, constant = self._arithmetic.operation, self._arithmetic.constant
        if low > -_INF:
            parameter = operation("max")(parameter, constant(low))
        return operation("min")(parameter, constant(high)) if high < _INF else parameter


_INF = float("inf")


class FullBatch:
    """An update an epoch, by the whole loss."""

    def __init__(self, objective: Callable[[Sequence[float]], Evaluation], step: Step, rate: Callable[[int], float]):
        self.objective = objective
        self.rate = rate
        """The learning rate in an epoch."""
        self._update = step.bound(FLOATS)

    def advance(self, carry: Carry, epochs: int) -> tuple[States, Carry]:
        loss, gradient = self.objective(carry.parameters)
        used, parameters, memory, total = self._update(
            carry.parameters, gradient, carry.memory, carry.total, self.rate(carry.epoch)
        )
        state = State(carry.epoch, loss, carry.parameters, tuple(used))
        return States([state]), Carry(carry.epoch + 1, tuple(parameters), memory, tuple(total))

    def look(self, carry: Carry) -> State:
        return self.advance(carry, 1)[0][0]


class Batched:
    """An update a batch. The loss and the gradient of an epoch are the averages over its rows, each as it was
    when its batch came; those of the last state are of all rows."""

    def __init__(
        self,
        whole: Callable[[Sequence[float]], Evaluation],
        batches: Callable[[int], Iterable[tuple[int, Callable[[Sequence[float]], Evaluation]]]],
        step: Step,
        rate: Callable[[int], float],
    ) -> None:
        """`batches` gives for an epoch the rows of each batch and its objective."""
        self.whole = whole
        self.batches = batches
        self.rate = rate
        self._update = step.bound(FLOATS)

    def advance(self, carry: Carry, epochs: int) -> tuple[States, Carry]:
        rate = self.rate(carry.epoch)
        parameters: Sequence[float] = carry.parameters
        memory: Memory[float] = carry.memory
        total: Sequence[float] = carry.total
        seen: list[tuple[int, float, Sequence[float]]] = []
        for rows, objective in self.batches(carry.epoch):
            loss, gradient = objective(parameters)
            used, parameters, memory, total = self._update(parameters, gradient, memory, total, rate)
            seen.append((rows, loss, used))
        state = State(carry.epoch, *average(seen, carry.parameters))
        return States([state]), Carry(carry.epoch + 1, tuple(parameters), memory, tuple(total))

    def look(self, carry: Carry) -> State:
        loss, gradient = self.whole(carry.parameters)
        return State(carry.epoch, loss, carry.parameters, tuple(gradient))


def average(
    seen: Sequence[tuple[int, float, Sequence[float]]], parameters: tuple[float, ...]
) -> tuple[float, tuple[float, ...], tuple[float, ...]]:
    """The averages over the rows of losses and gradients, one of each for so many rows; the parameters between."""
    rows = sum(count for count, _, _ in seen)
    loss, *gradient = (
        plain_sum(count * value for count, value in column) / rows
        for column in (
            [(count, loss) for count, loss, _ in seen],
            *([(count, gradient[k]) for count, _, gradient in seen] for k in range(len(parameters))),
        )
    )
    return loss, parameters, tuple(gradient)


class Patience:
    """Says when the loss no longer improves: by more than `tolerance` of itself, in `patience` epochs."""

    def __init__(self, tolerance: float, patience: int, best: float = _INF, waited: int = 0) -> None:
        self.tolerance = tolerance
        self.patience = patience
        self.best = best
        self.waited = waited

    @property
    def over(self) -> bool:
        """Whether there have been enough epochs without improvement."""
        return self.waited >= self.patience

    def first_over(self, losses: Iterable[float]) -> int | None:
        """Take note of losses, up to the one in whose epoch training stops; its index."""
        for index, loss in enumerate(losses):
            self.note(loss)
            if self.over:
                return index
        return None

    def note(self, loss: float) -> None:
        """Take note of an epoch's loss."""
        if loss < self.best - self.tolerance * abs(self.best) or self.best == _INF:
            self.best, self.waited = loss, 0
        else:
            self.waited += 1
