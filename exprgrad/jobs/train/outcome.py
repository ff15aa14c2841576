"""The result of a run, made of the states of its loop."""

from __future__ import annotations

from exprgrad.jobs.train.loops.machinery import Machinery
from exprgrad.jobs.train.loops.states import State
from exprgrad.jobs.train.problem import Problem
from exprgrad.jobs.train.result import History, Training
from exprgrad.notation.infix import write_program
from exprgrad.observer import Epoch
from exprgrad.text.numbers import format_number


def epoch_of(problem: Problem, state: State) -> Epoch:
    """A state as it is shown: where the value is maximized, the loss is its negative, and so is the gradient."""
    sign = problem.sign
    return Epoch(
        state.epoch,
        state.loss if sign > 0 else -state.loss,
        dict(zip(problem.names, state.parameters, strict=True)),
        dict(zip(problem.names, state.gradient if sign > 0 else [-g for g in state.gradient], strict=True)),
    )


def result_of(problem: Problem, history: History, state: State, stopped: str) -> Training:
    """The result of a run that ended in this state; `stopped` says why it ended."""
    model = problem.model
    return Training(
        expression=write_program(model.graph, model.output, model.labels),
        final=epoch_of(problem, state),
        history=history,
        stopped=stopped,
    )


def lost_result(
    problem: Problem, machinery: Machinery, history: History, state: State, advice: str, good: State | None = None
) -> Training:
    """The result of a run that ended because this state is not finite; `good` is the last one that was. The `advice`
    is what to do about it."""
    lost = f"training stopped before update {state.epoch}: loss, gradient or parameters are no longer finite; {advice}"
    notes = [lost, *machinery.explain(state.parameters)]
    if good is not None:
        pairs = zip(problem.names, good.parameters, strict=True)
        values = ", ".join(f"{name}={format_number(value)}" for name, value in pairs)
        notes.append(f"the last good parameters, before update {good.epoch}: {values}")
    return result_of(problem, history, state, "non-finite")._replace(
        notes=tuple(notes), last_good=None if good is None else epoch_of(problem, good)
    )
