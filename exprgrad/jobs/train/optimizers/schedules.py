"""Schedules: the factor that the learning rate has in each epoch, 1 at its highest."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi

from exprgrad.errors import UsageError
from exprgrad.jobs.train.optimizers.table import complete, named_settings
from exprgrad.text.spelling import did_you_mean

Schedule = Callable[[int], float]
"""The factor in an epoch, counted from 0."""

SETTINGS: dict[str, dict[str, float]] = {
    "constant": {},
    "step": {"every": 30.0, "factor": 0.1},
    "exponential": {"factor": 0.99},
    "cosine": {"floor": 0.0},
}
"""By name, the settings with their defaults."""


def schedule(text: str, epochs: int, warmup: int = 0) -> Schedule:
    """The schedule of a text such as `cosine` or `step,every=10,factor=0.5`. Raises UsageError.

    With n epochs of warm-up, epoch k < n has (k + 1)/n; the schedule begins after them.

    - constant: 1
    - step: factor^floor(k/every)
    - exponential: factor^k
    - cosine: from 1 in epoch 0 to `floor` at the end of all `epochs` (Loshchilov, Hutter 2017, ICLR)
    """
    name, given = named_settings(text, "schedule")
    if name not in SETTINGS:
        known = list(SETTINGS)
        raise UsageError(f"there is no schedule {name!r}", hint=did_you_mean(name, known, f"choose {', '.join(known)}"))
    settings = complete(f"the schedule {name}", SETTINGS[name], given)
    for key, value in settings.items():
        if key == "every" and (value < 1 or value != int(value)):
            raise UsageError(f"every of the schedule step is a whole number from 1 on, not {value:g}")
        if (key in ("factor", "floor") and not 0 <= value <= 1) or (key == "factor" and value == 0):
            raise UsageError(f"{key} of the schedule {name} lies between 0 and 1, not at {value:g}")
    if warmup < 0:
        raise UsageError(f"epochs of warm-up are counted from 0 on, not {warmup}")
    after = _after(name, settings, max(epochs - warmup, 1))
    return lambda epoch: (epoch + 1) / warmup if epoch < warmup else after(epoch - warmup)


def _after(name: str, settings: dict[str, float], epochs: int) -> Schedule:
    """The schedule itself, after the warm-up."""
    match name:
        case "step":
            return lambda epoch: settings["factor"] ** (epoch // int(settings["every"]))
        case "exponential":
            return lambda epoch: settings["factor"] ** epoch
        case "cosine":
            floor = settings["floor"]
            return lambda epoch: floor + (1 - floor) * (1 + cos(pi * min(epoch, epochs) / epochs)) / 2
        case _:
            return lambda epoch: 1.0
