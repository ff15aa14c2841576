"""A whole training run: its loop, with all that is recorded and saved on the way."""

from __future__ import annotations

from contextlib import nullcontext
from math import inf
from typing import NamedTuple

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.errors import LimitError, UsageError, interrupts
from exprgrad.jobs.train import lbfgs
from exprgrad.jobs.train.loops.columns import over_columns
from exprgrad.jobs.train.loops.machinery import Machinery
from exprgrad.jobs.train.loops.numbers import over_numbers
from exprgrad.jobs.train.loops.patience import Patience
from exprgrad.jobs.train.loops.states import Carry, Loop, State, States
from exprgrad.jobs.train.loops.update import Step
from exprgrad.jobs.train.messages import Course, ending, lost_advice
from exprgrad.jobs.train.optimizers.choice import LBFGS
from exprgrad.jobs.train.outcome import epoch_of, lost_result, result_of
from exprgrad.jobs.train.problem import Problem
from exprgrad.jobs.train.result import History, Training
from exprgrad.jobs.train.saved.checkpoints import Checkpoints, Saved
from exprgrad.jobs.train.saved.identity import identity
from exprgrad.jobs.train.settings import Settings
from exprgrad.observer import SILENT, Observer

MAX_HISTORY = 200_000_000
"""The most epochs times parameters that a result keeps: about 4 GB."""
_EPOCHS = 1 << 16
"""The most epochs that a loop is asked for at a time."""


def run(
    problem: Problem,
    settings: Settings,
    source: RowSource | None = None,
    engine: Engine | None = None,
    *,
    checkpoints: Checkpoints | None = None,
    observer: Observer = SILENT,
) -> Training:
    """Train, and stop early where loss, gradient or parameters are no longer finite, or the loss stands still.

    The observer is told how the run goes. Raises UsageError for settings that do not fit, LimitError for more to
    record than can be kept, DataError for rows that cannot be read.
    """
    chosen, rate = settings.check()
    recorded = settings.epochs // settings.every
    if recorded * len(problem.names) > MAX_HISTORY:
        raise LimitError(f"{recorded:,} epochs are too many to keep", hint="show every N-th: --every N")
    engine = engine or Engine()
    if source is not None and any(name in source.names for name in problem.graph.inputs()):
        machinery = over_columns(problem, settings, source, engine, observer.note)
    else:
        machinery = over_numbers(problem, settings, engine)
    if chosen.name == LBFGS:
        if checkpoints:
            raise UsageError("L-BFGS-B cannot be resumed", hint="leave out --checkpoint, or choose another optimizer")
        observer.begin(problem.names, 0)
        return lbfgs.minimize(problem, settings, machinery, observer)
    step = Step(chosen, problem.bounds, settings.clip_norm, settings.accumulate_gradients)
    first = step.start(problem.start)
    saved = None
    with checkpoints or nullcontext():
        if checkpoints:
            own = identity(problem, settings, engine, machinery.backend, machinery.digest())
            saved = checkpoints.last(own, first)
        start = saved or Saved(first, inf, 0)
        observer.begin(problem.names, start.carry.epoch)
        return Run(problem, settings, machinery, machinery.loop(step, rate), start, observer, checkpoints).go()


class _Good(NamedTuple):
    """The last state that was finite, and from where it can be computed again."""

    before: Carry
    state: State


class Run:
    """A run of a loop, from its start or from a checkpoint."""

    def __init__(
        self,
        problem: Problem,
        settings: Settings,
        machinery: Machinery,
        loop: Loop,
        start: Saved,
        observer: Observer,
        checkpoints: Checkpoints | None,
    ) -> None:
        self.problem = problem
        self.settings = settings
        self.machinery = machinery
        self.loop = loop
        self.saved = start
        """Where training stands: what a checkpoint saves."""
        self.observer = observer
        self.checkpoints = checkpoints
        self.history = History(problem.names)
        self.patience: Patience | None = None
        if settings.tolerance is not None or settings.patience is not None:
            self.patience = Patience(settings.tolerance or 0.0, settings.patience or 1, start.best, start.waited)
        self._first: State | None = None
        self._good: _Good | None = None

    def go(self) -> Training:
        """Train to the end. What ends the run from outside, such as a signal, leaves a checkpoint."""
        try:
            state = self._train()
            if not state.finite:
                return self._lost(state)
        except BaseException as error:
            if interrupts(error):
                self._leave()
            raise
        if self.checkpoints:
            self.checkpoints.save(self.saved)
        stopped = "epochs" if state.epoch >= self.settings.epochs else "patience"
        notes: tuple[str, ...] = ()
        if self._first is not None and self._good is not None:
            course = Course(self._first, self._good.state, state)
            notes = ending(self.problem, self.settings, course, stopped)
        return self._told(result_of(self.problem, self.history, state, stopped)._replace(notes=notes))

    def _train(self) -> State:
        """Advance to the end; the last state, or the first one that is not finite."""
        while not self._over:
            before = self.saved.carry
            states, after = self.loop.advance(before, self._room())
            finite = states.finite
            stop = self.patience.first_over(states.losses[:finite]) if self.patience else None
            self._record(before, states, finite if stop is None else stop)
            if stop is None and finite < len(states):
                return states[finite]
            shown = states[-1]
            if stop is not None:
                shown, after = states[stop], self._again(before, stop)
            self._reached(after, shown.loss)
        return self.loop.look(self.saved.carry)

    @property
    def _over(self) -> bool:
        """Whether all epochs are done, or the loss has stood still for too long."""
        return self.saved.carry.epoch >= self.settings.epochs or (self.patience is not None and self.patience.over)

    def _room(self) -> int:
        """How many epochs the loop may make at once: not past the end, nor past the next checkpoint."""
        epoch = self.saved.carry.epoch
        room = min(self.settings.epochs - epoch, _EPOCHS)
        return min(room, self.checkpoints.room(epoch)) if self.checkpoints else room

    def _record(self, before: Carry, states: States, count: int) -> None:
        """Of the first `count` states, which are finite, record every `every`-th; remember the last."""
        every = self.settings.every
        for k in range(-before.epoch % every, count, every):
            self.history.append(epoch_of(self.problem, states[k]))
            self.observer.keep(self.history[-1])
        if count:
            self._first = self._first or states[0]
            self._good = _Good(before, states[count - 1])

    def _reached(self, carry: Carry, loss: float) -> None:
        """Training stands here: tell it, and save it if it is time."""
        best, waited = (self.patience.best, self.patience.waited) if self.patience else (self.saved.best, 0)
        self.saved = Saved(carry, best, waited)
        self.observer.progress(carry.epoch, loss)
        if self.checkpoints:
            self.checkpoints.reached(self.saved)

    def _again(self, carry: Carry, epochs: int) -> Carry:
        """What the next epoch needs after so many epochs, computed once more."""
        goal = carry.epoch + epochs
        while carry.epoch < goal:
            _, carry = self.loop.advance(carry, goal - carry.epoch)
        return carry

    def _leave(self) -> None:
        """Tell the last finite state, and save where training stands."""
        if self._good is not None:
            self.observer.left(epoch_of(self.problem, self._good.state))
        if self.checkpoints:
            self.checkpoints.save(self.saved)

    def _lost(self, state: State) -> Training:
        """The result of a run whose numbers are no longer finite; the last good state is saved."""
        good = self._good
        if good is not None and self.checkpoints:
            carry = self._again(good.before, good.state.epoch - good.before.epoch)
            self.checkpoints.save(Saved(carry, inf, 0))
        last, advice = good.state if good else None, lost_advice(self.settings, moved=good is not None)
        return self._told(lost_result(self.problem, self.machinery, self.history, state, advice, last))

    def _told(self, result: Training) -> Training:
        """The result, whose last epoch is told as those before."""
        self.observer.keep(result.final)
        return result
