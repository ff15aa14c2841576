"""The reverse pass: sums over uses, gates, symbols as well as numbers."""

from math import inf, isclose, isfinite, isnan, nan

import pytest
from hypothesis import given, settings

from exprgrad import gradient, parse
from tests.expressions import bindings, texts


def same(x: float, y: float) -> bool:
    return x == y or (isnan(x) and isnan(y))


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("x + x", {"x": 4}, {"x": 2}),
        ("(a*b + c)*d", {"a": 3, "b": 2, "c": 5, "d": 5}, {"a": 10, "b": 15, "c": 5, "d": 11}),
        ("x*x*x", {"x": 2}, {"x": 12}),
        ("a*0 + b", {"a": 3, "b": 2}, {"a": 0, "b": 1}),
        ("u = x*x; u*u", {"x": 2}, {"x": 32}),
        # a gelu inside a product, and a sigmoid used twice: the notebook got both wrong
        ("gelu(x)*y", {"x": 1, "y": 3}, {"x": 3 * 1.0829640838457826, "y": 0.8411919906082768}),
        ("s = sigmoid(x); s*s + s", {"x": 0}, {"x": 0.5}),
        ("sigmoid(x) + x", {"x": 0}, {"x": 1.25}),
        # gates: the branch not taken contributes nothing
        ("where(x > 0, log(x), 0)", {"x": 0}, {"x": 0}),
        ("where(x > 0, log(x), 0)", {"x": -1}, {"x": 0}),
        ("where(x > 0, x, sqrt(x))", {"x": 0}, {"x": inf}),
        ("x > 0 ? log(x) : x > -1 ? sqrt(-x) : 2*x", {"x": -3}, {"x": 2}),
        ("relu(sqrt(x) - 1)", {"x": 0}, {"x": 0}),
        ("max(sqrt(x), 1)", {"x": 0}, {"x": 0}),
        ("floor(log(x))", {"x": 0}, {"x": 0}),
        ("sqrt(x)^2", {"x": 0}, {"x": nan}),
        ("exp(where(x > 0, log(x), x))*x", {"x": -1}, {"x": 0}),
        # conventions at kinks
        ("relu(x)", {"x": 0}, {"x": 0}),
        ("abs(x)", {"x": 0}, {"x": 0}),
        ("max(x, y)", {"x": 1, "y": 1}, {"x": 0.5, "y": 0.5}),
        ("min(x, y)", {"x": 1, "y": 1}, {"x": 0.5, "y": 0.5}),
        ("max(x, y)", {"x": 2, "y": 1}, {"x": 1, "y": 0}),
        ("clip(x, 0, 1)", {"x": 0}, {"x": 0}),
        ("clip(x, 0, 1)", {"x": 1}, {"x": 0}),
        ("clip(x, 0, 1)", {"x": 0.5}, {"x": 1}),
        ("floor(x) + round(x) + step(x) + sign(x)", {"x": 0}, {"x": 0}),
        ("sqrt(x)", {"x": 0}, {"x": inf}),
        ("log(x)", {"x": 0}, {"x": inf}),
        ("x^2", {"x": 0}, {"x": 0}),
        ("x^1", {"x": 0}, {"x": 1}),
        ("x^0", {"x": 0}, {"x": 0}),
        ("x^y", {"x": 0, "y": 2}, {"x": 0, "y": 0}),
    ],
)
def test_gradients(text: str, at: dict[str, float], expected: dict[str, float]) -> None:
    found = gradient(text, **at)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert same(found[name], value) or isclose(found[name], value, rel_tol=1e-15), (name, found[name])


@given(texts(max_leaves=10), bindings)
@settings(max_examples=160)
def test_the_derivative_as_an_expression_is_the_gradient(text: str, values: dict[str, float]) -> None:
    """The same pass on numbers and on nodes: `diff(…, x)` evaluates to what back-propagation gives."""
    expression = parse(text)
    used = {name: values[name] for name in expression.variables}
    found = expression.gradient(**used)
    for name in used:
        symbolic = parse(f"diff({text}, {name})")
        at = {other: values[other] for other in symbolic.variables}
        value = symbolic.evaluate(**at)
        if isfinite(found[name]) and isfinite(value):
            assert isclose(value, found[name], rel_tol=1e-9, abs_tol=1e-300), (name, value, found[name])


def test_nested_gates_close_under_differentiation() -> None:
    text = "x > 0 ? (y > 0 ? log(x)*log(y) : sqrt(-y)) : x*y"
    for x, y in [(2, 3), (2, -3), (-2, 3), (-2, -3), (0, 3), (2, 0)]:
        direct = gradient(text, x=x, y=y)
        for name, value in direct.items():
            symbolic = parse(f"diff({text}, {name})").evaluate(x=x, y=y)
            assert same(symbolic, value), (x, y, name)
    assert parse(f"diff(diff({text}, x), y)").evaluate(x=2, y=4) == 1 / 8
