"""What a user asks a sensitivity for."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.errors import UsageError
from exprgrad.text.spelling import did_you_mean

SOBOL, MORRIS, DGSM, LOCAL, SHAPLEY = "sobol", "morris", "dgsm", "local", "shapley"
METHODS = (SOBOL, SHAPLEY, DGSM, MORRIS, LOCAL)
AUTO = "auto"
POINTS = 65_536
FEWEST, MOST = 64, 1 << 32


class Request(NamedTuple):
    """How the measures are found."""

    method: str = SOBOL
    n: int | None = POINTS
    """Points; None for as many as the intervals take."""
    second_order: bool = False
    """Whether pairs of inputs have indices, too."""
    seed: int = 0
    """From 0 to 2^64 - 1."""
    coverage: float = 0.95
    """The probability that an interval holds an index with."""
    tolerance: float = 1e-4
    """Half of the length that intervals may have where `n` is None."""
    threads: int | None = None
    """None for all that the process may use."""

    @classmethod
    def read(cls, text: str, option: str = "--n") -> int | None:
        """The number of points in `auto`, `65536` or `1e5`. Raises UsageError for another text."""
        if text.strip() == AUTO:
            return None
        try:
            value = float(text.replace("_", ""))
            if value == int(value):
                return int(value)
        except (ValueError, OverflowError):
            pass
        raise UsageError(f"{option} takes a number of points or {AUTO}, not {text!r}", hint=f"as {option} {POINTS}")

    @property
    def points(self) -> int | None:
        """The number of points, rounded up to a power of two."""
        return None if self.n is None else 1 << (self.n - 1).bit_length()

    def check(self) -> None:
        """Raises UsageError for numbers that make no sense."""
        if self.method not in METHODS:
            hint = did_you_mean(self.method, list(METHODS), f"the methods are {', '.join(METHODS)}")
            raise UsageError(f"there is no method {self.method!r}", hint=hint)
        if self.n is not None and not FEWEST <= self.n <= MOST:
            raise UsageError(
                f"--n takes from {FEWEST} to 2^32 points, or {AUTO}, not {self.n}", hint=f"as --n {POINTS}"
            )
        if self.n is None and self.method in (MORRIS, LOCAL):
            raise UsageError(
                f"--n {AUTO} is not for --method {self.method}, whose measures have a unit", hint=f"as --n {POINTS}"
            )
        if self.second_order and self.method != SOBOL:
            raise UsageError(f"--second-order is for --method {SOBOL}, not {self.method}")
        if not 0 <= self.seed < 1 << 64:
            raise UsageError(f"--seed is a whole number from 0 to 2^64 - 1, not {self.seed}")
        if not 0 < self.coverage < 1:
            raise UsageError(f"--coverage is a probability between 0 and 1, not {self.coverage:g}", hint="as 0.95")
        if not 0 < self.tolerance < 1:
            raise UsageError(f"--tolerance is between 0 and 1, not {self.tolerance:g}", hint="as 1e-4")
