"""The result of training: its epochs, and where it ended."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple, overload

from exprgrad.observer import Epoch as Epoch
from exprgrad.shown import shows_itself


class History(Sequence[Epoch]):
    """Epochs, kept as bare numbers: each takes 8*(2 + 2*parameters) bytes."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._numbers = array("d")
        self._width = 2 + 2 * len(names)

    def append(self, epoch: Epoch) -> None:
        self._numbers.extend((epoch.epoch, epoch.loss, *epoch.parameters.values(), *epoch.gradient.values()))

    def pop(self) -> None:
        """Forget the last one."""
        del self._numbers[-self._width :]

    def __len__(self) -> int:
        return len(self._numbers) // self._width

    @overload
    def __getitem__(self, index: int) -> Epoch: ...
    @overload
    def __getitem__(self, index: slice) -> list[Epoch]: ...
    def __getitem__(self, index: int | slice) -> Epoch | list[Epoch]:
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(len(self)))]
        first = range(len(self))[index] * self._width
        epoch, loss, *numbers = self._numbers[first : first + self._width]
        size = len(self.names)
        parameters = dict(zip(self.names, numbers[:size], strict=True))
        return Epoch(int(epoch), loss, parameters, dict(zip(self.names, numbers[size:], strict=True)))


@shows_itself
class Training(NamedTuple):
    """A training run: the epochs that were recorded, and the state after the last update."""

    expression: str
    final: Epoch
    history: Sequence[Epoch]
    stopped: str
    """Why it ended: "epochs" when all were done, "patience" when the loss no longer improved, "converged" when the
    optimizer found no better place, "non-finite" when the loss, its gradient or a parameter was no longer finite."""
    notes: tuple[str, ...] = ()
    """What a user should know of the end."""
    last_good: Epoch | None = None
    """Where the run ended as "non-finite", the last state that was finite."""

    @property
    def epochs(self) -> int:
        """How many were done."""
        return self.final.epoch

    @property
    def loss(self) -> float:
        return self.final.loss

    @property
    def parameters(self) -> dict[str, float]:
        return self.final.parameters
