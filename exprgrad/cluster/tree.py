"""The tree of workers that answers for all rows, without the scheduler.

A leaf holds the rows of neighbouring parts on one worker; a branch, on some worker too, asks up to 16 leaves or other
branches at once and merges their answers. Both are actors, as Dask calls what stays on a worker and is asked there. The
command asks the topmost branches (or the leaves, if they are 16 or fewer), so with n workers an answer takes about
log16(n) rounds of 16 questions instead of n questions:

    command ──┬── branch ──┬── leaf: rows of parts 0, 1, 2
              │            └── leaf: rows of parts 3, 4
              └── branch ──┬── leaf: rows of parts 5, 6        what each leaf says of a sum:
                           └── leaf: rows of parts 7, 8, 9     the subtrees of its blocks (`columns.subtrees`)

`loaded.Loaded` builds the tree, and builds what is lost with a worker again.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from distributed import get_worker

from exprgrad.backends.threads import on_threads
from exprgrad.cluster.tasks import Shared, SharedPlan
from exprgrad.columns.folds import BLOCK
from exprgrad.columns.subtrees import Both, PartBlocks, Subtree, joining, merged, spans
from exprgrad.data.parts.digest import Blocks, blocks
from exprgrad.data.parts.part import Rows, joined


class Question(NamedTuple):
    """A stage to be computed."""

    plan: int
    """The number of the plan."""
    stage: int
    """Which stage of it."""
    numbers: Mapping[int, float]
    """The known numbers that the stage uses, by node."""
    functions: Sequence[str]
    """The functions of two operands with which its reductions fold."""

    @property
    def both(self) -> Both:
        """Joins the folds of neighbouring rows."""
        return joining(self.functions)


class BlockQuestion(NamedTuple):
    """A fold of blocks to be computed: see `backends.blockwise`."""

    plan: int
    """The number of the fold."""
    asked: Any
    both: Both


class Leaf:
    """The rows of neighbouring parts. A stage over them has as many threads as the worker."""

    def __init__(self, parts: Sequence[Rows], heads: Sequence[Rows], blocks: PartBlocks) -> None:
        """`heads` are rows of the next leaves, which complete the last block."""
        self._rows = [*parts, *heads]
        self._ends = list(accumulate(rows.size for rows in self._rows))
        self._blocks = blocks
        self._plans: dict[int, tuple[Shared, Any]] = {}

    def learn(self, plan: Shared) -> None:
        """Be ready for the stages of a plan. Raises ClusterError where this worker's versions differ."""
        self._plans[plan.number] = plan, plan.backend(get_worker().state.nthreads)

    def fold(self, question: Question | BlockQuestion) -> list[Subtree]:
        """The folds of its blocks, in as few subtrees as possible."""
        subtrees = self._subtrees(question) if isinstance(question, Question) else self._of_blocks(question)
        return merged(question.both, subtrees)

    def marks(self, names: Sequence[str]) -> list[Blocks]:
        """The fingerprints of its blocks."""
        return [blocks(names, (rows.columns for rows in self._between(self._blocks.skip, self._ends[-1])))]

    def _subtrees(self, question: Question) -> Iterator[Subtree]:
        plan, backend = self._plans[question.plan]
        assert isinstance(plan, SharedPlan)
        stage = plan.plan.stages[question.stage]
        blocks = self._blocks
        for level, place in spans(blocks.first, blocks.last):
            start = blocks.skip + ((place << level) - blocks.first) * BLOCK
            run = backend.start(stage, question.numbers)
            for rows in self._between(start, start + (BLOCK << level)):
                run.feed({name: rows.columns[name] for name in stage.inputs})
            values = run.folds()
            yield Subtree(level, place, tuple(values[node] for node in stage.folds))

    def _of_blocks(self, question: BlockQuestion) -> Iterator[Subtree]:
        _, fold = self._plans[question.plan]
        blocks = self._blocks

        def block(place: int) -> Subtree:
            start = blocks.skip + (place - blocks.first) * BLOCK
            parts = [rows.columns for rows in self._between(start, start + BLOCK)]
            columns = {name: joined([part[name] for part in parts]) for name in fold.columns}
            return Subtree(0, place, fold.block(question.asked, columns))

        yield from on_threads(block, range(blocks.first, blocks.last), get_worker().state.nthreads)

    def _between(self, start: int, stop: int) -> Iterator[Rows]:
        """The rows from one on and before another, not copied."""
        for k in range(bisect_right(self._ends, start), len(self._rows)):
            before = self._ends[k] - self._rows[k].size
            if before >= stop:
                break
            if self._rows[k].size:
                yield self._rows[k].between(max(start - before, 0), stop - before)


class Branch:
    """Asks neighbouring leaves, or other branches, all at once, and merges their answers."""

    def __init__(self, children: Sequence[Any]) -> None:
        self._children = children

    async def learn(self, plan: Shared) -> None:
        """Tell all leaves."""
        await self._ask("learn", plan)

    async def fold(self, question: Question | BlockQuestion) -> list[Subtree]:
        """The folds of all leaves, in as few subtrees as possible."""
        answers = await self._ask("fold", question)
        return merged(question.both, (subtree for answer in answers for subtree in answer))

    async def marks(self, names: Sequence[str]) -> list[Blocks]:
        """The fingerprints of the blocks of all leaves."""
        return [marks for answer in await self._ask("marks", names) for marks in answer]

    async def _ask(self, method: str, question: Any) -> list[Any]:
        calls = [getattr(child, method) for child in self._children]
        for child in self._children:
            # Where a connection breaks, Dask waits for this promise, which on a worker never learns of anything.
            child._future = None
        return await asyncio.gather(*(call(question) for call in calls))
