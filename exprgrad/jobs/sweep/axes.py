"""What one variable goes through: the numbers of a list or a range, all of an interval, or a distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import NamedTuple

from exprgrad.columns.ranges import stepped
from exprgrad.columns.values import Column
from exprgrad.distributions.uncertain import Uncertain
from exprgrad.errors import UsageError
from exprgrad.text.numbers import format_number


class Axis(NamedTuple):
    """One of: `numbers`, those of a list or of a range with a step; `ends`, of a range without a step; or a value that
    is `uncertain`."""

    option: str
    """What it was given by, such as `--L`."""
    numbers: Column = ()
    ranged: bool = False
    """Whether it is a range, and not a list."""
    ends: tuple[float, float] | None = None
    uncertain: Uncertain | None = None

    def levels(self) -> Column:
        """The numbers that a grid has. Raises UsageError for a distribution, and for a range in which steps of 1 have
        no place; LimitError for more numbers than a range may have."""
        if self.uncertain is not None:
            value, size = self.uncertain.value, self.uncertain.uncertainty
            low, high = (format_number(float(f"{value + side * 2 * size:.4g}")) for side in (-1, 1))
            step = format_number(float(f"{size / 2:.2g}"))
            hint = f"give --design latin or sobol, or a range: {self.option} {low}:{high}:{step}"
            raise UsageError(f"{self.option} is a distribution, and a grid has lists and ranges", hint=hint)
        if self.ends is None:
            return self.numbers
        first, last = map(format_number, self.ends)
        found = stepped(self.option, (*self.ends, 1.0), (first, last, "1"))
        if len(found) < 2:
            step = format_number(float(f"{(self.ends[1] - self.ends[0]) / 10:.1g}"))
            what = f"{self.option}: the range {first}:{last} has one number alone, as its steps are of 1"
            raise UsageError(what, hint=f"write {self.option} {first}:{last}:{step}")
        return found

    @property
    def is_range(self) -> bool:
        """Whether it is a range, with a step or without."""
        return self.ranged or self.ends is not None


def interval(option: str, first: float, last: float) -> Axis:
    """The axis of a range without a step. Raises UsageError where it is empty or infinite."""
    if first == last:
        hint = f"for one number write {option} {format_number(first)}"
        raise UsageError(f"{option}: the range has one number alone", hint=hint)
    if not (isfinite(first) and isfinite(last) and first < last):
        stepped(option, (first, last, 1.0), (str(first), str(last), "1"))  # raises
    return Axis(option, ends=(first, last))


def swept(bindings: Mapping[str, float | Axis]) -> tuple[dict[str, float], dict[str, Axis]]:
    """The variables that are held, with their numbers, and those that are swept. Raises UsageError where none is."""
    numbers = {name: value for name, value in bindings.items() if not isinstance(value, Axis)}
    axes = {name: value for name, value in bindings.items() if isinstance(value, Axis)}
    if not axes:
        name = next(iter(bindings), "x")
        raise UsageError("nothing is swept", hint=f"give a range or a list: --{name} 0:1:0.1, or --{name} 1,2,5")
    return numbers, axes


def listed(option: str, numbers: Sequence[float]) -> Axis:
    """The axis of a list. Raises UsageError for one that is empty or has what is not finite."""
    if not len(numbers):
        raise UsageError(f"{option}: the list is empty", hint=f"as {option} 1,2,3")
    for k, number in enumerate(numbers):
        if not isfinite(number):
            raise UsageError(f"{option}: number {k + 1} of the list is not finite")
    return Axis(option, numbers)
