"""An optimizer chosen by a text such as `adam,beta1=0.8`, and its update in an arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import NamedTuple, TypeVar

from exprgrad.errors import UsageError
from exprgrad.functions.arithmetic import Arithmetic
from exprgrad.functions.rules import bind
from exprgrad.jobs.train.optimizers.named import complete, listed, named_settings
from exprgrad.jobs.train.optimizers.table import OPTIMIZERS
from exprgrad.text.numbers import format_number

T = TypeVar("T")

LBFGS = "lbfgs"
"""L-BFGS-B finds the length of its steps itself, so it is no row of the table: see `jobs.train.lbfgs`."""
Remembered = tuple[tuple[T, ...], ...]
"""What an optimizer remembers between updates: for each memory of its row, one number per parameter."""
Update = Callable[[Sequence[T], Sequence[T], Remembered[T], T], tuple[list[T], Remembered[T]]]
"""From parameters, their gradient, what is remembered and the learning rate to the next parameters, and to what is
remembered next. It is a pure function."""


class Choice(NamedTuple):
    """An optimizer chosen by name, with all of its settings."""

    name: str
    settings: dict[str, float]

    @property
    def memories(self) -> int:
        """How many numbers it remembers of each parameter."""
        return len(OPTIMIZERS[self.name].memory)

    def start(self, size: int) -> Remembered[float]:
        """What is remembered of so many parameters before the first update."""
        return tuple((memory.start,) * size for memory in OPTIMIZERS[self.name].memory)

    def update(self, arithmetic: Arithmetic[T]) -> Update[T]:
        """The update in an arithmetic: on floats it computes, on operands of instructions it writes the code.

        The formulas of the row see one list of values, in the order of `names`; an updated memory takes the place
        of the old one in that list.
        """
        row = OPTIMIZERS[self.name]
        names = ["p", "g", "rate", *self.settings, *(memory.name for memory in row.memory)]
        settings = [arithmetic.constant(value) for value in self.settings.values()]
        remember = [bind(memory.next, names, arithmetic) for memory in row.memory]
        move = bind(row.parameter, names, arithmetic)
        first = len(names) - len(row.memory)

        def update(
            parameters: Sequence[T], gradient: Sequence[T], remembered: Remembered[T], rate: T
        ) -> tuple[list[T], Remembered[T]]:
            after: list[T] = []
            kept: list[list[T]] = []
            for index, (p, g) in enumerate(zip(parameters, gradient, strict=True)):
                values = [p, g, rate, *settings, *(vector[index] for vector in remembered)]
                for place, formula in enumerate(remember, first):
                    values[place] = formula(values)
                after.append(move(values))
                kept.append(values[first:])
            return after, tuple(zip(*kept, strict=True)) if remember else ()

        return update


def names() -> list[str]:
    """All that `choose` knows."""
    return [*OPTIMIZERS, LBFGS]


def choose(text: str) -> Choice:
    """The optimizer of a text such as `adam` or `momentum,momentum=0.95`. Raises UsageError."""
    name, given = named_settings(text, "optimizer")
    listed("optimizer", name, names())
    if name == LBFGS:
        return Choice(name, complete(f"the optimizer {name}", {}, given))
    row = OPTIMIZERS[name]
    settings = complete(f"the optimizer {name}", {key: one.default for key, one in row.settings.items()}, given)
    for key, value in settings.items():
        below = row.settings[key].below
        if not 0 <= value < below:
            limits = "at least 0" if below == inf else f"at least 0 and below {format_number(below)}"
            raise UsageError(f"{key} of {name} must be {limits}, not {format_number(value)}")
    return Choice(name, settings)
