"""A slope that leaves the range of floats on the way is found in the compiled loops, too."""

from __future__ import annotations

from math import nan

import pytest

import exprgrad
from exprgrad.jobs.train.loops.mended import Mended
from exprgrad.jobs.train.loops.states import Carry, State, States


class Counting:
    """A loop of which each parameter is the epoch; its gradient is lost in some epochs. It notes what it was asked."""

    def __init__(self, lost: set[int]) -> None:
        self.lost = lost
        self.asked: list[tuple[int, int]] = []

    def advance(self, carry: Carry, epochs: int) -> tuple[States, Carry]:
        self.asked.append((carry.epoch, epochs))
        return States([self.at(carry.epoch + k) for k in range(epochs)]), self.carry(carry.epoch + epochs)

    def look(self, carry: Carry) -> State:
        return self.at(carry.epoch)

    def at(self, epoch: int) -> State:
        return State(epoch, 1.0, (float(epoch),), (nan if epoch in self.lost else 1.0,))

    @staticmethod
    def carry(epoch: int) -> Carry:
        return Carry(epoch, (float(epoch),), (), (0.0,))


def run(fast: Counting, careful: Counting, epochs: int) -> list[State]:
    """The states up to an epoch, or up to the first that is lost to both."""
    loop = Mended(lambda *_: fast, lambda *_: careful, None, None)  # type: ignore[arg-type]
    carry, found = Counting.carry(0), list[State]()
    while carry.epoch < epochs and (not found or found[-1].finite):
        states, carry = loop.advance(carry, epochs - carry.epoch)
        found += states[: states.finite + 1]
        assert loop.look(carry).finite == (fast.at(carry.epoch).finite or careful.at(carry.epoch).finite)
    return found


def test_epochs_that_the_fast_loop_loses_are_made_by_the_careful_one() -> None:
    fast, careful = Counting({3, 4, 9}), Counting(set())
    assert [(state.epoch, state.finite) for state in run(fast, careful, 12)] == [(k, True) for k in range(12)]
    assert careful.asked == [(3, 1), (4, 1), (9, 1)]
    assert fast.asked[:5] == [(0, 12), (0, 3), (3, 9), (4, 1), (5, 1)]  # after a failure it is asked for few


def test_what_both_lose_ends_the_run() -> None:
    found = run(Counting({2}), Counting({2}), 5)
    assert [state.finite for state in found] == [True, True, False]


@pytest.mark.long
def test_the_compiled_loop_goes_on_as_the_plain_one() -> None:
    fast, plain = (
        exprgrad.train("1/(1 + exp(w)) + 2*w^2", w=720.0, params=["w"], lr=0.05, epochs=20, backend=backend)
        for backend in ("llvm", "interpreter")
    )
    assert fast.stopped == plain.stopped == "epochs"
    for mine, other in zip(fast.history, plain.history, strict=True):  # the interpreter looks twice more often
        assert [mine.loss, mine.gradient["w"]] == pytest.approx([other.loss, other.gradient["w"]], rel=1e-12)
