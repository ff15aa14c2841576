"""A run of trials: spans in their order, added up, and what is saved of it on the way."""

from __future__ import annotations

from collections.abc import Iterator

from exprgrad.jobs.uncertainty.montecarlo.moments import Moments
from exprgrad.jobs.uncertainty.montecarlo.rows import BATCH
from exprgrad.jobs.uncertainty.montecarlo.sample import KEPT, Sample
from exprgrad.jobs.uncertainty.montecarlo.saved import Saved, identity
from exprgrad.jobs.uncertainty.montecarlo.spans import Place, Question, Span, Threads
from exprgrad.jobs.uncertainty.montecarlo.wanted import Wanted


class Course:
    """How far the trials have come."""

    def __init__(self, question: Question, coverage: float, wanted: Wanted) -> None:
        self.done = 0
        """Trials that are added up."""
        self.needed = 0
        """Trials that the digits take; 0 while that is not known."""
        self.samples = [Sample(coverage, KEPT) for _ in question.outputs]
        self._question = question
        self._coverage = coverage
        self._machine = wanted.machine or Threads(wanted.threads)
        self._checkpoints = wanted.checkpoints
        self._watch = wanted.watch
        self._moments: Moments | None = None

    @property
    def moments(self) -> Moments:
        """Of all trials so far."""
        assert self._moments is not None
        return self._moments

    def begin(self, auto: str) -> None:
        """Go on from the checkpoint, if there is one. `auto` says by what the number of trials is found, if it is.
        Raises as `Checkpoints.last`."""
        if self._checkpoints is None:
            return
        saved = self._checkpoints.last(identity(self._question, self._coverage, auto))
        if saved is None:
            return
        self.done, self.needed, self._moments = saved.moments.trials, saved.needed, saved.moments
        for sample, counts in zip(self.samples, saved.counts, strict=True):
            sample.add_counted(counts, self.done)

    def go(self, stop: int) -> None:
        """Compute the trials up to `stop`, if they are not there yet. Raises NumbersError for a trial without a finite
        result, OutputError where a checkpoint cannot be written."""
        while self.done < stop:
            bins = [counts for sample in self.samples if (counts := sample.counts) is not None]
            # Values are kept until there are more than KEPT, at the end of a batch; that sets the bins.
            end = stop if bins else min(stop, self.done + ((KEPT - self.done) // BATCH + 1) * BATCH)
            places = [*self._places(end)]
            for place, span in zip(places, self._machine.spans(self._question, places, bins or None), strict=True):
                if span.trials % BATCH:  # more trials could not go on from here to the same bits
                    self._save()
                self._add(span)
                self.done = place[1]
                self._watch(self.done)
                if not span.trials % BATCH and (self.done == stop or self._is_due()):
                    self._save()

    def _places(self, end: int) -> Iterator[Place]:
        """The spans from here on. What is no whole batch is the last one: no checkpoint is written behind it."""
        whole = end - (end - self.done) % BATCH
        step = self._machine.batches * BATCH
        yield from ((start, min(start + step, whole)) for start in range(self.done, whole, step))
        if whole < end:
            yield whole, end

    def _add(self, span: Span) -> None:
        for moments in span.moments:
            self._moments = moments if self._moments is None else self._moments.merged(moments)
        for place, sample in enumerate(self.samples):
            for values in span.values:
                sample.add(values[place])
            if span.counts:
                sample.add_counted(span.counts[place], span.trials)

    def _is_due(self) -> bool:
        return self._checkpoints is not None and self._checkpoints.is_due()

    def _save(self) -> None:
        """Write a checkpoint, if the trials are counted by now: those that are kept are made again as fast."""
        counts = [sample.counts for sample in self.samples]
        if self._checkpoints is not None and self.done and None not in counts:
            self._checkpoints.save(Saved(self.moments, self.needed, [each for each in counts if each is not None]))
