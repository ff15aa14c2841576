"""How a run goes: everything that is said about it beside what is minimized."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from math import isfinite
from numbers import Real
from typing import NamedTuple

from exprgrad.errors import UsageError
from exprgrad.training.optimizers import LBFGS, Choice, choose
from exprgrad.training.schedules import Schedule, schedule


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


_COUNTS = ("epochs", "warmup", "patience", "batch_size", "seed", "memory", "every")


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
        self._check_kinds()
        whole = (("epochs", self.epochs, 0), ("epochs of warm-up", self.warmup, 0), ("seeds", self.seed, 0))
        for what, number, least in whole:
            if int(number) != number or number < least:
                raise UsageError(f"{what} are whole numbers from {least} on, not {number}")
        if int(self.every) != self.every or self.every < 1:
            raise UsageError(f"one in every 1 or more epochs is kept, not in {self.every}")
        if not (isfinite(self.learning_rate) and self.learning_rate > 0):
            raise UsageError(f"the learning rate must be a positive number, not {self.learning_rate:g}")
        if self.clip_norm is not None and not self.clip_norm > 0:
            raise UsageError(f"gradients are clipped to a positive length, not {self.clip_norm:g}")
        if self.tolerance is not None and not 0 <= self.tolerance < 1:
            raise UsageError(f"the tolerance lies in [0, 1), not at {self.tolerance:g}")
        for what, count in (("patience", self.patience), ("batch_size", self.batch_size), ("memory", self.memory)):
            if count is not None and int(count) != count:
                raise UsageError(f"{what} is a whole number, not {count}")
        if self.patience is not None and self.patience < 1:
            raise UsageError(f"patience lasts 1 epoch or more, not {self.patience}")
        if self.batch_size is not None and self.batch_size < 1:
            raise UsageError(f"a batch has 1 row or more, not {self.batch_size}")
        chosen = choose(self.optimizer)
        if chosen.name == LBFGS:
            self._check_lbfgs()
        factor = schedule(self.schedule, self.epochs, self.warmup)
        return chosen, Rate(self.learning_rate, factor, self.warmup if self.schedule == "constant" else None)

    def _check_kinds(self) -> None:
        """Python hands over anything at all."""
        for name, value in self._asdict().items():
            default = self._field_defaults[name]
            if isinstance(default, str):
                if not isinstance(value, str):
                    raise UsageError(f"{name} is a name with its settings, not {value!r}")
            elif not (isinstance(value, Real) or (value is None and default is None)):
                raise UsageError(f"{name} is a number, not {value!r}")
            elif isinstance(value, int) and value.bit_length() >= sys.float_info.max_exp:
                raise UsageError(f"{name} is beyond what a binary64 number can hold", hint="give fewer digits")
            elif name in _COUNTS and not isfinite(value or 0):
                raise UsageError(f"{name} is a whole number, not {value}")

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
