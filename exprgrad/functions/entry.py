"""One row of the function table: everything known about one function."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import NamedTuple

Interval = tuple[float, float]

SECOND = 2.0**19
"""Bound in ulp, about 1e-10, for the partials of helpers: of rows that are derivatives themselves."""


class Function(NamedTuple):
    """A function of the language. Formulas are texts in the language itself, over the operands.

    A *core* function brings `value`, a callable on floats; a *derived* one brings `definition`,
    its formula over other functions. A formula in `partials` may also use `out`, the value.
    """

    name: str
    operands: tuple[str, ...]
    doc: str
    """One line that says what it computes."""
    partials: tuple[str, ...]
    """The local partial derivative by each operand; "0" where it vanishes everywhere."""
    value: Callable[..., float] | None = None
    definition: str = ""
    formula: str = ""
    """The textbook's formula: what the value is measured against. Its literals are the decimal numbers
    as written and pi is the real number. Empty for what `definition` says best, or mpmath itself has."""
    gates: tuple[str, ...] = ()
    """For each operand the condition under which the value depends on it at all. Where it fails,
    nothing flows back to the operand: not even a zero, which an infinite slope would turn into nan."""
    kink: str = ""
    """The condition at which the derivative does not exist (a corner, a jump, a one-sided end)."""
    convention: str = ""
    """What the derivative is at the kink."""
    domain: tuple[Interval, ...] = ()
    """Interval of each operand on which the value is real; all reals where empty."""
    defaults: tuple[float, ...] = ()
    """Values of trailing operands that a call may leave out."""
    aliases: tuple[str, ...] = ()
    reduces: bool = False
    """Whether the first operand is a column that is folded to one number; partials are then by its rows.
    A number counts as a column of one row: that is what `value` computes."""
    fold: str = ""
    """The function of two that a reduction folds with; empty for what `definition` folds."""
    folded: str = ""
    """The reduction that a call with a single operand means."""
    symbol: str = ""
    """An operator's sign."""
    written: str = ""
    """How a person writes this function when a derivative is printed (helpers of derivatives only)."""
    latex: str = ""
    """LaTeX with #1, #2, … for the operands; empty for \\operatorname{name}(…)."""
    source: str = ""
    """Where definition and derivative are found: a paper, or a section of DLMF (dlmf.nist.gov)."""
    ulp: tuple[float, float] = (2, 4)
    """Largest error of the value and of each partial, in units in the last place, where the true
    result is a normal float. Held by tests/functions and `python -m benchmarks.accuracy`."""
    terms: tuple[str, ...] = ()
    """For the value, then for each partial: near a root, where the result is a small difference of
    larger terms, the formula of such a term. Errors are counted in ulp of the term where it is
    larger than the result. Empty: in ulp of the result, everywhere."""
    portable_first: tuple[tuple[float, str], ...] = ()
    """Portable formulas for single values of the first operand, where there is none for all of them: for each the
    value, and the formula over the other operands."""
    points: tuple[tuple[float, ...], ...] = ()
    """Operands worth a test: kinks, ends of the domain, places where textbook forms fail."""

    @property
    def arity(self) -> tuple[int, int]:
        """Fewest and most operands of a call."""
        return len(self.operands) - len(self.defaults), len(self.operands)

    def interval(self, index: int) -> Interval:
        """The domain of one operand."""
        return self.domain[index] if self.domain else (-inf, inf)
