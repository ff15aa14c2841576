"""Passes over rows that stay on the workers: one task a worker, the results in the order of the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from exprgrad.backends.folds import function_of
from exprgrad.backends.passes import Backend, Batch, Run
from exprgrad.backends.subtrees import Share, Subtree, shares, whole
from exprgrad.cluster import tasks
from exprgrad.cluster.connection import Connection
from exprgrad.cluster.placing import grouped, spread
from exprgrad.data.digest import combined
from exprgrad.data.folder import Folder
from exprgrad.data.shards import Part, load
from exprgrad.data.widen import Written
from exprgrad.evaluation.rowwise import RowMap
from exprgrad.functions.reductions import NEUTRAL
from exprgrad.graph.plan import Pass, Plan
from exprgrad.results import Column

_GROUP = 32
"""Results that one task merges, where there are more than a few groups of them."""


class Resident:
    """The rows of a table on a cluster: see `backends.prepared.Cluster`.

    Columns are loaded when they are first asked for, and stay. What is lost with a worker is loaded again by
    distributed itself, which keeps the recipe of each result.
    """

    def __init__(
        self,
        connection: Connection,
        parts: Sequence[Part],
        headers: Mapping[str, str],
        nulls: str,
        watch: Callable[[int], None] = lambda rows: None,
    ) -> None:
        """`headers` gives the column of each variable; `watch` is told how many rows are loaded."""
        self.connection = connection
        self._parts = parts
        self._headers = headers
        self._nulls = nulls
        self._watch = watch
        self._loaded: dict[frozenset[str], _Loaded] = {}

    def rows(self, names: Sequence[str]) -> int:
        """How many there are of these columns."""
        return self.columns(names, names).rows

    def digest(self, names: Sequence[str]) -> str:
        """The fingerprint of these columns."""
        submit = self.connection.submit
        work = self.columns(names, names).work()
        found = [submit(tasks.marks, part, names, worker=worker) for worker, part in work]
        return combined(blocks for part in self.connection.results(found) for blocks in part)

    def backend(self, plan: Plan, local: Backend) -> Backend:
        """The plan on the cluster."""
        return _Passes(self, plan, local)

    def columns(self, names: Sequence[str], more: Sequence[str]) -> _Loaded:
        """The columns, perhaps among others that will be needed, too. Raises DataError as one machine does, for
        the first part that cannot be read."""
        if self._nulls != "skip":  # else each pass has the rows that its own columns leave
            names = list(dict.fromkeys([*names, *more]))
        wanted = frozenset(names)
        for present, loaded in self._loaded.items():
            if present == wanted or (self._nulls != "skip" and present > wanted):
                return loaded
        loaded = _Loaded(self, names)
        self._loaded[wanted] = loaded
        return loaded

    def write(self, rows: RowMap, bindings: Mapping[str, float], schema: Any, folder: Folder) -> Written:
        """The table with new columns as a folder, a file for each part. Raises OutputError where it cannot be
        written; then nothing of it stays."""
        folder.create()
        promises: list[Any] = []
        try:
            job = _Passes.of(rows.backend).job
            mapped = tasks.Mapped(self._headers, self._nulls, rows.fold(bindings), rows.names, schema, folder)
            submit = self.connection.submit
            promises = [submit(tasks.write, part, index, job, mapped) for index, part in enumerate(self._parts)]
            total = Written(0, 0, 0)
            for promise in promises:
                (done,) = self.connection.results([promise])
                first = total.first if total.lost or not done.lost else total.rows + done.first
                total = Written(total.rows + done.rows, total.lost + done.lost, first)
                self._watch(total.rows)
            folder.finish(len(promises))
        except BaseException:
            self.connection.cancel(promises)
            folder.discard()
            raise
        return total

    def load(self, names: Sequence[str]) -> list[Any]:
        """Have these columns loaded, the same number of bytes by each worker."""
        connection = self.connection
        headers = {name: self._headers[name] for name in names}
        slots = connection.slots()
        places = spread([part.weight for part in self._parts], len(slots))
        return [
            connection.submit(load, part, headers, self._nulls, worker=slots[place])
            for part, place in zip(self._parts, places, strict=True)
        ]

    def counted(self, parts: Sequence[Any]) -> list[int]:
        """The rows of each part, when it is loaded."""
        connection = self.connection
        sizes: list[int] = []
        for count in [connection.submit(tasks.size, part) for part in parts]:
            sizes += connection.results([count])
            self._watch(sum(sizes))
        return sizes


class _Loaded:
    """Some columns, part by part."""

    def __init__(self, resident: Resident, names: Sequence[str]) -> None:
        self._connection = resident.connection
        self._parts = resident.load(names)
        self._sizes = resident.counted(self._parts)
        self._shares = shares(self._sizes)
        self._after = [self._beyond(share) for share in self._shares]
        self._slots: list[str] = []
        self._work: list[tuple[str, tasks.Work]] = []
        self.rows = sum(self._sizes)

    def work(self) -> list[tuple[str, tasks.Work]]:
        """The tasks of a pass: which worker does it best, and the parts, with the rows that complete the last
        block of each."""
        slots = self._connection.slots()
        if slots != self._slots:
            self._slots = slots
            groups = grouped(self._sizes, spread(self._sizes, len(slots)))
            self._work = [
                (slots[place], [(self._parts[k], self._after[k], self._shares[k]) for k in parts])
                for place, parts in groups
            ]
        return self._work

    def _beyond(self, share: Share) -> Any:
        submit = self._connection.submit
        heads = [submit(tasks.head, self._parts[other], count) for other, count in share.heads]
        return submit(tasks.joined, heads) if len(heads) > 1 else heads[0] if heads else None


class _Passes:
    """A backend for columns."""

    resident = True

    def __init__(self, cluster: Resident, plan: Plan, local: Backend) -> None:
        self.cluster = cluster
        self.plan = plan
        self.name = local.name
        self._local = local
        self._job: Any = None
        self.inputs = [name for turn in plan.passes if not turn.outputs for name in turn.inputs]

    def start(self, turn: Pass, values: Mapping[int, float]) -> Run:
        """Begin a pass. Rows are given out here, from what is fed."""
        return self._local.start(turn, values) if turn.outputs else _Folding(self, turn, values)

    def join(self, parts: Sequence[Column]) -> Column:
        """The rows of all parts, in order."""
        return self._local.join(parts)

    @classmethod
    def of(cls, backend: Backend) -> _Passes:
        """A backend that this cluster gave."""
        assert isinstance(backend, cls)
        return backend

    @property
    def job(self) -> Any:
        """The plan on the cluster."""
        if self._job is None:
            connection = self.cluster.connection
            self._job = connection.submit(tasks.same, tasks.Job(self.plan, self.name, connection.versions))
        return self._job


class _Folding:
    """A pass that folds."""

    def __init__(self, backend: _Passes, turn: Pass, values: Mapping[int, float]) -> None:
        self._backend = backend
        self._turn = turn
        self._numbers = {node: values[node] for node in turn.scalars}
        self._loaded = backend.cluster.columns(turn.inputs, backend.inputs)
        self.count = self._loaded.rows

    def feed(self, columns: Batch) -> Sequence[Column]:
        raise NotImplementedError("the rows are on the cluster")

    def folds(self) -> dict[int, float]:
        """The values of the pass's reductions."""
        turn = self._turn
        functions = [function_of(self._backend.plan.graph.operations[node]) for node in turn.folds]
        some = functions and self.count
        folds = whole(functions, self._subtrees(functions)) if some else [NEUTRAL[name] for name in functions]
        return dict(zip(turn.folds, folds, strict=True)) | dict.fromkeys(turn.counts, float(self.count))

    def _subtrees(self, functions: Sequence[str]) -> list[Subtree]:
        connection = self._backend.cluster.connection
        turn = self._backend.plan.passes.index(self._turn)
        results = [
            connection.submit(tasks.fold, work, self._backend.job, turn, self._numbers, functions, worker=worker)
            for worker, work in self._loaded.work()
        ]
        while len(results) > 2 * _GROUP:
            groups = [results[start : start + _GROUP] for start in range(0, len(results), _GROUP)]
            results = [connection.submit(tasks.merge, functions, *group) for group in groups]
        return [subtree for part in connection.results(results) for subtree in part]
