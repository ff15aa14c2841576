"""What a loop hands on from epoch to epoch, what it shows of each epoch, and what every loop can do."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple, Protocol, overload

from exprgrad.jobs.train.optimizers.choice import Remembered


class State(NamedTuple):
    """Where training stands before the update of an epoch."""

    epoch: int
    loss: float
    parameters: tuple[float, ...]
    gradient: tuple[float, ...]
    """The gradient before it is clipped; with accumulation, the sum of the gradients of all epochs so far."""

    @property
    def finite(self) -> bool:
        """Whether all of its numbers are finite."""
        return isfinite(self.loss) and all(map(isfinite, self.gradient)) and all(map(isfinite, self.parameters))


class Carry(NamedTuple):
    """All that an epoch needs of the epochs before it: what a checkpoint keeps."""

    epoch: int
    parameters: tuple[float, ...]
    memory: Remembered[float]
    """What the optimizer remembers."""
    total: tuple[float, ...]
    """With accumulation the sum of all gradients, else zeros."""


class States(Sequence[State]):
    """The states of some epochs that follow one another."""

    def __init__(self, states: Sequence[State]) -> None:
        self._states = states

    @property
    def finite(self) -> int:
        """How many states are finite, counted up to the first one that is not."""
        return next((k for k, state in enumerate(self._states) if not state.finite), len(self._states))

    @property
    def losses(self) -> Sequence[float]:
        """The loss of each state."""
        return [state.loss for state in self._states]

    def __len__(self) -> int:
        return len(self._states)

    @overload
    def __getitem__(self, index: int) -> State: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[State]: ...
    def __getitem__(self, index: int | slice) -> State | Sequence[State]:
        return self._states[index]


class Loop(Protocol):
    """Makes updates: one an epoch, or one a minibatch."""

    def advance(self, carry: Carry, epochs: int) -> tuple[States, Carry]:
        """Train for at most so many epochs, and for at least one.

        Gives the state of each epoch before its update, and what the next epoch needs.
        """
        ...

    def look(self, carry: Carry) -> State:
        """The state here, without an update."""
        ...
