"""What stays on the workers between passes, and answers without the scheduler: actors, as Dask calls them."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from distributed import get_worker

from exprgrad.backends.passes import Backend
from exprgrad.cluster.tasks import Job
from exprgrad.columns.folds import BLOCK
from exprgrad.columns.subtrees import Share, Subtree, merged, spans
from exprgrad.data.parts.digest import Blocks, blocks
from exprgrad.data.parts.part import Rows


class Question(NamedTuple):
    """A pass to be made."""

    job: int
    """The number of the job."""
    turn: int
    """Which pass of its plan."""
    numbers: Mapping[int, float]
    """What it uses of the numbers that are known, by node."""
    functions: Sequence[str]
    """Those of two that its reductions fold with."""


class Portion:
    """The rows of neighbouring parts. A pass over them has as many threads as the worker."""

    def __init__(self, parts: Sequence[Rows], heads: Sequence[Rows], share: Share) -> None:
        """`heads` are the rows of others that complete the last block."""
        self._rows = [*parts, *heads]
        self._ends = list(accumulate(rows.size for rows in self._rows))
        self._share = share
        self._jobs: dict[int, tuple[Job, Backend]] = {}

    def learn(self, job: Job) -> None:
        """Be ready for the passes of a job. Raises ClusterError where this worker's versions are others."""
        self._jobs[job.number] = job, job.backend(get_worker().state.nthreads)

    def fold(self, question: Question) -> list[Subtree]:
        """The subtrees of its blocks, in the fewest."""
        return merged(question.functions, self._subtrees(question))

    def marks(self, names: Sequence[str]) -> list[Blocks]:
        """The fingerprints of its blocks."""
        return [blocks(names, (rows.columns for rows in self._cut(self._share.skip, self._ends[-1])))]

    def _subtrees(self, question: Question) -> Iterator[Subtree]:
        job, backend = self._jobs[question.job]
        turn = job.plan.passes[question.turn]
        share = self._share
        for level, place in spans(share.first, share.last):
            start = share.skip + ((place << level) - share.first) * BLOCK
            run = backend.start(turn, question.numbers)
            for rows in self._cut(start, start + (BLOCK << level)):
                run.feed({name: rows.columns[name] for name in turn.inputs})
            values = run.folds()
            yield Subtree(level, place, tuple(values[node] for node in turn.folds))

    def _cut(self, start: int, stop: int) -> Iterator[Rows]:
        """The rows from one on and before another, not copied."""
        for k in range(bisect_right(self._ends, start), len(self._rows)):
            before = self._ends[k] - self._rows[k].size
            if before >= stop:
                break
            if self._rows[k].size:
                yield self._rows[k].between(max(start - before, 0), stop - before)


class Branch:
    """Asks neighbouring portions, or other branches, all at once, and merges their answers."""

    def __init__(self, children: Sequence[Any]) -> None:
        self._children = children

    async def learn(self, job: Job) -> None:
        """Tell all portions."""
        await self._ask("learn", job)

    async def fold(self, question: Question) -> list[Subtree]:
        """The subtrees of all portions, in the fewest."""
        answers = await self._ask("fold", question)
        return merged(question.functions, (subtree for answer in answers for subtree in answer))

    async def marks(self, names: Sequence[str]) -> list[Blocks]:
        """The fingerprints of the blocks of all portions."""
        return [marks for answer in await self._ask("marks", names) for marks in answer]

    async def _ask(self, method: str, question: Any) -> list[Any]:
        calls = [getattr(child, method) for child in self._children]
        for child in self._children:
            # Where a connection breaks, Dask waits for this promise, which on a worker never learns of anything.
            child._future = None
        return await asyncio.gather(*(call(question) for call in calls))
