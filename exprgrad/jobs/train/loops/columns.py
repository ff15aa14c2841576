"""What computes the updates of a run: chosen by what there is to compute."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from exprgrad.backends import interpreter
from exprgrad.backends.prepared import Engine, Source
from exprgrad.diagnosis import provenance
from exprgrad.errors import DataError, MissingError, UsageError
from exprgrad.jobs.train.loops import compiled as fused
from exprgrad.jobs.train.loops.plain import Batched, FullBatch, Step, Stepper
from exprgrad.jobs.train.objective import ColumnObjective, Evaluation, Objective, ScalarObjective
from exprgrad.jobs.train.problem import Problem
from exprgrad.jobs.train.settings import Rate, Settings
from exprgrad.notation.infix import write_program
from exprgrad.text.numbers import format_number

if TYPE_CHECKING:
    from exprgrad.data.resident import Batches, Held


_COPIES = 3
"""What shuffled batches take: the columns, their rows side by side, and the columns in the order of an epoch."""


class Machinery(NamedTuple):
    """A stepper, with what else is to be known of it."""

    stepper: Callable[[Step, Rate], Stepper]
    """What makes updates, at such a learning rate by epoch."""
    objective: Objective
    backend: str
    """What computes: "interpreter", "kernels" (over columns), or "loop" (all of it compiled). Bits may differ."""
    digest: Callable[[], str]
    """A fingerprint of the data."""
    explain: Callable[[Sequence[float]], tuple[str, ...]]
    """Why the numbers are lost at such parameters."""

    def identity(self, problem: Problem, settings: Settings, engine: Engine) -> dict[str, Any]:
        """What must be the same where a run is resumed, and under "asked" the options that may be why it is not."""
        model = problem.model
        graph = write_program(problem.graph, problem.output, {})
        fixed = (
            ("epochs", "memory", "every") if settings.schedule.partition(",")[0] != "cosine" else ("memory", "every")
        )
        return {
            "expression": write_program(model.graph, model.output, model.labels),
            "loss": graph,
            "parameters": {
                name: format_number(start) + (f" in [{low!r}, {high!r}]" if low > -inf or high < inf else "")
                for name, start, (low, high) in zip(problem.names, problem.start, problem.bounds, strict=True)
            },
            "bindings": dict(sorted(problem.bindings.items())),
            "settings": {key: value for key, value in settings._asdict().items() if key not in fixed},
            "backend": self.backend,
            "data": self.digest(),
            "asked": {
                "--maximize": "given" if problem.sign < 0 else None,
                "--l2": problem.l2 or None,
                "--backend": engine.backend,
            },
        }


def machinery(
    problem: Problem,
    settings: Settings,
    source: Source | None,
    engine: Engine,
    note: Callable[[str], None],
) -> Machinery:
    """What trains this problem. Raises UsageError where it cannot be as wished."""
    if source is None or not any(name in source.names for name in problem.graph.inputs()):
        return _scalar(problem, settings, engine)
    return _columns(problem, settings, source, engine, note)


def _scalar(problem: Problem, settings: Settings, engine: Engine) -> Machinery:
    if settings.batch_size is not None:
        raise UsageError("batches are of rows, and there are no columns", hint="give --data FILE")
    objective = ScalarObjective(problem)

    def explain(parameters: Sequence[float]) -> tuple[str, ...]:
        graph, output = problem.graph, problem.output
        objective(parameters)
        values = interpreter.evaluate(graph, objective.bindings)
        cause = provenance.explain(problem.model.source, graph, output, values, objective.nodes)
        return (cause,) if cause else ()

    compiled = fused.numbers_pay(problem, settings, engine)
    stepper = partial(fused.Fused, problem, None, None) if compiled else partial(FullBatch, objective)
    return Machinery(stepper, objective, "loop" if compiled else "interpreter", lambda: "", explain)


def _columns(
    problem: Problem,
    settings: Settings,
    source: Source,
    engine: Engine,
    note: Callable[[str], None],
) -> Machinery:
    if find_spec("numpy") is None:
        raise MissingError("training over columns", "numpy", "data")
    from exprgrad.data.parts.digest import digest
    from exprgrad.data.resident import Batches, half_of_memory, held

    used = [name for name in problem.graph.inputs() if name in source.names]
    limit = half_of_memory() if settings.memory is None else settings.memory
    size = settings.batch_size
    if engine.cluster is not None and size is not None:
        raise UsageError("batches are shuffled in one memory", hint="on a cluster, leave out --batch-size")
    kept = None if engine.cluster else held(source, used, limit if size is None else limit // _COPIES)
    if size is not None and kept is None:
        raise UsageError(
            f"batches are shuffled in memory, where the data do not fit {_COPIES} times: there are {limit:,} bytes",
            hint="give more with --memory, or leave out --batch-size: all rows at once are streamed",
        )
    if kept is not None and not kept.rows:
        raise DataError("the data have no rows")
    rows = kept or source
    known = engine.cluster.rows(used) if engine.cluster else rows.rows
    objective = ColumnObjective(problem, rows, engine, settings.epochs * known if known else None)

    def explain(parameters: Sequence[float]) -> tuple[str, ...]:
        from exprgrad.diagnosis.lost import notes

        bindings = {**problem.bindings, **dict(zip(problem.names, parameters, strict=True))}
        return notes(problem.model, bindings, rows, engine)

    backend = "kernels" if objective.prepared.backend.name == "llvm" else "interpreter"
    if kept is None:
        whole: Objective = objective
        if engine.cluster and known and fused.batches_pay(objective.prepared, settings, engine, known, known):
            whole, backend = fused.apart(problem, objective.prepared, engine, known), "loop"
        taken = partial(engine.cluster.digest, used) if engine.cluster else partial(digest, source, used)
        return Machinery(partial(FullBatch, whole), objective, backend, taken, explain)
    if size is not None and size >= kept.rows:
        note(f"a batch of {size:,} holds all {kept.rows:,} rows: each epoch is one update by all of them")
        size = None
    prepared = objective.prepared
    compiled = fused.batches_pay(prepared, settings, engine, kept.rows, size or kept.rows)
    stepper: Callable[[Step, Rate], Stepper]
    if size is None:
        stepper = partial(fused.Fused, problem, prepared, kept) if compiled else partial(FullBatch, objective)
    else:
        batches = Batches(kept, size, settings.seed)
        stepper = partial(Batched, objective, _in_turn(objective, batches))
        if compiled:
            stepper = partial(fused.FusedBatches, problem, prepared, objective, batches)
    return Machinery(stepper, objective, "loop" if compiled else backend, partial(digest, kept, used), explain)


Parts = Iterable[tuple[int, Callable[[Sequence[float]], Evaluation]]]


def _in_turn(objective: ColumnObjective, batches: Batches) -> Callable[[int], Parts]:
    """The batches of an epoch as objectives."""

    def over(rows: Held) -> Callable[[Sequence[float]], Evaluation]:
        return lambda parameters: objective.over(rows, parameters)

    def parts(epoch: int) -> Iterator[tuple[int, Callable[[Sequence[float]], Evaluation]]]:
        for rows in batches.epoch(epoch):
            yield rows.rows, over(rows)

    return parts
