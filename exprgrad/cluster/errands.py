"""Independent pieces of work on the workers of a cluster, answered in their order."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from threading import Lock
from typing import Any

from exprgrad.backends.protocol import Errand
from exprgrad.cluster.connection import Connection
from exprgrad.cluster.versions import check_versions, versions
from exprgrad.columns.rows import Batch
from exprgrad.data.parts.part import Part, Rows, load

_AHEAD = 2
"""Pieces that wait at each thread of a worker."""


class AllRows:
    """All rows of a table, as a row source: each worker loads them for itself, and holds them."""

    def __init__(self, parts: Sequence[Part], headers: Mapping[str, str], nulls: str) -> None:
        """`headers` gives the column of each variable."""
        self._parts, self._headers, self._nulls = parts, headers, nulls
        self._held: dict[frozenset[str], list[Rows]] = {}
        self._lock = Lock()
        self.rows: int | None = None

    def __reduce__(self) -> tuple[object, ...]:
        return AllRows, (self._parts, self._headers, self._nulls)

    @property
    def names(self) -> Collection[str]:
        return self._headers.keys()

    def read(self, names: Sequence[str]) -> Iterator[Batch]:
        """The rows of each part. Raises DataError for what cannot be read."""
        # Where rows without a number are left out, they are those without one of these columns.
        wanted = frozenset(names if self._nulls == "skip" else self._headers)
        with self._lock:
            if wanted not in self._held:
                headers = {name: self._headers[name] for name in self._headers if name in wanted}
                self._held[wanted] = [load(part, headers, self._nulls) for part in self._parts]
        for rows in self._held[wanted]:
            if rows.size:
                yield {name: rows.columns[name] for name in names}

    def place(self, row: int) -> str:
        return f"row {row + 1}"


class SharedErrand:
    """An errand that travels to workers; each process that it comes to begins it once."""

    def __init__(self, errand: Errand, source: AllRows, versions: Mapping[str, str]) -> None:
        self._errand, self._source, self._versions = errand, source, versions
        self._begun: Callable[[Any], Any] | None = None
        self._lock = Lock()

    def __reduce__(self) -> tuple[object, ...]:
        return SharedErrand, (self._errand, self._source, self._versions)

    def answer(self, piece: Any) -> Any:
        """Of one piece of work. Raises ClusterError where the versions differ."""
        with self._lock:
            if self._begun is None:
                check_versions(self._versions, versions(), socket.gethostname())
                self._begun = self._errand.begun(self._source)
        return self._begun(piece)


def same_errand(errand: SharedErrand) -> SharedErrand:
    """The errand, as the result of a task: other tasks get it from whichever worker has it."""
    return errand


def answer(errand: SharedErrand, piece: Any) -> Any:
    """The answer to a piece, on a worker."""
    return errand.answer(piece)


def answers(connection: Connection, errand: Errand, pieces: Iterable[Any], source: AllRows) -> Iterator[Any]:
    """The answers to all pieces, in their order. A worker that is lost has its pieces answered by others."""
    submit, waiting = connection.submit, deque[Any]()
    shared = submit(same_errand, SharedErrand(errand, source, connection.versions))
    left = iter(pieces)
    try:
        while True:
            room = _AHEAD * len(connection.slots()) - len(waiting)
            waiting.extend(submit(answer, shared, piece) for piece in islice(left, max(room, 0)))
            if not waiting:
                return
            (found,) = connection.results([waiting[0]])
            waiting.popleft()
            yield found
    finally:
        connection.cancel([*waiting])
