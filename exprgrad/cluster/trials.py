"""Spans of trials on the workers of a cluster."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from threading import Lock
from typing import Any

from exprgrad.cluster.connection import Connection
from exprgrad.cluster.versions import check_versions, versions
from exprgrad.jobs.uncertainty.montecarlo.counts import Counts
from exprgrad.jobs.uncertainty.montecarlo.rows import Rows
from exprgrad.jobs.uncertainty.montecarlo.spans import Place, Question, Span, span

_BATCHES = 32
"""Of a span: about a million trials, which take some tenths of a second."""
_AHEAD = 2
"""Spans that wait at each thread of a worker."""


class SharedQuestion:
    """A question that travels to workers; each process that it comes to compiles its own kernels, once."""

    def __init__(self, question: Question, versions: Mapping[str, str]) -> None:
        self._question = question
        self._versions = versions
        self._rows: Rows | None = None
        self._lock = Lock()

    def __reduce__(self) -> tuple[object, ...]:
        return SharedQuestion, (self._question, self._versions)

    def rows(self) -> Rows:
        """What answers it in this process. Raises ClusterError where the versions differ."""
        with self._lock:
            if self._rows is None:
                check_versions(self._versions, versions(), socket.gethostname())
                self._rows = self._question.rows()
            return self._rows


def same_question(question: SharedQuestion) -> SharedQuestion:
    """The question, as the result of a task: other tasks get it from whichever worker has it."""
    return question


def answer(question: SharedQuestion, place: Place, bins: Sequence[Counts] | None) -> Span:
    """A span, on a worker."""
    return span(question.rows(), place, bins)


class Workers:
    """See `jobs.uncertainty.montecarlo.spans.Machine`."""

    batches = _BATCHES

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def spans(self, question: Question, places: Sequence[Place], bins: Sequence[Counts] | None) -> Iterator[Span]:
        """The spans in their order. A worker that is lost has its spans computed by others."""
        submit, waiting = self._connection.submit, deque[Any]()
        shared = submit(same_question, SharedQuestion(question, self._connection.versions))
        empty = [one.empty() for one in bins] if bins is not None else None
        left = iter(places)
        try:
            while True:
                room = _AHEAD * len(self._connection.slots()) - len(waiting)
                waiting.extend(submit(answer, shared, place, empty) for place in islice(left, max(room, 0)))
                if not waiting:
                    return
                (found,) = self._connection.results([waiting[0]])
                waiting.popleft()
                yield found
        finally:
            self._connection.cancel([*waiting])
