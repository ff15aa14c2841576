"""The parts of a table on a cluster: texts in pieces that begin with a row, and what is said of a bad one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from exprgrad.cluster.connection import Connection
from exprgrad.cluster.placing import spread
from exprgrad.data import ranges
from exprgrad.data.faults import MisfitError
from exprgrad.data.shards import Part


def settled(connection: Connection, parts: Sequence[Part]) -> list[Part]:
    """The parts, pieces of texts from one row to another, by a look at each where it is likely to be loaded."""
    texts = [part for part in parts if part.text]
    if not texts:
        return list(parts)
    slots = connection.slots()
    places = spread([part.weight for part in texts], len(slots))
    looks = [connection.submit(ranges.look, part, worker=slots[k]) for part, k in zip(texts, places, strict=True)]
    return ranges.settled(parts, connection.results(looks))


def results(
    connection: Connection, parts: Sequence[Part], promises: Sequence[Any], needed: Sequence[Any] = ()
) -> Iterator[Any]:
    """What is promised of each part, in their order; which may need other promises. Raises DataError for a bad row,
    with its number in the file; then the rest is left undone."""
    for place, promise in enumerate(promises):
        try:
            yield from connection.results([promise])
        except MisfitError as misfit:
            connection.cancel([*promises, *needed])
            counts = [connection.submit(ranges.count, part) for part in ranges.before(parts, place)]
            raise misfit.at(parts[place].name, sum(connection.results(counts))) from None
