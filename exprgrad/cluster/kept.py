"""Pieces of work that stay on the workers of a cluster and are asked again and again.

What a piece answers may depend on what it was asked before. So a piece that is lost with its worker is begun by another
one, and asked all questions again: its answers have the same bits. A question that a piece has answered already, as
another one was lost at the same time, has the same answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from exprgrad.backends.protocol import Errand
from exprgrad.cluster.connection import Connection, LostError
from exprgrad.cluster.errands import AllRows, SharedErrand, same_errand
from exprgrad.cluster.placing import spread

_DEATHS = 4
"""How many workers a piece may cost."""


class Holder:
    """A piece on a worker."""

    def __init__(self, errand: SharedErrand, piece: Any) -> None:
        self._ask: Callable[[Any], Any] = errand.answer(piece)
        self._number, self._last = -1, None

    def ask(self, number: int, question: Any) -> Any:
        """The answer to a question; questions have ascending numbers."""
        if number > self._number:
            self._number, self._last = number, self._ask(question)
        return self._last


class Kept:
    """See `backends.protocol.Kept`."""

    def __init__(self, connection: Connection, errand: Errand, pieces: Sequence[Any], weights: Sequence[float]) -> None:
        """`weights` say how much there is to do in each piece. The pieces are kept here, too, for when one is lost."""
        self._connection = connection
        self._shared = connection.submit(
            same_errand, SharedErrand(errand, AllRows((), {}, "error"), connection.versions)
        )
        self._pieces = list(pieces)
        self._weights = weights
        self._asked: list[Any] = []
        self._holders: list[Any] = []
        self._actors: list[Any] = []

    def ask(self, question: Any) -> list[Any]:
        """What all pieces answer, in their order."""
        deaths: Counter[int] = Counter()
        number = len(self._asked)
        while max(deaths.values(), default=0) < _DEATHS:
            try:
                self._restore()
                found = self._connection.asked(self._actors, "ask", (number, question), self._holders)
            except LostError:
                deaths.update(k for k, holder in enumerate(self._holders) if self._connection.is_lost(holder))
                continue
            self._asked.append(question)
            return found
        raise self._connection.killed(_DEATHS)

    def _restore(self) -> None:
        """Have all pieces in place, each with all questions so far behind it."""
        connection = self._connection
        lost = [k for k, holder in enumerate(self._holders) if connection.is_lost(holder)]
        if self._holders and not lost:
            return
        slots = connection.slots()
        places = spread(self._weights, len(slots))
        begun = lost or range(len(self._pieces))
        self._holders += [None] * (len(self._pieces) - len(self._holders))
        for k in begun:
            worker = slots[places[k]]
            self._holders[k] = connection.submit(Holder, self._shared, self._pieces[k], stays=True, worker=worker)
        self._actors = connection.settled(self._holders)
        for number, question in enumerate(self._asked):
            connection.asked([self._actors[k] for k in begun], "ask", (number, question), self._holders)
