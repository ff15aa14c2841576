"""What a user asks the Monte Carlo method for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from exprgrad.errors import UsageError

if TYPE_CHECKING:
    from exprgrad.jobs.uncertainty.montecarlo.saved import Checkpoints
    from exprgrad.jobs.uncertainty.montecarlo.spans import Machine

TRIALS = 1_000_000
"""By default, as JCGM 101:2008, 7.2.3, has it for two digits and a coverage of 0.95."""
MOST = 10**10
AUTO = "auto"
SYMMETRIC, SHORTEST, PROBABILISTIC = "symmetric", "shortest", "probabilistic"
INTERVALS = (PROBABILISTIC, SHORTEST, SYMMETRIC)
"""As much probability below as above; the shortest one; as far below the mean as above it."""


class Wanted(NamedTuple):
    """Trials and what is made of them."""

    trials: int | None = TRIALS
    """None for as many as the digits take."""
    seed: int = 0
    """From 0 to 2^64 - 1."""
    interval: str = PROBABILISTIC
    digits: int = 2
    """Digits of the standard uncertainty that count."""
    threads: int | None = None
    """None for all that the process may use."""
    machine: Machine | None = None
    """Where the trials are computed, if not here."""
    checkpoints: Checkpoints | None = None
    watch: Callable[[int], None] = lambda done: None
    """Is told how many trials are done."""

    @classmethod
    def read(cls, text: str, option: str = "--montecarlo") -> int | None:
        """The number of trials in `auto`, `1000000` or `1e6`. Raises UsageError for another text."""
        if text.strip() == AUTO:
            return None
        try:
            value = float(text.replace("_", ""))
        except ValueError:
            value = 0.5
        if value != int(value) if abs(value) < MOST * 10 else True:
            raise UsageError(f"{option} takes a number of trials or {AUTO}, not {text!r}", hint=f"as {option} 1e6")
        return int(value)

    def check(self, coverage: float) -> None:
        """Raises UsageError for numbers that make no sense."""
        least = fewest(coverage)
        if self.trials is not None and not least <= self.trials <= MOST:
            said = f"--montecarlo takes from {least:,} to {MOST:,} trials for a coverage of {coverage:g}"
            raise UsageError(f"{said}, not {self.trials:,}", hint="more are more exact: the default is 1,000,000")
        if not 0 <= self.seed < 1 << 64:
            raise UsageError(f"--seed is a whole number from 0 to 2^64 - 1, not {self.seed}")
        if self.interval not in INTERVALS:
            raise UsageError(f"--interval is one of {', '.join(INTERVALS)}, not {self.interval!r}")
        if self.digits not in (1, 2, 3, 4):
            raise UsageError(f"--uncertainty-digits is from 1 to 4, not {self.digits}")


def fewest(coverage: float) -> int:
    """The least number of trials: about ten lie outside of the coverage interval."""
    return max(100, int(10 / (1 - coverage)) + 1)
