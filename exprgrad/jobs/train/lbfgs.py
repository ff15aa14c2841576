"""L-BFGS-B by SciPy (Byrd, Lu, Nocedal, Zhu 1995, SIAM J. Sci. Comput. 16).

The loop is SciPy's, and it finds the length of its steps itself, so this is no row of the table of optimizers. An epoch
is one of its iterations; what is recorded and told of it is what is of any other run.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from exprgrad.errors import UsageError, interrupts
from exprgrad.jobs.train.loops.machinery import Machinery
from exprgrad.jobs.train.loops.states import State
from exprgrad.jobs.train.messages import Course, ending, lost_advice
from exprgrad.jobs.train.outcome import epoch_of, lost_result, result_of
from exprgrad.jobs.train.problem import Problem
from exprgrad.jobs.train.result import History, Training
from exprgrad.jobs.train.settings import Settings
from exprgrad.observer import Observer

_FLAT = 1e-12
"""The run ends where the gradient, projected into the bounds, is no longer than this."""


def minimize(problem: Problem, settings: Settings, machinery: Machinery, observer: Observer) -> Training:
    """Train by L-BFGS-B; `tolerance` is the relative change of the loss that ends the run.

    Raises UsageError if SciPy is missing.
    """
    try:
        optimize: Any = import_module("scipy.optimize")
    except ImportError:
        raise UsageError("the optimizer lbfgs needs scipy", hint='install it: pip install "exprgrad[data]"') from None
    run = _Run(problem, settings, machinery, observer)
    if run.last.finite and settings.epochs:
        run.begin()
        try:
            found = optimize.minimize(
                run.loss,
                problem.start,
                jac=True,
                method="L-BFGS-B",
                bounds=[(low, high) for low, high in problem.bounds],
                callback=run.iterated,
                options={
                    "maxiter": settings.epochs,
                    "maxfun": 1000 + 100 * settings.epochs,
                    "ftol": settings.tolerance or 0.0,
                    "gtol": _FLAT,
                },
            )
        except BaseException as error:
            if interrupts(error):
                observer.left(epoch_of(problem, run.last))
            raise
        run.look(found.x)
    return run.end()


class _Run:
    """What SciPy calls back, and what is recorded of it."""

    def __init__(self, problem: Problem, settings: Settings, machinery: Machinery, observer: Observer) -> None:
        self.problem = problem
        self.settings = settings
        self.machinery = machinery
        self.observer = observer
        self.history = History(problem.names)
        """Its last epoch has not been told yet: it may turn out to be the final one."""
        self.epoch = 0
        """Iterations that are over."""
        self.last = self.look(problem.start)
        """The state after these."""
        self.first = self.before = self.last
        """The state at the start, and the one before the last iteration."""
        self._seen = {self.last.parameters: self.last}
        """The states since then, by their parameters: SciPy says which of them an iteration ends with."""

    def look(self, point: Sequence[float]) -> State:
        """The state at a point, which is the last one from now on."""
        parameters = tuple(map(float, point))
        value, gradient = self.machinery.objective(parameters)
        self.last = State(self.epoch, value, parameters, tuple(gradient))
        return self.last

    def begin(self) -> None:
        """Record the start."""
        self.history.append(epoch_of(self.problem, self.last))

    def loss(self, point: Sequence[float]) -> tuple[float, list[float]]:
        """What is minimized, with its gradient."""
        parameters = tuple(map(float, point))
        value, gradient = self.machinery.objective(parameters)
        self._seen[parameters] = State(self.epoch, value, parameters, tuple(gradient))
        return value, gradient

    def iterated(self, point: Sequence[float]) -> None:
        """An iteration is over, at one of the points that were seen."""
        self.epoch += 1
        self.before = self.last
        self.last = self._seen[tuple(map(float, point))]._replace(epoch=self.epoch)
        self._seen = {self.last.parameters: self.last}
        self.observer.progress(self.epoch, self.last.loss)
        if self.epoch % self.settings.every == 0 and self.epoch < self.settings.epochs:
            self.observer.keep(self.history[-1])
            self.history.append(epoch_of(self.problem, self.last))

    def end(self) -> Training:
        """The result; the final epoch is no part of the history."""
        state = self.last
        if len(self.history) and self.history[-1].epoch == state.epoch > 0:
            self.history.pop()
        elif len(self.history):
            self.observer.keep(self.history[-1])
        if state.finite:
            stopped = "epochs" if self.epoch >= self.settings.epochs else "converged"
            notes = ending(self.problem, self.settings, Course(self.first, self.before, state), stopped)
            result = result_of(self.problem, self.history, state, stopped)._replace(notes=notes)
        else:
            advice = lost_advice(self.settings, moved=self.epoch > 0)
            result = lost_result(self.problem, self.machinery, self.history, state, advice)
        self.observer.keep(result.final)
        return result
