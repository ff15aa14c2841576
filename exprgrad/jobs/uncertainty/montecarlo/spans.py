"""Spans of trials, and the machines that compute them. What comes of a span is the same on each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from exprgrad.distributions.distribution import Distribution
from exprgrad.graph.graph import Graph
from exprgrad.jobs.uncertainty.montecarlo.counts import Counts
from exprgrad.jobs.uncertainty.montecarlo.moments import Moments
from exprgrad.jobs.uncertainty.montecarlo.rows import BATCH, Rows
from exprgrad.trials.copula import Pair
from exprgrad.trials.pool import in_order
from exprgrad.trials.quantiles import Floats
from exprgrad.trials.trials import Trials

_BATCHES = 8
"""Of a span that is computed here."""


class Question(NamedTuple):
    """What is computed for each trial. It can travel to another machine."""

    graph: Graph
    outputs: Mapping[str, int]
    """The nodes of the results by their names."""
    numbers: Mapping[str, float]
    """The estimates of all inputs: those of exact ones are used."""
    drawn: Mapping[str, Distribution]
    correlations: Mapping[Pair, float]
    seed: int
    expected: int
    """About how many trials are to come."""

    def rows(self) -> Rows:
        """What computes them in this process."""
        trials = Trials(self.drawn, self.correlations, self.seed)
        return Rows(self.graph, self.outputs, self.numbers, trials, self.expected)


class Span(NamedTuple):
    """What some trials give that follow one another."""

    trials: int
    moments: list[Moments]
    """Those of its batches, to be merged in this order."""
    values: list[Floats]
    """The results [results, trials] of its batches, if they were to be kept."""
    counts: list[Counts]
    """Of each result, if they were to be counted."""


Place = tuple[int, int]
"""The first trial of a span, and the first one behind it."""


class Machine(Protocol):
    """Whatever computes spans."""

    batches: int
    """The most batches of a span that suits it."""

    def spans(self, question: Question, places: Sequence[Place], bins: Sequence[Counts] | None) -> Iterator[Span]:
        """The spans at these places in their order: the results as they are, or counted in bins, one row of them for
        each result. Raises NumbersError for a trial without a finite result."""


def span(rows: Rows, place: Place, bins: Sequence[Counts] | None) -> Span:
    """A span, batch by batch: see `Machine.spans`."""
    found = Span(place[1] - place[0], [], [], [one.empty() for one in bins or ()])
    for start in range(*place, BATCH):
        results, moments = rows.batch(start, min(BATCH, place[1] - start))
        found.moments.append(moments)
        if bins is None:
            found.values.append(results)
        for counts, values in zip(found.counts, results, strict=False):
            counts.add(values)
    return found


class Threads:
    """The threads of this process."""

    batches = _BATCHES

    def __init__(self, threads: int | None = None) -> None:
        """None for all that the process may use."""
        self._threads = threads
        self._known: tuple[Question, Rows] | None = None

    def spans(self, question: Question, places: Sequence[Place], bins: Sequence[Counts] | None) -> Iterator[Span]:
        """See `Machine.spans`."""
        if self._known is None or self._known[0] is not question:
            self._known = question, question.rows()  # is compiled here, not in each thread
        rows = self._known[1]
        return in_order(lambda k: span(rows, places[k], bins), range(len(places)), self._threads)
