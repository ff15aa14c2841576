"""A second look where a compiled loop loses its numbers."""

from __future__ import annotations

from collections.abc import Callable

from exprgrad.jobs.train.loops.states import Carry, Loop, State, States
from exprgrad.jobs.train.loops.update import Step
from exprgrad.jobs.train.optimizers.schedules import Rate

Make = Callable[[Step, Rate], Loop]
"""Makes a loop."""


class Mended:
    """A compiled loop, which computes on floats alone. An epoch whose numbers are not finite there is made again by the
    loop that looks twice at derivatives: theirs are often normal floats although a number on the way was not."""

    def __init__(self, fast: Make, careful: Make, step: Step, rate: Rate) -> None:
        self._fast, self._careful = fast(step, rate), careful(step, rate)
        self._ask = 1 << 60
        """The most epochs to ask the compiled loop for: few after it failed, as it may fail again."""

    def advance(self, carry: Carry, epochs: int) -> tuple[States, Carry]:
        """See `Loop`."""
        states, after = self._fast.advance(carry, min(epochs, self._ask))
        finite = states.finite
        if finite == len(states):
            self._ask *= 2
            return states, after
        if finite:
            return self._fast.advance(carry, finite)
        self._ask = 1
        again, then = self._careful.advance(carry, 1)
        return (again, then) if again.finite else (states, after)

    def look(self, carry: Carry) -> State:
        """See `Loop`."""
        state = self._fast.look(carry)
        if state.finite:
            return state
        again = self._careful.look(carry)
        return again if again.finite else state
