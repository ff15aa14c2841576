"""What a training run has to say in words about how it ended, and what to do about it."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.jobs.train.loops.states import State
from exprgrad.jobs.train.optimizers.choice import LBFGS
from exprgrad.jobs.train.problem import Problem
from exprgrad.jobs.train.settings import Settings
from exprgrad.text.numbers import format_number

_FALLS, _LEAST = 0.01, 1e-4
"""Of the loss, and of all that it fell: if as many epochs again, each like the last one, took it down by more than
this, the run has not converged."""
_FEW = 10
"""Epochs, below which a user looks at how descent goes rather than for a minimum: the default is as many."""
_STILL = 1e-9
"""The same for one iteration of L-BFGS-B, whose steps get shorter much faster."""


class Course(NamedTuple):
    """The states that tell how a run went."""

    start: State
    before: State
    """Before the last update."""
    end: State


def ending(problem: Problem, settings: Settings, course: Course, stopped: str) -> tuple[str, ...]:
    """What is to be said of a run whose numbers are finite: that the loss grew, that it did not fall, or that it was
    falling still. Nothing is said of a run that made no epoch."""
    start, before, end = course
    done = end.epoch - start.epoch
    if not settings.epochs or (stopped == "epochs" and not done):
        return ()
    words = _Words(problem)
    if end.loss > start.loss:
        return (f"the {words.loss} {words.grew} {words.between(start, end)}: {_smaller(settings)}",)
    if end.loss == start.loss:
        return (f"the {words.loss} did not {words.fall}: {_why_not(problem, settings, end)}",)
    if stopped != "epochs":
        return ()
    total, last = start.loss - end.loss, before.loss - end.loss
    asked = settings.tolerance is not None or settings.patience is not None
    epochs = f"{done:,} epoch{'s' * (done != 1)}"
    if _finds_steps(settings):
        more = last > _STILL * total
    elif asked and last > 0:  # the run was to end where it has converged
        more = True
    elif done < _FEW or settings.batch_size is not None:  # the loss of minibatches jumps from epoch to epoch
        return ()
    elif last < -_FALLS * total:
        what = f"the last of {epochs} took the {words.loss} {words.between(before, end)}"
        return (f"not converged: {what}, the wrong way; {_smaller(settings)}",)
    else:
        more = last * done > max(_FALLS * min(abs(end.loss), total), _LEAST * total)
    if not more:
        return ()
    other = "" if _finds_steps(settings) else ", or try --optimizer lbfgs"
    what = f"the last one still took the {words.loss} {words.between(before, end)}"
    return (f"not converged in {epochs}: {what}; give more, --epochs {10 * settings.epochs}{other}",)


def lost_advice(settings: Settings, *, moved: bool) -> str:
    """What to do about a run whose numbers were lost; not `moved`, at its very start."""
    return _smaller(settings) if moved and not _finds_steps(settings) else "try another start"


class _Words:
    """How the loss is named, and how its course: where a value is maximized, that is shown."""

    def __init__(self, problem: Problem) -> None:
        self._up = problem.sign < 0
        self.loss, self.grew, self.fall = ("value", "fell", "rise") if self._up else ("loss", "grew", "fall")

    def between(self, first: State, last: State) -> str:
        """From one loss to another: with as many digits as tell them apart, if these are not too many."""
        one, other = (-state.loss if self._up else state.loss for state in (first, last))
        digits = next((n for n in range(4, 17) if f"{one:.{n}g}" != f"{other:.{n}g}"), 17)
        return f"from {one:.{digits}g} to {other:.{digits}g}"


def _finds_steps(settings: Settings) -> bool:
    """Whether the optimizer has no learning rate."""
    return settings.optimizer.partition(",")[0] == LBFGS


def _smaller(settings: Settings) -> str:
    return f"try a smaller step, such as --lr {settings.lr / 10:g}, or another start"


def _why_not(problem: Problem, settings: Settings, end: State) -> str:
    """Why a loss is where it was at the start."""
    sloping = [k for k, slope in enumerate(end.gradient) if slope]
    if not sloping:
        return "all derivatives are 0 at the start, as in a minimum or where it is flat; try another start"
    if all(end.parameters[k] in problem.bounds[k] for k in sloping):
        return "the parameters are at their bounds there"
    if _finds_steps(settings):
        return "no step leads lower; try another start"
    return f"try another start, or another step than --lr {format_number(settings.lr)}"
