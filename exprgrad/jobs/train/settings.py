"""How a run goes: everything that is said about it beside what is minimized."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

from exprgrad.arguments import Kind, flag, number, optional, text, whole
from exprgrad.errors import UsageError
from exprgrad.jobs.train.optimizers.schedules import Schedule, schedule
from exprgrad.jobs.train.optimizers.table import LBFGS, Choice, choose
from exprgrad.text.spelling import did_you_mean


class Rate:
    """The learning rate by epoch."""

    def __init__(self, base: float, factor: Schedule, steady: int | None = None) -> None:
        """It is `base` times the schedule's factor; from epoch `steady` on, if there is one, that is 1."""
        self._base = base
        self._factor = factor
        self._steady = steady

    def __call__(self, epoch: int) -> float:
        return self._base * self._factor(epoch)

    def over(self, first: int, count: int) -> Sequence[float]:
        """Those of `count` epochs from the first on."""
        if self._steady is not None and first >= self._steady:
            return array("d", [self._base]) * count
        return [self(epoch) for epoch in range(first, first + count)]


class Settings(NamedTuple):
    """The settings of a run, with the defaults that it has."""

    epochs: int = 10
    learning_rate: float = 0.01
    optimizer: str = "sgd"
    """Its name, and settings after commas: `momentum,momentum=0.95`."""
    schedule: str = "constant"
    """The same of the learning rate's course: `step,every=10,factor=0.5`."""
    warmup: int = 0
    """Epochs in which the learning rate grows."""
    clip_norm: float | None = None
    """The length to which longer gradients are cut."""
    accumulate: bool = False
    """Whether gradients add up over the epochs."""
    tolerance: float | None = None
    """Relative improvement of the loss that counts as one; without any in `patience` epochs training stops."""
    patience: int | None = None
    batch_size: int | None = None
    """Rows of a batch; None for all."""
    seed: int = 0
    memory: int | None = None
    """Bytes of data to hold in memory at the most; None for half of what the machine has."""
    every: int = 1
    """Of how many epochs one is recorded."""

    def check(self) -> tuple[Choice, Rate]:
        """The optimizer, and the learning rate by epoch. Raises UsageError for what makes no sense."""
        if not (isfinite(self.learning_rate) and self.learning_rate > 0):
            raise UsageError(f"the learning rate must be a positive number, not {self.learning_rate:g}")
        if self.clip_norm is not None and not self.clip_norm > 0:
            raise UsageError(f"gradients are clipped to a positive length, not {self.clip_norm:g}")
        if self.tolerance is not None and not 0 <= self.tolerance < 1:
            raise UsageError(f"the tolerance lies in [0, 1), not at {self.tolerance:g}")
        chosen = choose(self.optimizer)
        if chosen.name == LBFGS:
            self._check_lbfgs()
        factor = schedule(self.schedule, self.epochs, self.warmup)
        return chosen, Rate(self.learning_rate, factor, self.warmup if self.schedule == "constant" else None)

    def _check_lbfgs(self) -> None:
        """L-BFGS-B finds its steps itself, and wants the whole loss."""
        misfits = {
            "batches": self.batch_size is not None,
            "a schedule": self.schedule != "constant" or self.warmup > 0,
            "clipped gradients": self.clip_norm is not None,
            "accumulated gradients": self.accumulate,
        }
        for what, asked in misfits.items():
            if asked:
                raise UsageError(f"the optimizer {LBFGS} does not go with {what}", hint="choose another, such as adam")


_KINDS: dict[str, Kind] = {
    "epochs": whole(0),
    "learning_rate": number,
    "optimizer": text,
    "schedule": text,
    "warmup": whole(0),
    "clip_norm": optional(number),
    "accumulate": flag,
    "tolerance": optional(number),
    "patience": optional(whole(1)),
    "batch_size": optional(whole(1)),
    "seed": whole(0),
    "memory": optional(whole(0)),
    "every": whole(1),
}


def chosen_from(given: Mapping[str, Any]) -> Settings:
    """The settings that are given, and the defaults of the others. Raises UsageError for what is no setting, and
    for values that are not of its kind."""
    for name in given:
        if name not in _KINDS:
            raise UsageError(f"training has no setting {name!r}", hint=did_you_mean(name, list(_KINDS)))
    return Settings(**{name: _KINDS[name](name, value) for name, value in given.items()})
