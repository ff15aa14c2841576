"""Forward mode agrees with reverse mode, on numbers and on symbols."""

from __future__ import annotations

from math import isclose, isfinite

import pytest
from hypothesis import assume, given, settings

from exprgrad import parse
from exprgrad.backends import interpreter
from exprgrad.jobs.evaluate.request import Request
from tests.expressions import bindings, texts
from tests.handing import evaluated


@given(texts(max_leaves=12), bindings, bindings)
@settings(max_examples=120)
def test_the_tangent_is_the_gradient_along_the_direction(
    text: str, at: dict[str, float], rates: dict[str, float]
) -> None:
    model = parse(text).model
    inputs = model.graph.inputs()
    values = interpreter.evaluate(model.graph, {name: at[name] for name in inputs})
    direction = {name: rates[name] for name in inputs}
    tangent = interpreter.tangents(model.graph, values, direction)[model.output] or 0.0
    adjoints = interpreter.gradient(model.graph, model.output, values, inputs.values())
    parts = [(adjoints[node] or 0.0) * direction[name] for name, node in inputs.items() if node <= model.output]
    assume(all(map(isfinite, [*values, *parts, tangent])))
    largest = max([abs(a) for a in adjoints if a is not None and isfinite(a)], default=1.0)
    scale = max([1e-300, *map(abs, parts)])
    assume(largest < 1e100)
    assert isclose(tangent, sum(parts), rel_tol=1e-9, abs_tol=1e-9 * scale)


@pytest.mark.parametrize(
    ("text", "at", "rates", "tangent"),
    [
        ("x*y", {"x": 2, "y": 3}, {"x": 1, "y": 2}, 7),
        ("x > 0 ? log(x) : 0", {"x": 0}, {"x": 1}, 0),
        ("relu(sqrt(x) - 1)", {"x": 0}, {"x": 1}, 0),
        ("x + y", {"x": 2, "y": 3}, {"x": 5}, 5),
    ],
)
def test_tangents(text: str, at: dict[str, float], rates: dict[str, float], tangent: float) -> None:
    expression = parse(text)
    assert evaluated(expression, at, Request(direction=rates)).rows[-1].tangent == tangent
    symbolic = evaluated(expression, {}, Request(direction=rates)).rows[-1].tangent
    assert isinstance(symbolic, str)
    again = parse(symbolic)
    assert again.evaluate(**{name: at[name] for name in again.variables}) == tangent
