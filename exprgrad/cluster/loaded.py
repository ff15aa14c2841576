"""Some columns of a table in the memory of the workers, under the tree of `tree` that answers for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from exprgrad.cluster import tasks
from exprgrad.cluster.connection import Connection, LostError
from exprgrad.cluster.parts import Parts
from exprgrad.cluster.placing import spread
from exprgrad.cluster.tree import BlockQuestion, Branch, Leaf, Question
from exprgrad.columns.subtrees import PartBlocks, Subtree, blocks_of_parts
from exprgrad.data.parts.digest import Blocks
from exprgrad.data.parts.part import load
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

_FAN = 16
"""How many leaves or branches one asks at the most."""
_MORE = 1.5
"""All rows are loaded anew where the workers have so many times as many threads as before."""
_DEATHS = 4
"""How many workers a leaf may cost in one stage: as many as Dask lets a task have."""


class _Group(NamedTuple):
    """Neighbouring parts that one worker holds."""

    at: float
    """Where the worker stands among the slots, from 0, the first, to 1."""
    parts: Sequence[int]
    blocks: PartBlocks
    heads: Sequence[Any]
    """Promises of the rows that complete the last block."""


class Loaded:
    """The columns: each worker holds neighbouring parts. What is lost with a worker is loaded again by another."""

    def __init__(
        self,
        connection: Connection,
        parts: Parts,
        headers: Mapping[str, str],
        nulls: str,
        watch: Callable[[int], None],
    ) -> None:
        """`headers` gives the column of each variable; `watch` is told how many rows are loaded. Raises DataError
        for the first part that cannot be read, as one machine does."""
        self._connection = connection
        self._parts = parts
        self._headers = headers
        self._nulls = nulls
        self._groups: list[_Group] = []
        self._slots = 0
        """How many slots there were when the parts were last divided among them."""
        self._leaves: list[Any] = []
        self._branches: list[Any] = []
        self._roots: list[Any] = []
        """The top of the tree: whom to ask."""
        self._known: list[tasks.Known] = []
        """What is known of each part."""
        self._told: set[int] = set()
        """The numbers of the plans that all leaves know."""
        self.rows = self._divide(watch)

    def fold(self, plan: tasks.Shared, question: Question | BlockQuestion) -> list[Subtree]:
        """The subtrees of all rows, in their order."""
        return self._answers("fold", question, plan)

    def marks(self, names: Sequence[str]) -> list[Blocks]:
        """The fingerprints of all blocks of these columns, in their order."""
        return self._answers("marks", names)

    def _answers(self, method: str, question: Any, plan: tasks.Shared | None = None) -> list[Any]:
        """What all leaves answer, together. `plan` is what they have to know before."""
        deaths: Counter[int] = Counter()
        while max(deaths.values(), default=0) < _DEATHS:
            try:
                self._restore()
                if plan and plan.number not in self._told:
                    self._ask("learn", plan)
                    self._told.add(plan.number)
                answers = self._ask(method, question)
            except LostError:
                deaths.update(self._lost())
                continue
            return [item for answer in answers for item in answer]
        raise self._connection.killed(_DEATHS)

    def _lost(self) -> list[int]:
        """The leaves that are lost with their workers."""
        return [k for k, leaf in enumerate(self._leaves) if self._connection.is_lost(leaf)]

    def _ask(self, method: str, *arguments: Any) -> list[Any]:
        return self._connection.asked(self._roots, method, arguments, [*self._leaves, *self._branches])

    def _divide(self, watch: Callable[[int], None]) -> int:
        """Load all parts, about as many bytes for each thread of a worker; gives the number of rows."""
        connection = self._connection
        self._leaves, self._branches, self._roots = [], [], []  # their memory is needed
        slots = connection.slots()
        places = spread([part.weight for part in self._parts.all], len(slots))
        loads = [self._load(part, slots[place]) for part, place in enumerate(places)]
        self._known = self._counted(loads, watch)
        sizes = [known.size for known in self._known]
        groups = [list(group) for _, group in groupby(range(len(places)), lambda part: slots[places[part]])]
        rows = [sum(sizes[k] for k in group) for group in groups]
        self._groups = [
            _Group((places[group[0]] + 0.5) / len(slots), group, blocks, self._heads(blocks, groups, loads, sizes))
            for group, blocks in zip(groups, blocks_of_parts(rows), strict=True)
        ]
        self._slots = len(slots)
        self._leaves = [self._stay(group, [loads[k] for k in group.parts]) for group in self._groups]
        return sum(sizes)

    def _load(self, part: int, worker: str) -> Any:
        return self._connection.submit(load, self._parts.all[part], self._headers, self._nulls, worker=worker)

    def _counted(
        self, loads: Sequence[Any], watch: Callable[[int], None] = lambda rows: None, first: int = 0
    ) -> list[tasks.Known]:
        """What is known of each part from `first` on, when it is loaded."""
        found: list[tasks.Known] = []
        rows = 0
        promises = [self._connection.submit(tasks.known, rows) for rows in loads]
        for known in self._parts.results(promises, loads, first):
            found.append(known)
            self._parts.tell(known.told)
            rows += known.size
            watch(rows)
        return found

    def _heads(
        self, blocks: PartBlocks, groups: Sequence[Sequence[int]], loads: Sequence[Any], sizes: Sequence[int]
    ) -> list[Any]:
        heads = []
        for group, lacking in blocks.heads:
            for part in groups[group]:
                count = min(sizes[part], lacking)
                lacking -= count
                heads += [self._connection.submit(tasks.head, loads[part], count)] if count else []
        return heads

    def _restore(self) -> None:
        """Have all leaves in place, and the branches above them."""
        connection = self._connection
        if len(self._groups) < len(self._parts.all) and len(connection.slots()) >= _MORE * self._slots:
            self._divide(lambda rows: None)
        lost = self._lost()
        if self._roots and not lost and not any(map(connection.is_lost, self._branches)):
            return
        loads = [[self._load(part, self._worker(self._groups[k].at)) for part in self._groups[k].parts] for k in lost]
        for k, again in zip(lost, loads, strict=True):
            self._check(self._groups[k].parts, again)
            self._leaves[k] = self._stay(self._groups[k], again)
            self._slots = len(connection.slots())
        self._told.clear()
        self._branches = []
        layer = self._leaves
        while len(layer) > _FAN:
            layer = [
                connection.submit(Branch, layer[k : k + _FAN], stays=True, worker=self._worker(k / len(layer)))
                for k in range(0, len(layer), _FAN)
            ]
            self._branches += layer
        connection.settled([*self._leaves, *self._branches])
        self._roots = connection.settled(layer)

    def _check(self, parts: Sequence[int], loads: Sequence[Any]) -> None:
        """Raises DataError for neighbouring parts that have changed since they were loaded before."""
        for part, known in zip(parts, self._counted(loads, first=parts[0]), strict=True):
            if known != self._known[part]:
                what = f"{visible(self._parts.all[part].name)} has changed since it was loaded"
                raise DataError(what, hint="a worker was lost, and its rows are needed as they were: run it again")

    def _stay(self, group: _Group, loads: Sequence[Any]) -> Any:
        """The promise of a leaf of parts that are loaded."""
        worker = self._worker(group.at)
        return self._connection.submit(Leaf, loads, group.heads, group.blocks, stays=True, worker=worker)

    def _worker(self, at: float) -> str:
        """The worker that stands at a place among the slots, between 0, the first, and 1."""
        slots = self._connection.slots()
        return slots[int(at * len(slots))]
