"""The loss with its gradient, over numbers and over columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.autodiff.derivative import with_room
from exprgrad.autodiff.reverse import adjoint_at
from exprgrad.backends import interpreter
from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.rows import RowSource
from exprgrad.jobs.train.problem import Problem

Evaluation = tuple[float, list[float]]
"""A loss, and its derivative with respect to each parameter."""


class Objective(Protocol):
    """A loss with its gradient, wherever it is computed."""

    def __call__(self, parameters: Sequence[float]) -> Evaluation:
        """The loss at these parameters, and d loss / d parameter in the same order."""
        ...


class ScalarObjective:
    """The loss where all variables are numbers, on the interpreter."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.bindings = dict(problem.bindings)
        inputs = problem.graph.inputs()
        self.nodes = [inputs[name] for name in problem.names]

    def __call__(self, parameters: Sequence[float]) -> Evaluation:
        graph, output = self.problem.graph, self.problem.output
        self.bindings.update(zip(self.problem.names, parameters, strict=True))
        values = interpreter.evaluate(graph, self.bindings)
        adjoints = interpreter.gradient(graph, output, values, self.nodes)
        return values[output], [adjoint_at(adjoints, node, 0.0) for node in self.nodes]


class ColumnObjective:
    """The loss over the rows of a source, on the interpreter or by kernels."""

    def __init__(self, problem: Problem, source: RowSource, engine: Engine, rows: int | None = None) -> None:
        """`rows` is how many rows will be computed in all calls together, where that is known."""
        self.problem = problem
        self.source = source
        graph = with_room(problem.graph)
        inputs = graph.inputs()
        slopes = column_derivatives(graph, problem.output, [inputs[name] for name in problem.names], source.names)
        self.prepared = Prepared(graph, [problem.output, *slopes], source, engine, rows)

    def __call__(self, parameters: Sequence[float]) -> Evaluation:
        return self.over(self.source, parameters)

    def over(self, source: RowSource, parameters: Sequence[float]) -> Evaluation:
        """The same over the rows of another source with the same columns."""
        bindings = {**self.problem.bindings, **dict(zip(self.problem.names, parameters, strict=True))}
        loss, *gradient = self.prepared.run(source, bindings).values
        return loss, gradient  # type: ignore[return-value]
