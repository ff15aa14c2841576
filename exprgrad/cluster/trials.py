"""Spans of trials on the workers of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from exprgrad.cluster.connection import Connection
from exprgrad.cluster.errands import AllRows, answers
from exprgrad.jobs.uncertainty.montecarlo.counts import Counts
from exprgrad.jobs.uncertainty.montecarlo.spans import Place, Question, Span, span

_BATCHES = 32
"""Of a span: about a million trials, which take some tenths of a second."""


class _Trials(NamedTuple):
    """See `backends.protocol.Errand`: a piece of it is the place of a span."""

    question: Question
    bins: Sequence[Counts] | None

    def begun(self, source: Any) -> Callable[[Place], Span]:
        """Compiles the kernels of this process."""
        rows = self.question.rows()
        return lambda place: span(rows, place, self.bins)


class Workers:
    """See `jobs.uncertainty.montecarlo.spans.Machine`."""

    batches = _BATCHES

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def spans(self, question: Question, places: Sequence[Place], bins: Sequence[Counts] | None) -> Iterator[Span]:
        """The spans in their order. A worker that is lost has its spans computed by others."""
        empty = [one.empty() for one in bins] if bins is not None else None
        yield from answers(self._connection, _Trials(question, empty), places, AllRows((), {}, "error"))
