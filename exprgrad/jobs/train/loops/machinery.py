"""A loop that was chosen for a problem, with what a run needs to know of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from exprgrad.jobs.train.loops.states import Loop
from exprgrad.jobs.train.loops.update import Step
from exprgrad.jobs.train.objective import Objective
from exprgrad.jobs.train.optimizers.schedules import Rate

INTERPRETER, KERNELS, COMPILED = "interpreter", "kernels", "loop"
"""What computes: floats of Python, compiled passes over columns, or one compiled loop. Their bits may differ, so
checkpoints name them."""


class Machinery(NamedTuple):
    """A loop, and what belongs to it."""

    loop: Callable[[Step, Rate], Loop]
    """Makes the loop that updates so, at such a learning rate by epoch."""
    objective: Objective
    """The loss with its gradient."""
    backend: str
    digest: Callable[[], str]
    """A fingerprint of the data."""
    explain: Callable[[Sequence[float]], tuple[str, ...]]
    """Notes on what makes the numbers not finite at such parameters."""
