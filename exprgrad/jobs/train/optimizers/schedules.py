"""The learning rate by epoch: a base times the factor of a schedule, which is 1 at its highest.

A schedule is a row of the table `SCHEDULES`. With n epochs of warm-up, epoch k < n has the factor (k + 1)/n, and the
schedule begins after them.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from math import cos, pi
from typing import NamedTuple

from exprgrad.errors import UsageError
from exprgrad.jobs.train.optimizers.named import complete, listed, named_settings

Factor = Callable[[int], float]
"""The factor in an epoch, counted from 0."""


class Schedule(NamedTuple):
    """A row of the table."""

    settings: Mapping[str, float]
    """With their defaults. `every` is a whole number from 1 on, `factor` lies in (0, 1] and `floor` in [0, 1]."""
    factor: Callable[[Mapping[str, float], int, int], float]
    """The factor for the settings, an epoch and the number of epochs, both counted without the warm-up."""


def _cosine(settings: Mapping[str, float], epoch: int, epochs: int) -> float:
    """From 1 in epoch 0 down to `floor` at the end of all epochs (Loshchilov, Hutter 2017, ICLR)."""
    floor = settings["floor"]
    return floor + (1 - floor) * (1 + cos(pi * min(epoch, epochs) / epochs)) / 2


CONSTANT = "constant"
SCHEDULES = {
    CONSTANT: Schedule({}, lambda _, epoch, epochs: 1.0),
    "step": Schedule(
        {"every": 30.0, "factor": 0.1}, lambda its, epoch, epochs: its["factor"] ** (epoch // int(its["every"]))
    ),
    "exponential": Schedule({"factor": 0.99}, lambda its, epoch, epochs: its["factor"] ** epoch),
    "cosine": Schedule({"floor": 0.0}, _cosine),
}


def schedule(text: str, epochs: int, warmup: int = 0) -> Factor:
    """The schedule of a text such as `cosine` or `step,every=10,factor=0.5`. Raises UsageError."""
    name, given = named_settings(text, "schedule")
    listed("schedule", name, list(SCHEDULES))
    row = SCHEDULES[name]
    settings = complete(f"the schedule {name}", dict(row.settings), given)
    _check(name, settings)
    if warmup < 0:
        raise UsageError(f"epochs of warm-up are counted from 0 on, not {warmup}")
    later = max(epochs - warmup, 1)
    return lambda epoch: (epoch + 1) / warmup if epoch < warmup else row.factor(settings, epoch - warmup, later)


def _check(name: str, settings: Mapping[str, float]) -> None:
    """Raise UsageError for a setting that makes no sense."""
    for key, value in settings.items():
        if key == "every" and (value < 1 or value != int(value)):
            raise UsageError(f"every of the schedule step is a whole number from 1 on, not {value:g}")
        if (key in ("factor", "floor") and not 0 <= value <= 1) or (key == "factor" and value == 0):
            raise UsageError(f"{key} of the schedule {name} must lie between 0 and 1, not at {value:g}")


class Rate:
    """The learning rate by epoch."""

    def __init__(self, base: float, text: str, epochs: int, warmup: int) -> None:
        """`base` times the factor of the schedule in the text. Raises UsageError."""
        self._base = base
        self._factor = schedule(text, epochs, warmup)
        self._steady = warmup if text == CONSTANT else None
        """The epoch from which on the rate is the base, where there is one."""

    def __call__(self, epoch: int) -> float:
        return self._base * self._factor(epoch)

    def over(self, first: int, count: int) -> Sequence[float]:
        """The rates of `count` epochs, beginning with epoch `first`."""
        if self._steady is not None and first >= self._steady:
            return array("d", [self._base]) * count
        return [self(epoch) for epoch in range(first, first + count)]
