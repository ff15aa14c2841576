"""Expressions of parameters as numbers, with their exact first and second derivatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from exprgrad.autodiff.derivative import derivatives, with_room
from exprgrad.binding import Lowered
from exprgrad.errors import ExpressionError, UsageError
from exprgrad.functions.floats import FLOATS
from exprgrad.graph.forward import compute
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import needed
from exprgrad.jobs.fit.reduction import Floats
from exprgrad.syntax import parse
from exprgrad.text.spelling import did_you_mean


def parsed(text: str, kind: str, known: Sequence[str]) -> Model:
    """The model of an expression of some names. Raises UsageError for a text that is none, and for other names."""
    try:
        lowered = Lowered(parse(text))
        model = lowered.model_for([name for name in known if name in lowered.model.constants])
    except ExpressionError as error:
        raise UsageError(f"{kind} has {text!r}, which is no expression: {error.message}", hint=error.hint) from None
    for name in model.graph.inputs():
        if name not in known:
            hint = did_you_mean(name, list(known), f"the parameters are {', '.join(known) or 'none'}")
            raise UsageError(f"{kind} has {name}, which is no parameter", hint=hint)
    return model


class Expressions:
    """Some expressions of the same parameters; other numbers keep their values."""

    def __init__(self, models: Sequence[Model], names: Sequence[str], fixed: Mapping[str, float]) -> None:
        self.names, self.fixed = list(names), dict(fixed)
        self._each = [_Expression(model, names) for model in models]

    def __len__(self) -> int:
        return len(self._each)

    def values(self, at: Floats) -> Floats:
        """Of the expressions [n], at the parameters [p]."""
        return np.array([each.run([each.output], self._bindings(at))[0] for each in self._each])

    def slopes(self, at: Floats) -> Floats:
        """The Jacobian [n, p]."""
        rows = [each.run(each.slopes, self._bindings(at)) for each in self._each]
        return np.array(rows).reshape(len(rows), len(self.names))

    def bends(self, at: Floats, factors: Floats) -> Floats:
        """The sum of the second derivatives, each expression times its factor [p, p]."""
        found = np.zeros((len(self.names), len(self.names)))
        for each, factor in zip(self._each, factors, strict=True):
            if factor:
                found += factor * np.array(each.run(each.bends, self._bindings(at))).reshape(found.shape)
        return found

    def _bindings(self, at: Floats) -> dict[str, float]:
        return {**self.fixed, **dict(zip(self.names, map(float, at), strict=True))}


class _Expression:
    def __init__(self, model: Model, names: Sequence[str]) -> None:
        self.graph, self.output = with_room(model.graph), model.output
        wrt = [self.graph.input(name) for name in names]
        self.slopes = derivatives(self.graph, self.output, wrt, ())
        self.bends = [node for slope in self.slopes for node in derivatives(self.graph, slope, wrt, ())]

    def run(self, nodes: Sequence[int], bindings: Mapping[str, float]) -> list[float]:
        values: dict[int, float] = {}
        compute(self.graph, needed(self.graph, nodes), values, FLOATS, bindings)
        return [values[node] for node in nodes]
