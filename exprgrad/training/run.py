"""A whole training run of a program: what is trained, from where, how long, and its record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import inf, isfinite

from exprgrad.backends import interpreter, provenance
from exprgrad.errors import LimitError, UsageError, did_you_mean
from exprgrad.graph.infix import write_program
from exprgrad.graph.lower import Model
from exprgrad.results import Epoch, History, Training
from exprgrad.training.loop import State, descend
from exprgrad.training.objective import ScalarObjective
from exprgrad.training.optimizers import sgd

MAX_HISTORY = 200_000_000
"""Epochs times parameters that a record keeps at the most: about 4 GB."""


def run(
    model: Model,
    bindings: Mapping[str, float],
    parameters: Iterable[str] = (),
    *,
    epochs: int,
    learning_rate: float,
    accumulate: bool = False,
    every: int = 1,
    watch: Callable[[int, float], None] = lambda epoch, loss: None,
) -> Training:
    """Train, and stop early where loss, gradient or parameters are no longer finite.

    `watch` is told each epoch and its loss.
    """
    if int(epochs) != epochs or int(every) != every or epochs < 0 or every < 1:
        raise UsageError(
            f"epochs are whole numbers from 0 on, and one in every 1 or more is kept: not {epochs}, {every}"
        )
    if not (isfinite(learning_rate) and learning_rate > 0):
        raise UsageError(f"the learning rate must be a positive number, not {learning_rate:g}")
    names = trained(model, parameters)
    if epochs // every * len(names) > MAX_HISTORY:
        raise LimitError(f"{epochs // every:,} epochs are too many to keep", hint="show every N-th: --every N")
    intervals = {parameter.name: (parameter.low, parameter.high) for parameter in model.parameters}
    bounds = [intervals.get(name, (-inf, inf)) for name in names]
    start = [bindings[name] for name in names]
    for name, first, (low, high) in zip(names, start, bounds, strict=True):
        if not low <= first <= high:
            raise UsageError(f"{name} starts at {first:g}, outside its interval [{low:g}, {high:g}]")
    objective = ScalarObjective(model, bindings, names)
    history = History(names)
    for state in descend(objective, start, bounds, sgd(learning_rate), accumulate=accumulate):
        stopped = "" if state.finite else "non-finite"
        if stopped or state.epoch >= epochs:
            break
        watch(state.epoch, state.loss)
        if state.epoch % every == 0:
            history.append(_epoch(state, names))
    return Training(
        expression=write_program(model.graph, model.output, model.labels),
        final=_epoch(state, names),
        history=history,
        stopped=stopped or "epochs",
        notes=_notes(model, objective, state) if stopped else (),
    )


def trained(model: Model, parameters: Iterable[str]) -> list[str]:
    """The names to train: those asked for, else those declared. Raises UsageError with the candidates."""
    variables = list(model.graph.inputs())
    names = list(dict.fromkeys(parameters)) or [parameter.name for parameter in model.parameters]
    for name in names:
        if name not in variables:
            hint = did_you_mean(name, variables, f"its variables: {', '.join(variables) or 'none'}")
            raise UsageError(f"cannot train {name}: the expression has no such variable", hint=hint)
    if not names:
        candidates = ",".join(variables)
        hint = f"choose from --params {candidates}" if candidates else "the expression has no variables"
        raise UsageError("nothing says which variables to train", hint=hint)
    return names


def _epoch(state: State, names: list[str]) -> Epoch:
    return Epoch(
        state.epoch,
        state.loss,
        dict(zip(names, state.parameters, strict=True)),
        dict(zip(names, state.gradient, strict=True)),
    )


def _notes(model: Model, objective: ScalarObjective, state: State) -> tuple[str, ...]:
    """Why the numbers were lost."""
    lost = f"training stopped before update {state.epoch}: loss, gradient or parameters are no longer finite"
    values = interpreter.evaluate(model.graph, objective.bindings)
    adjoints = interpreter.gradient(model.graph, model.output, values, objective.nodes)
    cause = provenance.explain(model.source, model.graph, model.output, values, adjoints)
    return (lost, cause) if cause else (lost,)
