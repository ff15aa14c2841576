"""The settings of a run: everything that is said about it except what is minimized."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, NamedTuple

from exprgrad.arguments import Kind, flag, number, optional, text, whole
from exprgrad.errors import UsageError
from exprgrad.jobs.train.optimizers.choice import LBFGS, Choice, choose
from exprgrad.jobs.train.optimizers.schedules import CONSTANT, Rate
from exprgrad.keywords import unknown


class Settings(NamedTuple):
    """The settings with their defaults."""

    epochs: int = 10
    lr: float = 0.01
    optimizer: str = "sgd"
    """Its name, and settings after commas: `momentum,momentum=0.95`."""
    schedule: str = "constant"
    """How the learning rate changes, written likewise: `step,every=10,factor=0.5`."""
    warmup: int = 0
    """How many epochs the learning rate takes to rise to its full size."""
    clip_norm: float | None = None
    """The length to which longer gradients are cut."""
    accumulate_gradients: bool = False
    """Whether gradients add up over the epochs."""
    tolerance: float | None = None
    """By which part of itself the loss must fall to count as improved."""
    patience: int | None = None
    """Training stops after so many epochs in a row in which the loss has not improved."""
    batch_size: int | None = None
    """Rows of a minibatch; None for all rows."""
    seed: int = 0
    memory: int | None = None
    """The most bytes of data to hold in memory; None for half of what the machine has."""
    every: int = 1
    """Every `every`-th epoch is recorded."""

    def check(self) -> tuple[Choice, Rate]:
        """The optimizer, and the learning rate by epoch. Raises UsageError for a setting that makes no sense."""
        if not (isfinite(self.lr) and self.lr > 0):
            raise UsageError(f"the learning rate must be a positive number, not {self.lr:g}")
        if self.clip_norm is not None and not self.clip_norm > 0:
            raise UsageError(f"gradients are clipped to a positive length, not to {self.clip_norm:g}")
        if self.tolerance is not None and not 0 <= self.tolerance < 1:
            raise UsageError(f"the tolerance must be at least 0 and below 1, not {self.tolerance:g}")
        chosen = choose(self.optimizer)
        if chosen.name == LBFGS:
            self._check_lbfgs()
        return chosen, Rate(self.lr, self.schedule, self.epochs, self.warmup)

    def _check_lbfgs(self) -> None:
        """Raise UsageError for what L-BFGS-B cannot use: it finds its steps itself, by the loss of all rows."""
        misfits = {
            "minibatches": self.batch_size is not None,
            "a schedule": self.schedule != CONSTANT or self.warmup > 0,
            "clipped gradients": self.clip_norm is not None,
            "accumulated gradients": self.accumulate_gradients,
        }
        for what, asked in misfits.items():
            if asked:
                raise UsageError(f"the optimizer {LBFGS} does not go with {what}", hint="choose another, such as adam")


_KINDS: dict[str, Kind] = {
    "epochs": whole(0),
    "lr": number,
    "optimizer": text,
    "schedule": text,
    "warmup": whole(0),
    "clip_norm": optional(number),
    "accumulate_gradients": flag,
    "tolerance": optional(number),
    "patience": optional(whole(1)),
    "batch_size": optional(whole(1)),
    "seed": whole(0),
    "memory": optional(whole(0)),
    "every": whole(1),
}


def chosen_from(given: Mapping[str, Any]) -> Settings:
    """The settings that are given, and the defaults of the others.

    Raises UsageError for a name that is no setting, and for a value that is not of the setting's kind.
    """
    for name in given:
        if name not in _KINDS:
            raise unknown("train", name, list(_KINDS))
    return Settings(**{name: _KINDS[name](name, value) for name, value in given.items()})
