"""When a run ends because its loss no longer improves."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf


class Patience:
    """Counts epochs in which the loss has not improved, that is, not fallen by more than `tolerance` of itself."""

    def __init__(self, tolerance: float, patience: int, best: float = inf, waited: int = 0) -> None:
        """It ends after `patience` such epochs in a row. A resumed run begins with the `best` loss and the epochs
        that were `waited` since."""
        self.tolerance = tolerance
        self.patience = patience
        self.best = best
        self.waited = waited

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.waited >= self.patience

    def first_over(self, losses: Iterable[float]) -> int | None:
        """Take note of losses until it ends; the index of the loss with which it does."""
        for index, loss in enumerate(losses):
            self.note(loss)
            if self.over:
                return index
        return None

    def note(self, loss: float) -> None:
        """Take note of the loss of an epoch."""
        if loss < self.best - self.tolerance * abs(self.best) or self.best == inf:
            self.best, self.waited = loss, 0
        else:
            self.waited += 1
