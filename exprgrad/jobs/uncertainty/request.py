"""What a user asks an uncertainty for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from exprgrad.distributions.scan import Piece
from exprgrad.errors import UsageError
from exprgrad.jobs.uncertainty.montecarlo.wanted import Wanted


class Target(NamedTuple):
    """The uncertainty that is wanted."""

    size: float
    relative: bool = False
    """Whether the size is a fraction of the value."""
    expanded: bool = False
    """Whether it is the expanded uncertainty."""

    @classmethod
    def read(cls, text: str, option: str = "--target") -> Target:
        """The uncertainty in `u=0.1`, `U=0.2` (expanded) or `u=1%`. Raises UsageError for another text."""
        name, equals, size = text.rpartition("=")
        if equals and name.strip() not in ("u", "U"):
            raise UsageError(f"{option} takes u=SIZE, or U=SIZE for the expanded uncertainty, not {text!r}")
        piece = Piece.of(size, option)
        part = piece.fraction()
        plain, divisor = part or (piece, 1.0)
        return cls(plain.number() / divisor, part is not None, name.strip() == "U")


class Request(NamedTuple):
    """What is computed beside the budget."""

    coverage: float = 0.95
    """The probability that the coverage interval holds the quantity with."""
    results: tuple[str, ...] = ()
    """The named values that are results; if none are given, those that no other one uses."""
    second_order: bool = False
    target: Target | None = None
    limits: Mapping[str, tuple[float, float]] = {}
    """The tolerance interval of each result; of the only one under an empty name."""
    explain: bool = False
    """Whether to say which clause each number follows."""
    montecarlo: Wanted | None = None
    """The trials that the distributions are propagated by, beside the linear law."""

    def check(self) -> None:
        """Raises UsageError for numbers that make no sense."""
        if not 0 < self.coverage < 1:
            raise UsageError(f"--coverage is a probability between 0 and 1, not {self.coverage:g}", hint="as 0.95")
        if self.target is not None and not self.target.size > 0:
            raise UsageError("--target takes an uncertainty above 0", hint="as u=0.1, U=0.2 or u=1%")
        if self.montecarlo is not None:
            self.montecarlo.check(self.coverage)
