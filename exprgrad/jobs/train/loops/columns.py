"""The loop where some variables are columns: chosen by where the rows are, and by how many an update sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from exprgrad.backends.engine import Cluster, Engine
from exprgrad.columns.rows import RowSource
from exprgrad.errors import DataError, UsageError, check_installed
from exprgrad.functions.table import SCANS
from exprgrad.jobs.train.loops import compiled, worth
from exprgrad.jobs.train.loops.machinery import COMPILED, INTERPRETER, KERNELS, Machinery
from exprgrad.jobs.train.loops.mended import Make, Mended
from exprgrad.jobs.train.loops.plain import AllRows, Minibatches
from exprgrad.jobs.train.objective import ColumnObjective, Objective
from exprgrad.jobs.train.problem import Problem
from exprgrad.jobs.train.settings import Settings

if TYPE_CHECKING:
    from exprgrad.data.between import resident
    from exprgrad.data.between.resident import Held

_COPIES = 3
"""How often shuffled minibatches hold the data: as columns, as rows, and as columns in the order of an epoch."""


def over_columns(
    problem: Problem, settings: Settings, source: RowSource, engine: Engine, note: Callable[[str], None]
) -> Machinery:
    """The loop of this problem over the rows of the source: on a cluster, in memory, or streamed in each epoch.

    Raises MissingError without NumPy, UsageError where minibatches are asked for and cannot be made, DataError for
    data without rows.
    """
    check_installed("training over columns", "data", "numpy")
    if engine.cluster is not None:
        return _on_cluster(problem, settings, source, engine, engine.cluster)
    rows = _in_memory(problem, settings, source)
    if rows is None:
        return _streamed(problem, settings, source, engine)
    if not rows.rows:
        raise DataError("the data have no rows")
    size = settings.batch_size
    if size is not None and size < rows.rows:
        if not SCANS.isdisjoint(problem.graph.operations):
            what = "a running sum takes all rows in their order, and minibatches are shuffled"
            raise UsageError(what, hint="leave out --batch-size")
        return _minibatches(problem, settings, rows, size, engine)
    if size is not None:
        note(f"a minibatch of {size:,} holds all {rows.rows:,} rows: each epoch is one update by all of them")
    return _all_rows(problem, settings, rows, engine)


def _on_cluster(problem: Problem, settings: Settings, source: RowSource, engine: Engine, cluster: Cluster) -> Machinery:
    """An update an epoch; the workers of the cluster hold the rows."""
    if settings.batch_size is not None:
        raise UsageError("minibatches are shuffled in one memory", hint="on a cluster, leave out --batch-size")
    used = _used(problem, source)
    rows = cluster.rows(used)
    objective = _objective(problem, settings, source, engine, rows)
    whole: Objective = objective
    backend = _backend(objective)
    if rows and worth.columns_pay(objective.prepared, settings, engine, rows, rows):
        whole, backend = compiled.on_cluster(problem, objective.prepared, engine, rows), COMPILED
    digest = partial(cluster.digest, used)
    loop: Make = partial(AllRows, objective)
    if whole is not objective:
        loop = partial(Mended, partial(AllRows, whole), loop)
    return Machinery(loop, objective, backend, digest, _explain(problem, source, engine))


def _streamed(problem: Problem, settings: Settings, source: RowSource, engine: Engine) -> Machinery:
    """An update an epoch; the source is read anew for each."""
    from exprgrad.data.parts.digest import digest

    objective = _objective(problem, settings, source, engine, source.rows)
    taken = partial(digest, source, _used(problem, source))
    explain = _explain(problem, source, engine)
    return Machinery(partial(AllRows, objective), objective, _backend(objective), taken, explain)


def _all_rows(problem: Problem, settings: Settings, rows: Held, engine: Engine) -> Machinery:
    """An update an epoch, by rows in memory."""
    from exprgrad.data.parts.digest import digest

    objective = _objective(problem, settings, rows, engine, rows.rows)
    taken = partial(digest, rows, _used(problem, rows))
    explain = _explain(problem, rows, engine)
    plain = partial(AllRows, objective)
    if worth.columns_pay(objective.prepared, settings, engine, rows.rows, rows.rows):
        fast = partial(compiled.CompiledAllRows, problem, objective.prepared, rows)
        return Machinery(partial(Mended, fast, plain), objective, COMPILED, taken, explain)
    return Machinery(plain, objective, _backend(objective), taken, explain)


def _minibatches(problem: Problem, settings: Settings, rows: Held, size: int, engine: Engine) -> Machinery:
    """An update by each `size` of the rows in memory, in another order in each epoch."""
    from exprgrad.data.between import resident
    from exprgrad.data.parts.digest import digest

    objective = _objective(problem, settings, rows, engine, rows.rows)
    taken = partial(digest, rows, _used(problem, rows))
    explain = _explain(problem, rows, engine)
    minibatches = resident.Minibatches(rows, size, settings.seed)
    plain = partial(Minibatches, objective, partial(_epoch, objective, minibatches))
    if worth.columns_pay(objective.prepared, settings, engine, rows.rows, size):
        fast = partial(compiled.CompiledMinibatches, problem, objective.prepared, objective, minibatches)
        return Machinery(partial(Mended, fast, plain), objective, COMPILED, taken, explain)
    return Machinery(plain, objective, _backend(objective), taken, explain)


def _epoch(
    objective: ColumnObjective, minibatches: resident.Minibatches, epoch: int
) -> Iterator[tuple[int, Objective]]:
    """The minibatches of an epoch: their rows, and the loss over them."""
    for rows in minibatches.epoch(epoch):
        yield rows.rows, partial(objective.over, rows)


def _in_memory(problem: Problem, settings: Settings, source: RowSource) -> Held | None:
    """The rows, read once and kept; None where they take more memory than they may.

    Raises UsageError where minibatches are asked for and do not fit.
    """
    from exprgrad.columns.memory import half_of_memory
    from exprgrad.data.between.resident import held

    limit = half_of_memory() if settings.memory is None else settings.memory
    if settings.batch_size is None:
        return held(source, _used(problem, source), limit)
    rows = held(source, _used(problem, source), limit // _COPIES)
    if rows is None:
        raise UsageError(
            f"minibatches are shuffled in memory, which must hold the data {_COPIES} times but has {limit:,} bytes",
            hint="give more with --memory, or leave out --batch-size: all rows at once are streamed",
        )
    return rows


def _used(problem: Problem, source: RowSource) -> list[str]:
    """The columns that the loss uses."""
    return [name for name in problem.graph.inputs() if name in source.names]


def _objective(
    problem: Problem, settings: Settings, source: RowSource, engine: Engine, rows: int | None
) -> ColumnObjective:
    """The loss over so many rows in each epoch, where their number is known."""
    return ColumnObjective(problem, source, engine, settings.epochs * rows if rows else None)


def _backend(objective: ColumnObjective) -> str:
    """What computes where the loop itself is not compiled."""
    return KERNELS if objective.prepared.backend.name == "llvm" else INTERPRETER


def _explain(problem: Problem, source: RowSource, engine: Engine) -> Callable[[Sequence[float]], tuple[str, ...]]:
    """What finds the row and the operation that make the numbers not finite."""

    def explain(parameters: Sequence[float]) -> tuple[str, ...]:
        from exprgrad.diagnosis.lost import lost_notes

        bindings = {**problem.bindings, **dict(zip(problem.names, parameters, strict=True))}
        return lost_notes(problem.model, bindings, source, engine)

    return explain
