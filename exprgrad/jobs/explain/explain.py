"""The explanation of an expression at a point: its trace, within a limit of steps, and where numbers were lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import isfinite

from exprgrad.columns.memory import Columns
from exprgrad.columns.values import Column
from exprgrad.errors import LimitError, UsageError
from exprgrad.graph.graph import CONSTANT
from exprgrad.graph.lower import Model
from exprgrad.jobs.explain.result import Explanation
from exprgrad.notation.infix import write_program
from exprgrad.text.numbers import format_number
from exprgrad.tracing.trace import trace

MAX_STEPS = 2_000
"""Steps of an explanation, unless more are asked for."""


def explain(
    model: Model, bindings: Mapping[str, float], limit: int = MAX_STEPS, wrt: Collection[str] = ()
) -> Explanation:
    """The forward pass, and the backward pass to the variables and named values in `wrt`, by default to all. Raises
    LimitError where they may have more steps than `limit`."""
    graph = model.graph
    count = sum(map(len, graph.operands)) + len(graph)
    if count > limit:
        raise LimitError(
            f"up to {count:,} steps to explain: the limit is {limit:,}",
            hint="explain a part of it, or give --limit N; eval --all lists every node with its derivative",
        )
    found = trace(model, bindings, wrt)
    finite = isfinite(found.value) and all(map(isfinite, found.gradient.values()))
    return Explanation(
        expression=write_program(graph, model.output, model.labels),
        result=found.result,
        value=found.value,
        gradient=found.gradient,
        forward=found.forward,
        backward=found.backward,
        notes=() if finite else _notes(model, bindings, wrt),
    )


def refuse_columns(columns: Mapping[str, Column]) -> None:
    """Raise UsageError for a column: a person can follow one row at a time."""
    for name, column in columns.items():
        (batch,) = Columns({name: column}).read([name])
        message = f"the steps are those of single numbers, and {name} is a column of {len(column):,}"
        raise UsageError(message, hint=f"give one of them: --{name} {format_number(float(batch[name][0]))}")


def _notes(model: Model, bindings: Mapping[str, float], chosen: Collection[str]) -> tuple[str, ...]:
    """A note on the first operation that made a nan or an infinity."""
    from exprgrad.backends import interpreter
    from exprgrad.diagnosis import provenance

    graph = model.graph
    values = interpreter.evaluate(graph, bindings)
    named = [*graph.inputs().items(), *model.intermediates.items()]
    wrt = [node for name, node in named if graph.operations[node] != CONSTANT and (not chosen or name in chosen)]
    note = provenance.explain(model.source, graph, model.output, values, wrt)
    return () if note is None else (note,)
