"""What training minimizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from exprgrad.autodiff.reverse import adjoint_at
from exprgrad.backends import interpreter
from exprgrad.graph.lower import Model


class Objective(Protocol):
    """A loss with its gradient, wherever it is computed."""

    def __call__(self, parameters: Sequence[float]) -> tuple[float, list[float]]:
        """The loss at these parameters, and d loss / d parameter in the same order."""
        ...


class ScalarObjective:
    """The value of a program whose other variables are fixed numbers, on the interpreter."""

    def __init__(self, model: Model, bindings: Mapping[str, float], parameters: Sequence[str]) -> None:
        self.model = model
        self.bindings = dict(bindings)
        self.parameters = tuple(parameters)
        inputs = model.graph.inputs()
        self.nodes = [inputs[name] for name in parameters]

    def __call__(self, parameters: Sequence[float]) -> tuple[float, list[float]]:
        graph, output = self.model.graph, self.model.output
        self.bindings.update(zip(self.parameters, parameters, strict=True))
        values = interpreter.evaluate(graph, self.bindings)
        adjoints = interpreter.gradient(graph, output, values, self.nodes)
        return values[output], [adjoint_at(adjoints, node, 0.0) for node in self.nodes]
