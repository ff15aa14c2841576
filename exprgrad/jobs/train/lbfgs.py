"""L-BFGS-B by SciPy (Byrd, Lu, Nocedal, Zhu 1995, SIAM J. Sci. Comput. 16), with the record of every run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from exprgrad.errors import UsageError, interrupts
from exprgrad.jobs.train.loops.plain import State
from exprgrad.jobs.train.problem import Problem
from exprgrad.jobs.train.result import Epoch, History, Training
from exprgrad.jobs.train.settings import Settings
from exprgrad.notation.infix import write_program

if TYPE_CHECKING:
    from exprgrad.jobs.train.loops.columns import Machinery

_FLAT = 1e-12
"""A gradient so short, projected into the bounds, ends the run."""


def minimize(
    problem: Problem,
    settings: Settings,
    machine: Machinery,
    watch: Callable[[int, float], None],
    keep: Callable[[Epoch], None],
    left: Callable[[Epoch], None],
) -> Training:
    """Iterations are the epochs; `tolerance` is the relative change of the loss that ends the run.

    Raises UsageError if SciPy is missing.
    """
    try:
        optimize: Any = import_module("scipy.optimize")
    except ImportError:
        raise UsageError("the optimizer lbfgs needs scipy", hint='install it: pip install "exprgrad[data]"') from None
    from exprgrad.jobs.train.run import record

    history = History(problem.names)
    seen: dict[tuple[float, ...], State] = {}
    epoch = 0

    def loss(point: Sequence[float]) -> tuple[float, list[float]]:
        parameters = tuple(map(float, point))
        value, gradient = machine.objective(parameters)
        seen[parameters] = State(epoch, value, parameters, tuple(gradient))
        return value, gradient

    loss(problem.start)
    last = state = seen[problem.start]

    def reached(point: Sequence[float]) -> None:
        nonlocal epoch, last
        epoch += 1
        last = state = seen[tuple(map(float, point))]._replace(epoch=epoch)
        seen.clear()
        seen[state.parameters] = state
        watch(epoch, state.loss)
        if epoch % settings.every == 0 and epoch < settings.epochs:
            keep(history[-1])
            history.append(record(problem, state))

    if state.finite and settings.epochs:
        history.append(record(problem, state))
        try:
            result = optimize.minimize(
                loss,
                problem.start,
                jac=True,
                method="L-BFGS-B",
                bounds=[(low, high) for low, high in problem.bounds],
                callback=reached,
                options={
                    "maxiter": settings.epochs,
                    "maxfun": 1000 + 100 * settings.epochs,
                    "ftol": settings.tolerance or 0.0,
                    "gtol": _FLAT,
                },
            )
        except BaseException as error:
            if interrupts(error):
                left(record(problem, last))
            raise
        parameters = tuple(map(float, result.x))
        value, gradient = machine.objective(parameters)
        state = State(epoch, value, parameters, tuple(gradient))
    final = record(problem, state)
    if len(history) and history[-1].epoch == state.epoch > 0:
        history.pop()
    elif len(history):
        keep(history[-1])
    keep(final)
    stopped = "non-finite" if not state.finite else "epochs" if epoch >= settings.epochs else "converged"
    model = problem.model
    lost = f"training stopped before update {state.epoch}: loss, gradient or parameters are no longer finite"
    return Training(
        expression=write_program(model.graph, model.output, model.labels),
        final=final,
        history=history,
        stopped=stopped,
        notes=() if state.finite else (lost, *machine.explain(state.parameters)),
    )
