"""The parts of a table, and the results of tasks for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from exprgrad.cluster.connection import Connection
from exprgrad.cluster.placing import spread
from exprgrad.data.faults import MisfitError
from exprgrad.data.parts import divide
from exprgrad.data.parts.part import Part


class Parts:
    """The parts of a table, in the order of the rows."""

    def __init__(
        self,
        connection: Connection,
        parts: Sequence[Part],
        tell: Callable[[Mapping[tuple[str, str], str]], None] = lambda told: None,
    ) -> None:
        """`tell` takes what the rows show that the user is to know."""
        self.tell = tell
        self._connection = connection
        self._given = parts

    @cached_property
    def all(self) -> list[Part]:
        """The parts. The workers look at those of texts first, and find where rows begin in them."""
        texts = [part for part in self._given if part.text]
        slots = self._connection.slots()
        places = spread([part.weight for part in texts], len(slots))
        looks = [
            self._connection.submit(divide.look, part, worker=slots[place])
            for part, place in zip(texts, places, strict=True)
        ]
        return divide.settled(self._given, self._connection.results(looks) if looks else ())

    def results(self, promises: Sequence[Any], needed: Sequence[Any] = (), first: int = 0) -> Iterator[Any]:
        """The results that were promised of the parts from `first` on, in order. `needed` are promises which these wait
        for. Raises DataError for a bad row, with its number in the file."""
        connection = self._connection
        for place, promise in enumerate(promises, first):
            try:
                yield from connection.results([promise])
            except MisfitError as misfit:
                connection.cancel([*promises, *needed])
                earlier = [connection.submit(divide.count, part) for part in divide.before(self.all, place)]
                raise misfit.at(self.all[place].name, sum(map(int, connection.results(earlier)))) from None
