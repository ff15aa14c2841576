"""Steppers whose updates run in one loop of compiled code, where there are so many that compiling pays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, overload

from exprgrad.backends.prepared import Engine, Prepared, choose
from exprgrad.functions.table import REDUCTIONS
from exprgrad.jobs.train.loop import Carry, State, States, Step, average
from exprgrad.jobs.train.objective import Evaluation, Objective
from exprgrad.jobs.train.optimizers import OPTIMIZERS
from exprgrad.jobs.train.problem import Problem
from exprgrad.jobs.train.settings import Rate, Settings

if TYPE_CHECKING:
    from exprgrad.backends.llvm.descent.descent import Descent
    from exprgrad.backends.llvm.descent.numbers import Loss
    from exprgrad.data.resident import Batches, Held

_MANY = 200_000
"""Epochs times nodes from which it is worth to compile a loop over numbers: half a second of the interpreter."""
_UPDATES = 500
"""Updates by batches from which it is."""
_NODES = 20_000
"""Nodes of the largest graph: more take longer to compile than they save."""
_BLOCK = 1 << 15
"""Most epochs of a call: some milliseconds, so that signals and the progress bar are not kept waiting."""
_ROWS = 1 << 21
"""Rows of a call, for the same reason."""


def numbers_pay(problem: Problem, settings: Settings, engine: Engine) -> bool:
    """Whether epochs over numbers are to be compiled."""
    size = len(problem.graph)
    if engine.backend == "interpreter" or not settings.epochs or not REDUCTIONS.isdisjoint(problem.graph.operations):
        return False
    if engine.backend == "llvm":
        return True
    return size <= _NODES and settings.epochs * size >= _MANY and _installed()


def batches_pay(prepared: Prepared, settings: Settings, engine: Engine, rows: int, batch: int) -> bool:
    """Whether updates by batches of so many rows are to be compiled: for one pass that folds, and too few rows
    for several threads."""
    if engine.backend == "interpreter" or not _installed():
        return False
    from exprgrad.backends.llvm.descent import batches
    from exprgrad.backends.llvm.threaded import strips
    from exprgrad.columns import folds

    plan = prepared.plan
    if len(plan.passes) != 1 or plan.columns or not plan.passes[0].folds or len(plan.passes[0].columns) > strips.LARGE:
        return False
    known = {*plan.passes[0].folds, *plan.passes[0].counts}
    numbers = [node for node in (*plan.passes[0].numbers, *plan.numbers) if node not in known]
    if batch > batches.MOST * folds.BLOCK or any(plan.graph.operations[node] in REDUCTIONS for node in numbers):
        return False
    return engine.backend == "llvm" or settings.epochs * -(-rows // batch) >= _UPDATES


def _installed() -> bool:
    return find_spec("llvmlite") is not None and find_spec("numpy") is not None


def descent(problem: Problem, step: Step, prepared: Prepared | None = None) -> Descent:
    """The compiled loop of a problem."""
    from exprgrad.backends.llvm.descent.descent import Descent

    return Descent(_loss(problem, prepared), step.bound, len(OPTIMIZERS[step.optimizer.name].memory))


def apart(problem: Problem, prepared: Prepared, engine: Engine, rows: int) -> Objective:
    """The loss with its gradient where a cluster has the rows, to the bits of the loop."""
    from exprgrad.backends.llvm.descent.numbers import Numbers

    plan = prepared.plan
    numbers, turn = Numbers(_loss(problem, prepared), plan), plan.passes[0]
    backend = choose(plan, engine._replace(backend="llvm"), rows)

    def evaluate(parameters: Sequence[float]) -> Evaluation:
        run = backend.start(turn, dict(zip(turn.scalars, numbers.before(parameters), strict=True)))
        folds = run.folds()
        loss, *gradient = numbers.after(parameters, [folds[node] for node in turn.folds], run.count)
        return loss, gradient

    return evaluate


def _loss(problem: Problem, prepared: Prepared | None) -> Loss:
    from exprgrad.backends.llvm.descent.numbers import Loss

    return Loss(problem.graph, problem.output, problem.names, problem.bindings, prepared.plan if prepared else None)


class Fused:
    """An update an epoch, by numbers or by all rows of some columns."""

    def __init__(self, problem: Problem, prepared: Prepared | None, rows: Held | None, step: Step, rate: Rate) -> None:
        self.rate = rate
        self._descent = descent(problem, step, prepared)
        self._columns: list[Any] = []
        self._rows = 0
        if rows is not None and prepared is not None:
            self._columns = [rows.columns[name] for name in prepared.plan.passes[0].inputs]
            self._rows = rows.rows
        self._most = max(1, min(_BLOCK, _ROWS // (self._rows or 1)))

    def advance(self, carry: Carry, epochs: int) -> tuple[States, Carry]:
        epochs = min(epochs, self._most)
        rates = self.rate.over(carry.epoch, epochs)
        rows, after = self._descent.run(_packed(carry), rates, self._columns, rows=self._rows, batch=self._rows)
        size = len(carry.parameters)
        return _Rows(rows, carry.epoch, size, self._descent.finite(rows)), _unpacked(carry.epoch + epochs, after, size)

    def look(self, carry: Carry) -> State:
        return self.advance(carry, 1)[0][0]


class FusedBatches:
    """An update a batch; see `loop.Batched`."""

    def __init__(
        self,
        problem: Problem,
        prepared: Prepared,
        whole: Callable[[Sequence[float]], Evaluation],
        batches: Batches,
        step: Step,
        rate: Rate,
    ) -> None:
        self.whole = whole
        self.batches = batches
        self.rate = rate
        self._names = prepared.plan.passes[0].inputs
        self._descent = descent(problem, step, prepared)

    def advance(self, carry: Carry, epochs: int) -> tuple[States, Carry]:
        batches, size = self.batches, len(carry.parameters)
        columns = batches.shuffled(carry.epoch)
        rows, after = self._descent.run(
            _packed(carry),
            [self.rate(carry.epoch)] * len(batches),
            [columns[name] for name in self._names],
            rows=batches.source.rows,
            batch=batches.size,
            stride=batches.size,
        )
        counts = [batches.size] * (len(batches) - 1)
        counts.append(batches.source.rows - sum(counts))
        seen = [(n, loss, numbers[size:]) for n, (loss, *numbers) in zip(counts, rows.tolist(), strict=True)]
        state = State(carry.epoch, *average(seen, carry.parameters))
        return States([state]), _unpacked(carry.epoch + 1, after, size)

    def look(self, carry: Carry) -> State:
        loss, gradient = self.whole(carry.parameters)
        return State(carry.epoch, loss, carry.parameters, tuple(gradient))


def _packed(carry: Carry) -> list[float]:
    return [*carry.parameters, *(number for vector in carry.memory for number in vector), *carry.total]


def _unpacked(epoch: int, numbers: Sequence[float], size: int) -> Carry:
    parameters, *memory, total = (tuple(numbers[k : k + size]) for k in range(0, len(numbers), size))
    return Carry(epoch, parameters, tuple(memory), total)


class _Rows(States):
    """States as rows of numbers, made when they are asked for."""

    def __init__(self, rows: Any, first: int, size: int, finite: int) -> None:
        self._rows = rows
        self._first = first
        self._size = size
        self._finite = finite

    @property
    def finite(self) -> int:
        return self._finite

    @property
    def losses(self) -> Sequence[float]:
        losses: list[float] = self._rows[:, 0].tolist()
        return losses

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[State]:
        return (self[k] for k in range(len(self)))

    @overload
    def __getitem__(self, index: int) -> State: ...
    @overload
    def __getitem__(self, index: slice) -> list[State]: ...
    def __getitem__(self, index: int | slice) -> State | list[State]:
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(len(self)))]
        k = range(len(self))[index]
        loss, *numbers = self._rows[k].tolist()
        return State(self._first + k, loss, tuple(numbers[: self._size]), tuple(numbers[self._size :]))
