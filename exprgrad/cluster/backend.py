"""The rows of a table on a cluster, as a backend that folds them, and as files with new columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from exprgrad.backends.protocol import Backend, BlockFold, Errand, Run
from exprgrad.cluster import tasks
from exprgrad.cluster.connection import Connection
from exprgrad.cluster.errands import AllRows, answers
from exprgrad.cluster.kept import Kept
from exprgrad.cluster.loaded import Loaded
from exprgrad.cluster.parts import Parts
from exprgrad.cluster.tree import BlockQuestion, Question
from exprgrad.columns.folds import function_of
from exprgrad.columns.plan import Plan, Stage
from exprgrad.columns.rows import Batch
from exprgrad.columns.subtrees import whole
from exprgrad.columns.values import Column
from exprgrad.data.parts import divide
from exprgrad.data.parts.digest import combined
from exprgrad.data.parts.folder import Folder
from exprgrad.data.parts.part import Part
from exprgrad.functions.rows.reductions import NEUTRAL
from exprgrad.jobs.map.result import Written
from exprgrad.jobs.map.rows import RowMap


class Resident:
    """The rows of a table on a cluster: see `backends.engine.Cluster`.

    Columns are loaded when they are first asked for, and stay.
    """

    def __init__(
        self,
        connection: Connection,
        parts: Sequence[Part],
        headers: Mapping[str, str],
        nulls: str,
        watch: Callable[[int], None] = lambda rows: None,
        tell: Callable[[Mapping[tuple[str, str], str]], None] = lambda told: None,
    ) -> None:
        """`headers` gives the column of each variable; `watch` is told how many rows are loaded, and `tell` what they
        show that the user is to know."""
        self.connection = connection
        self.plans = count()
        """Numbers for plans."""
        self._parts = Parts(connection, parts, tell)
        self._headers = headers
        self._nulls = nulls
        self._watch = watch
        self._loaded: dict[frozenset[str], Loaded] = {}
        self._folds: dict[int, tuple[BlockFold, tasks.SharedFold]] = {}
        """Folds of blocks that workers know, by their identity."""

    def rows(self, names: Sequence[str]) -> int:
        """How many rows these columns have."""
        return self.columns(names, names).rows

    def digest(self, names: Sequence[str]) -> str:
        """The fingerprint of these columns."""
        return combined(self.columns(names, names).marks(names))

    def backend(self, plan: Plan, local: Backend) -> Backend:
        """What computes a plan on the cluster."""
        return _Stages(self, plan, local)

    def blockwise(self, fold: BlockFold, asked: Any) -> Any:
        """The fold of the blocks of all rows: see `backends.blockwise`."""
        if id(fold) not in self._folds:
            shared = tasks.SharedFold(next(self.plans), fold, self.connection.versions)
            self._folds[id(fold)] = fold, shared
        _, shared = self._folds[id(fold)]
        loaded = self.columns(fold.columns, fold.columns)
        return whole(fold.both, loaded.fold(shared, BlockQuestion(shared.number, asked, fold.both)))

    def answers(self, errand: Errand, pieces: Iterable[Any], columns: Sequence[str]) -> Iterator[Any]:
        """The answers to all pieces of an errand, in their order; for these columns each worker loads all rows."""
        headers = {name: self._headers[name] for name in columns}
        source = AllRows(self._parts.all if headers else (), headers, self._nulls)
        return answers(self.connection, errand, pieces, source)

    def kept(self, errand: Errand, pieces: Sequence[Any], weights: Sequence[float]) -> Kept:
        """The pieces of an errand on the workers, to be asked again and again."""
        return Kept(self.connection, errand, pieces, weights)

    def columns(self, names: Sequence[str], more: Sequence[str]) -> Loaded:
        """The columns, loaded if they are not yet. `more` are columns that will be needed, too. Raises DataError for
        the first part that cannot be read, as one machine does."""
        if self._nulls != "skip":  # else each pass has the rows that its own columns leave
            names = list(dict.fromkeys([*names, *more]))
        wanted = frozenset(names)
        for present, loaded in self._loaded.items():
            if present == wanted or (self._nulls != "skip" and present > wanted):
                return loaded
        headers = {name: self._headers[name] for name in names}
        loaded = Loaded(self.connection, self._parts, headers, self._nulls, self._watch)
        self._loaded[wanted] = loaded
        return loaded

    def write(self, rows: RowMap, bindings: Mapping[str, float], schema: Any, folder: Folder) -> Written:
        """Write the table with new columns as a folder with a file for each part. Raises OutputError where that cannot
        be written; then no file stays."""
        with folder.claimed():
            made = folder.create()
            promises: list[Any] = []
            try:
                plan = self.connection.submit(tasks.same, _Stages.of(rows.backend).shared)
                used = list(dict.fromkeys(self._headers[name] for name in rows.plan.inputs))
                mapped = tasks.Mapped(self._headers, self._nulls, rows.fold(bindings), rows.names, schema, folder)
                submit = self.connection.submit
                for of_file in divide.files(self._parts.all):
                    types = submit(divide.types, of_file[0], used, folder.takes_texts) if of_file[0].text else None
                    for part in of_file:
                        promises.append(submit(tasks.write, part, len(promises), plan, mapped, types))
                total = Written(0, 0, 0)
                for done in self._parts.results(promises):
                    first = total.first if total.lost or not done.lost else total.rows + done.first
                    total = Written(total.rows + done.rows, total.lost + done.lost, first)
                    self._parts.tell(done.told)
                    self._watch(total.rows)
                folder.finish(len(promises))
            except BaseException:
                self.connection.cancel(promises)
                folder.discard(made)
                raise
            return total


class _Stages:
    """The backend for one plan."""

    resident = True

    def __init__(self, cluster: Resident, plan: Plan, local: Backend) -> None:
        self.cluster = cluster
        self.name = local.name
        self._local = local
        self.shared = tasks.SharedPlan(next(cluster.plans), plan, self.name, cluster.connection.versions)
        self.inputs = [name for stage in plan.stages if not stage.outputs for name in stage.inputs]

    def start(self, stage: Stage, values: Mapping[int, float]) -> Run:
        """Begin a stage. A stage that gives out rows is done here, from what is fed."""
        return self._local.start(stage, values) if stage.outputs else _Folding(self, stage, values)

    def join(self, parts: Sequence[Column]) -> Column:
        """All rows as one column, in order."""
        return self._local.join(parts)

    @classmethod
    def of(cls, backend: Backend) -> _Stages:
        """The same backend, which this cluster gave."""
        assert isinstance(backend, cls)
        return backend


class _Folding:
    """A stage that folds, on the workers."""

    def __init__(self, backend: _Stages, stage: Stage, values: Mapping[int, float]) -> None:
        self._backend = backend
        self._stage = stage
        self._numbers = {node: values[node] for node in stage.scalars}
        self._loaded = backend.cluster.columns(stage.inputs, backend.inputs)
        self.count = self._loaded.rows

    def feed(self, columns: Batch) -> Sequence[Column]:
        raise NotImplementedError("the rows are on the cluster")

    def folds(self) -> dict[int, float]:
        """The values of the stage's reductions."""
        stage, shared = self._stage, self._backend.shared
        functions = [function_of(shared.plan.graph.operations[node]) for node in stage.folds]
        folds = tuple(NEUTRAL[name] for name in functions)
        if functions and self.count:
            question = Question(shared.number, shared.plan.stages.index(stage), self._numbers, functions)
            folds = whole(question.both, self._loaded.fold(shared, question))
        return dict(zip(stage.folds, folds, strict=True)) | dict.fromkeys(stage.counts, float(self.count))
