"""A whole training run: its loop with all that is watched and recorded on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import NamedTuple

from exprgrad.backends.prepared import Engine, Source
from exprgrad.errors import LimitError, UsageError, interrupts
from exprgrad.jobs.train.loops.columns import Machinery, machinery
from exprgrad.jobs.train.loops.plain import Carry, Patience, State, States, Step, Stepper
from exprgrad.jobs.train.optimizers.table import LBFGS
from exprgrad.jobs.train.problem import Problem
from exprgrad.jobs.train.result import Epoch, History, Training
from exprgrad.jobs.train.saved.checkpoints import Checkpoints, Saved
from exprgrad.jobs.train.settings import Settings
from exprgrad.notation.infix import write_program
from exprgrad.text.numbers import format_number

MAX_HISTORY = 200_000_000
"""Epochs times parameters that a record keeps at the most: about 4 GB."""
_BLOCK = 1 << 16
"""Epochs that are asked for at a time."""

Watch = Callable[[int, float], None]


class _Turn(NamedTuple):
    """Where epochs began that were computed at once, and the last good state of them."""

    before: Carry
    good: State | None


def run(
    problem: Problem,
    settings: Settings,
    source: Source | None = None,
    engine: Engine | None = None,
    *,
    watch: Watch = lambda epoch, loss: None,
    keep: Callable[[Epoch], None] = lambda epoch: None,
    begin: Callable[[Sequence[str], int], None] = lambda names, epoch: None,
    left: Callable[[Epoch], None] = lambda epoch: None,
    note: Callable[[str], None] = lambda message: None,
    checkpoints: Checkpoints | None = None,
) -> Training:
    """Train, and stop early where loss, gradient or parameters are no longer finite, or the loss stands still.

    `begin` is told the parameters and the first epoch, `watch` epochs and their losses, `keep` the epochs that are
    recorded, `left` the last one when a signal or its cluster ends the run, `note` what a user should know. Raises
    UsageError for settings that do not fit, LimitError for more to record than can be kept, DataError for rows that
    cannot be read.
    """
    chosen, rate = settings.check()
    if settings.epochs // settings.every * len(problem.names) > MAX_HISTORY:
        raise LimitError(
            f"{settings.epochs // settings.every:,} epochs are too many to keep", hint="show every N-th: --every N"
        )
    engine = engine or Engine()
    machine = machinery(problem, settings, source, engine, note)
    if chosen.name == LBFGS:
        from exprgrad.jobs.train.lbfgs import minimize

        if checkpoints:
            raise UsageError("L-BFGS-B cannot be resumed", hint="leave out --checkpoint, or choose another optimizer")
        begin(problem.names, 0)
        return minimize(problem, settings, machine, watch, keep, left)
    step = Step(chosen, problem.bounds, settings.clip_norm, settings.accumulate)
    first = step.start(problem.start)
    with checkpoints or nullcontext():
        saved = checkpoints.begin(machine.identity(problem, settings, engine), first) if checkpoints else None
        start = saved or Saved(first, float("inf"), 0)
        begin(problem.names, start.carry.epoch)
        return Run(problem, settings, machine, machine.stepper(step, rate), watch, keep, left, checkpoints).go(start)


class Run:
    """A run of an optimizer."""

    def __init__(
        self,
        problem: Problem,
        settings: Settings,
        machine: Machinery,
        stepper: Stepper,
        watch: Watch,
        keep: Callable[[Epoch], None],
        left: Callable[[Epoch], None],
        checkpoints: Checkpoints | None,
    ) -> None:
        self.problem = problem
        self.settings = settings
        self.machine = machine
        self.stepper = stepper
        self.watch = watch
        self.keep = keep
        self.left = left
        self.checkpoints = checkpoints
        self.history = History(problem.names)
        self.turn: _Turn | None = None
        """The last one that was finite to its end."""

    def go(self, saved: Saved) -> Training:
        """Train from what was saved, or the start, to the end."""
        settings, carry = self.settings, saved.carry
        patience = None
        if settings.tolerance is not None or settings.patience is not None:
            patience = Patience(settings.tolerance or 0.0, settings.patience or 1, saved.best, saved.waited)
        try:
            while carry.epoch < settings.epochs and not (patience and patience.over):
                states, after = self.stepper.advance(carry, min(settings.epochs - carry.epoch, self._room(carry)))
                finite = states.finite
                stop = patience.first_over(states.losses[:finite]) if patience else None
                self._keep(states, carry.epoch, finite if stop is None else stop)
                if stop is not None:
                    after = self._at(carry, stop)
                elif finite < len(states):
                    return self._lost(states[finite], _Turn(carry, states[finite - 1] if finite else None))
                self.turn, carry = _Turn(carry, states[-1]), after
                saved = Saved(carry, patience.best if patience else saved.best, patience.waited if patience else 0)
                self.watch(carry.epoch, states[-1].loss)
                if self.checkpoints:
                    self.checkpoints.reached(saved)
            state = self.stepper.look(carry)
            if not state.finite:
                return self._lost(state, _Turn(carry, None))
        except BaseException as error:
            if interrupts(error):
                if self.turn and self.turn.good:
                    self.left(record(self.problem, self.turn.good))
                if self.checkpoints:
                    self.checkpoints.save(saved)
            raise
        if self.checkpoints:
            self.checkpoints.save(saved)
        return self._record(state, "epochs" if carry.epoch >= settings.epochs else "patience")

    def _keep(self, states: States, first: int, count: int) -> None:
        """Record every so many of the first states."""
        every = self.settings.every
        for k in range(-first % every, count, every):
            self.history.append(record(self.problem, states[k]))
            self.keep(self.history[-1])

    def _room(self, carry: Carry) -> int:
        return min(_BLOCK, self.checkpoints.room(carry.epoch) if self.checkpoints else _BLOCK)

    def _at(self, carry: Carry, epochs: int) -> Carry:
        """What goes on after so many epochs, computed once more."""
        goal = carry.epoch + epochs
        while carry.epoch < goal:
            _, carry = self.stepper.advance(carry, goal - carry.epoch)
        return carry

    def _lost(self, state: State, turn: _Turn) -> Training:
        """The record of a run that lost its numbers; the last good state is kept."""
        if turn.good is None and self.turn is not None:
            turn = self.turn
        good = turn.good
        if self.checkpoints and good is not None:
            before = self._at(turn.before, good.epoch - turn.before.epoch)
            self.checkpoints.save(Saved(before, float("inf"), 0))
        lost = f"training stopped before update {state.epoch}: loss, gradient or parameters are no longer finite"
        notes = [lost, *self.machine.explain(state.parameters)]
        if good is not None:
            values = ", ".join(
                f"{n}={format_number(p)}" for n, p in zip(self.problem.names, good.parameters, strict=True)
            )
            notes.append(f"the last good parameters, before update {good.epoch}: {values}")
        return self._record(state, "non-finite", good, tuple(notes))

    def _record(self, state: State, stopped: str, good: State | None = None, notes: tuple[str, ...] = ()) -> Training:
        model, final = self.problem.model, record(self.problem, state)
        self.keep(final)
        return Training(
            expression=write_program(model.graph, model.output, model.labels),
            final=final,
            history=self.history,
            stopped=stopped,
            notes=notes,
            last_good=None if good is None else record(self.problem, good),
        )


def record(problem: Problem, state: State) -> Epoch:
    """A state as people see it: where the value is maximized, the value and its gradient."""
    sign = problem.sign
    return Epoch(
        state.epoch,
        state.loss if sign > 0 else -state.loss,
        dict(zip(problem.names, state.parameters, strict=True)),
        dict(zip(problem.names, state.gradient if sign > 0 else [-g for g in state.gradient], strict=True)),
    )
