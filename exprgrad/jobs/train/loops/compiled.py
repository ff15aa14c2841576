"""The loops in compiled code: loss, gradient and update of many epochs, or of all minibatches of one, in one call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared, choose
from exprgrad.jobs.train.loops.plain import Seen, average
from exprgrad.jobs.train.loops.states import Carry, State, States
from exprgrad.jobs.train.loops.update import Step
from exprgrad.jobs.train.objective import Evaluation, Objective
from exprgrad.jobs.train.optimizers.schedules import Rate
from exprgrad.jobs.train.problem import Problem

if TYPE_CHECKING:
    from exprgrad.backends.llvm.descent.descent import Descent
    from exprgrad.backends.llvm.descent.numbers import Loss
    from exprgrad.data.between.resident import Held, Minibatches

_EPOCHS = 1 << 15
"""The most epochs of a call: it takes some milliseconds, so that signals and the progress bar need not wait."""
_ROWS = 1 << 21
"""The most rows of a call, for the same reason."""


def descent(problem: Problem, step: Step, prepared: Prepared | None = None) -> Descent:
    """The machine code of the loop, over numbers or over the columns of `prepared`."""
    from exprgrad.backends.llvm.descent.descent import Descent

    return Descent(_loss(problem, prepared), step.bound, step.optimizer.memories)


def _loss(problem: Problem, prepared: Prepared | None) -> Loss:
    from exprgrad.backends.llvm.descent.numbers import Loss

    return Loss(problem.graph, problem.output, problem.names, problem.bindings, prepared.plan if prepared else None)


class CompiledAllRows:
    """`plain.AllRows` in compiled code, over numbers or over all rows of some columns."""

    def __init__(self, problem: Problem, prepared: Prepared | None, rows: Held | None, step: Step, rate: Rate) -> None:
        """`prepared` and `rows` are the gradient over columns and the rows of these; over numbers both are None."""
        self.rate = rate
        self._descent = descent(problem, step, prepared)
        self._columns: list[Any] = []
        self._rows = 0
        if rows is not None and prepared is not None:
            self._columns = [rows.columns[name] for name in prepared.plan.stages[0].inputs]
            self._rows = rows.rows
        self._most = max(1, min(_EPOCHS, _ROWS // (self._rows or 1)))

    def advance(self, carry: Carry, epochs: int) -> tuple[States, Carry]:
        """See `Loop`."""
        epochs = min(epochs, self._most)
        rates = self.rate.over(carry.epoch, epochs)
        table, after = self._descent.run(_packed(carry), rates, self._columns, rows=self._rows, minibatch=self._rows)
        size = len(carry.parameters)
        finite = self._descent.finite(table)
        return _TableStates(table, carry.epoch, size, finite), _unpacked(carry.epoch + epochs, after, size)

    def look(self, carry: Carry) -> State:
        """See `Loop`."""
        return self.advance(carry, 1)[0][0]


class CompiledMinibatches:
    """`plain.Minibatches` in compiled code."""

    def __init__(
        self, problem: Problem, prepared: Prepared, whole: Objective, minibatches: Minibatches, step: Step, rate: Rate
    ) -> None:
        self.whole = whole
        self.minibatches = minibatches
        self.rate = rate
        self._names = prepared.plan.stages[0].inputs
        self._descent = descent(problem, step, prepared)

    def advance(self, carry: Carry, epochs: int) -> tuple[States, Carry]:
        """See `Loop`; it makes one epoch."""
        minibatches, size = self.minibatches, len(carry.parameters)
        columns = minibatches.shuffled(carry.epoch)
        table, after = self._descent.run(
            _packed(carry),
            [self.rate(carry.epoch)] * len(minibatches),
            [columns[name] for name in self._names],
            rows=minibatches.source.rows,
            minibatch=minibatches.size,
            stride=minibatches.size,
        )
        counts = [minibatches.size] * (len(minibatches) - 1)
        counts.append(minibatches.source.rows - sum(counts))
        seen = [Seen(n, loss, numbers[size:]) for n, (loss, *numbers) in zip(counts, table.tolist(), strict=True)]
        loss, gradient = average(seen)
        state = State(carry.epoch, loss, carry.parameters, gradient)
        return States([state]), _unpacked(carry.epoch + 1, after, size)

    def look(self, carry: Carry) -> State:
        """See `Loop`."""
        loss, gradient = self.whole(carry.parameters)
        return State(carry.epoch, loss, carry.parameters, tuple(gradient))


def on_cluster(problem: Problem, prepared: Prepared, engine: Engine, rows: int) -> Objective:
    """The loss with its gradient where a cluster has the rows, to the bits of the compiled loop: workers fold the
    rows, and what is computed before and after is the code of that loop."""
    from exprgrad.backends.llvm.descent.numbers import Numbers

    plan = prepared.plan
    numbers, turn = Numbers(_loss(problem, prepared), plan), plan.stages[0]
    graph = plan.graph.copy()
    graph.slopes.clear()  # as the loop has no second look at derivatives, the workers have none
    backend = choose(plan._replace(graph=graph), engine._replace(backend="llvm"), rows)

    def evaluate(parameters: Sequence[float]) -> Evaluation:
        run = backend.start(turn, dict(zip(turn.scalars, numbers.before(parameters), strict=True)))
        folds = run.folds()
        loss, *gradient = numbers.after(parameters, [folds[node] for node in turn.folds], run.count)
        return loss, gradient

    return evaluate


def _packed(carry: Carry) -> list[float]:
    """The numbers that compiled code carries: parameters, each memory, total; one after the other."""
    return [*carry.parameters, *(number for vector in carry.memory for number in vector), *carry.total]


def _unpacked(epoch: int, numbers: Sequence[float], size: int) -> Carry:
    parameters, *memory, total = (tuple(numbers[k : k + size]) for k in range(0, len(numbers), size))
    return Carry(epoch, parameters, tuple(memory), total)


class _TableStates(States):
    """States that are rows of a table of float64, [epochs, 1 + 2*parameters]; each is made when it is asked for."""

    def __init__(self, table: Any, first: int, size: int, finite: int) -> None:
        self._table = table
        self._first = first
        """The epoch of the first row."""
        self._size = size
        self._finite = finite

    @property
    def finite(self) -> int:
        """See `States`."""
        return self._finite

    @property
    def losses(self) -> Sequence[float]:
        """See `States`."""
        losses: list[float] = self._table[:, 0].tolist()
        return losses

    def __len__(self) -> int:
        return len(self._table)

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
        loss, *numbers = self._table[k].tolist()
        return State(self._first + k, loss, tuple(numbers[: self._size]), tuple(numbers[self._size :]))
