"""The observer of a long run: it is told how training or a fit goes, while it goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Epoch(NamedTuple):
    """The state of a training run before update `epoch`, counted from 0."""

    epoch: int
    loss: float
    parameters: dict[str, float]
    gradient: dict[str, float]


class Observer:
    """Derive from it, and define the methods that you want to be called. An exception in one ends the run.

    >>> class Losses(exprgrad.Observer):
    ...     def progress(self, step, loss):
    ...         print(step, loss)
    >>> exprgrad.train("w^2", {"w": 1.0}, ["w"], observer=Losses())
    """

    def begin(self, names: Sequence[str], epoch: int) -> None:
        """Training, or a fit, of these parameters begins, at this epoch; it is above 0 where training is resumed."""

    def look(self, number: int, total: int) -> None:
        """A fit that looks for starts has seen so many of all places where it may begin."""

    def start(self, number: int, total: int) -> None:
        """A fit that looks for starts tries this one of so many; (1, 1) where one of them is left."""

    def progress(self, step: int, loss: float) -> None:
        """So many epochs of training, or iterations of a fit, are over; the loss, or the sum of squares, is this."""

    def keep(self, epoch: Epoch) -> None:
        """This epoch of training goes into the history."""

    def left(self, epoch: Epoch) -> None:
        """A signal, or the loss of a cluster, ends the run here: this is the last epoch of training that is complete.
        Of a fit it has the best parameters so far, their sum of squares, how often the rows were gone over, and no
        gradient."""

    def note(self, message: str) -> None:
        """What the user should know of the run."""


SILENT = Observer()
"""It does nothing."""
