"""The loop where all variables are numbers: there are no columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from exprgrad.backends import interpreter
from exprgrad.backends.engine import Engine
from exprgrad.diagnosis import provenance
from exprgrad.errors import UsageError
from exprgrad.jobs.train.loops import worth
from exprgrad.jobs.train.loops.compiled import CompiledAllRows
from exprgrad.jobs.train.loops.machinery import COMPILED, INTERPRETER, Machinery
from exprgrad.jobs.train.loops.mended import Mended
from exprgrad.jobs.train.loops.plain import AllRows
from exprgrad.jobs.train.objective import ScalarObjective
from exprgrad.jobs.train.problem import Problem
from exprgrad.jobs.train.settings import Settings


def over_numbers(problem: Problem, settings: Settings, engine: Engine) -> Machinery:
    """The loop of this problem. Raises UsageError where minibatches are asked for."""
    if settings.batch_size is not None:
        raise UsageError("minibatches are made of rows, and there are no columns", hint="give --data FILE")
    objective = ScalarObjective(problem)
    plain = partial(AllRows, objective)

    def explain(parameters: Sequence[float]) -> tuple[str, ...]:
        graph, output = problem.graph, problem.output
        objective(parameters)
        values = interpreter.evaluate(graph, objective.bindings)
        cause = provenance.explain(problem.model.source, graph, output, values, objective.nodes)
        return (cause,) if cause else ()

    if worth.numbers_pay(problem, settings, engine):
        loop = partial(Mended, partial(CompiledAllRows, problem, None, None), plain)
        return Machinery(loop, objective, COMPILED, _no_data, explain)
    return Machinery(plain, objective, INTERPRETER, _no_data, explain)


def _no_data() -> str:
    return ""
