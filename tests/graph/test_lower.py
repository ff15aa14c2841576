"""Lowering: names, functions of the user, `diff`, and the errors of meaning."""

import pytest

from exprgrad import parse
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import copied
from exprgrad.jobs.evaluate.request import Request
from tests.expressions import assert_refused
from tests.handing import evaluated


@pytest.mark.parametrize(
    ("text", "bindings", "value"),
    [
        ("u = a*b; v = u + c; v*d", {"a": 3, "b": 2, "c": 5, "d": 5}, 55),
        ("f(x, y) = x^2 + y; f(a, 1) + f(1, a)", {"a": 3}, 14),
        ("g(x) = x + k; f(x) = g(g(x)); f(1)", {"k": 10}, 21),
        ("input k = 4; k*2", {}, 8),
        ("input k = 4; k*2", {"k": 5}, 10),
        ("param w = pi in [0, 4]; w", {}, 3.141592653589793),
        ("1 < 2 < 3", {}, 1),
        ("3 < 2 < nan", {}, 0),
        ("pi + e + tau", {}, 12.143059789228424),
        ("huber(3) + huber(3, 2) + leaky_relu(-1)", {}, 2.5 + 4 - 0.01),
        ("7 % 3 + (-7) % 3 + mod(7, -3)", {}, 1 + 2 - 2),
        ("diff(x^3, x)", {"x": 2}, 12),
        ("diff(x^3, x, 2)", {"x": 2}, 12),
        ("diff(diff(x^3*y, x), y)", {"x": 2, "y": 7}, 12),
        ("d(x) = diff(x^2, x); d(t) + t", {"t": 3}, 9),
        ("diff(y, x)", {"y": 1, "x": 3}, 0),
        ("u = x^2; diff(u*u, x)", {"x": 2}, 32),
    ],
)
def test_values(text: str, bindings: dict[str, float], value: float) -> None:
    assert parse(text).evaluate(**bindings) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("relo(x)", "unknown function 'relo'; did you mean 'relu'?", "relo"),
        ("qqqqqq(x)", "unknown function 'qqqqqq'; `exprgrad functions` lists them", "qqqqqq"),
        ("sin(x, y)", "sin takes 1 operand, not 2", "sin(x, y)"),
        ("huber()", "huber takes 1 to 2 operands, not 0; write huber(x, delta)", "huber()"),
        ("f(x) = x; f(1, 2)", "f takes 1 operand, not 2", "f(1, 2)"),
        ("f(x) = f(x); f(1)", "the function 'f' calls itself", "f(x)"),
        ("f(x) = g(x); g(x) = f(x); f(1)", "the function 'f' calls itself", "f(x)"),
        ("sin(x) = x; sin(1)", "'sin' is a function of the language", "sin(x)"),
        ("f(x) = x; f(y) = y; f(1)", "the function 'f' is defined twice", "f(y)"),
        ("u = 1; u = 2", "'u' is defined twice", "u"),
        ("x + 1; 2", "only the last statement can be a bare expression; give it a name: u = …, or remove it", "x + 1"),
        ("y = x; x = 1", "'x' is used before it is defined", "x"),
        ("param w = x; w", "the value of 'w' must be a number", "w"),
        ("param w = 1 in [2, 3]; w", "'w' starts outside its interval", "w"),
        ("param w = 1 in [3, 2]; w", "the interval of 'w' is empty", "w"),
        ("diff(x^2, x+1)", "diff differentiates with respect to a variable, not x+1", "diff(x^2, x+1)"),
        ("diff(x^2, 2)", "diff differentiates with respect to a variable, not 2", "diff(x^2, 2)"),
        ("diff(x^2)", "diff takes 2 to 3 operands, not 1; write diff(x^2, x)", "diff(x^2)"),
        ("diff(x^2, x, 0)", "the order of diff is a whole number from 1 on", "diff(x^2, x, 0)"),
        ("diff(x^2, x, 1.5)", "the order of diff is a whole number from 1 on", "diff(x^2, x, 1.5)"),
        (
            "diff(x^2, x, y)",
            "the order of diff is a whole number from 1 on; write diff(diff(x^2, x), y)",
            "diff(x^2, x, y)",
        ),
    ],
)
def test_errors(text: str, message: str, marked: str) -> None:
    assert_refused(parse, text, message, marked)


def test_equal_nodes_are_one() -> None:
    graph = parse("(a + b)*(a + b) + (b + a)").model.graph
    assert graph.operations.count("add") == 3  # a + b once, b + a is another, and the sum


def test_a_function_called_twice_as_often_at_each_level_is_expanded_once() -> None:
    lines = ["f0(x) = x + 1", *(f"f{k}(x) = f{k - 1}(x) + f{k - 1}(x)" for k in range(1, 200)), "f199(1)"]
    assert parse("\n".join(lines)).evaluate() == 2.0**200


@pytest.mark.parametrize(
    ("text", "at", "value"),
    [
        ("f(t) = diff(t^3*x, x); f(x)", {"x": 2}, 8),  # t of f is not the x of its diff
        ("f(t) = diff(t*x, t); f(x)", {"x": 5}, 5),
        ("f(t) = diff(t^2, t); f(3)", {}, 6),
        ("g(t) = diff(sin(t), t); g(x^2)", {"x": 0}, 1),
        ("d(h, x) = diff(h*x^2, x); k(x) = d(x, x + 1)*2; k(y) + k(z)", {"y": 2, "z": 3}, 72),
        ("f(t) = diff(g(t), t); g(t) = t^2; f(f(a))", {"a": 3}, 12),
        ("u = a + 1; f(t) = u*diff(t^2, t); f(u)", {"a": 1}, 8),
    ],
)
def test_diff_in_functions_means_their_own_operands(text: str, at: dict[str, float], value: float) -> None:
    expression = parse(text)
    assert expression.evaluate(**at) == value
    assert set(expression.variables) == set(at)


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("t = 2; t*a^2", 9),
        ("t = -2; t*a^-2", 1 / 9),
        ("t = 1/2; t*a^(1/2)", 3**0.5),
        ("s = 2; t = 2; s*t*a^2", 18),
        ("t = 2; s = t; s*a^2", 9),
        ("t = pi; t*a + pi", 3),
        ("t = 2; d = diff(a^3, a); t*d^2", 27**2),  # through the expansion of diff, and the copies it makes
        ("f(x) = diff(x^2, x); t = 2; t*f(a)^2", 36),
        ("u = a^2; t = 2; t*u + a^2 + 2", 9),
    ],
)
@pytest.mark.parametrize("order", [1, 2])
def test_a_named_constant_is_none_of_its_equals(text: str, slope: float, order: int) -> None:
    """In `t = 2; t*a^2` the exponent is not t: also where derivatives are expressions, as from the second order on."""
    (row,) = [row for row in evaluated(parse(text), {"a": 3.0}, Request(order=order)).rows if row.name == "t"]
    assert row.gradient == pytest.approx(slope, rel=1e-15)


def test_a_named_constant_is_its_own_in_copies() -> None:
    graph = parse("t = 2; t*a^2").model.graph
    assert graph.operations.count("constant") == 2
    for copy in (graph.copy(), Graph()):
        copied(graph, copy, range(len(graph)))
        assert copy.operations == graph.operations
