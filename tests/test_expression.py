"""`import exprgrad`: the same as the command line, typed and documented."""

import doctest
import inspect
import math

import pytest

import exprgrad


def test_the_examples_of_the_docstring() -> None:
    assert doctest.testmod(exprgrad).failed == 0
    assert doctest.testmod(exprgrad).attempted > 0


def test_every_public_name_exists_and_is_documented() -> None:
    for name in exprgrad.__all__:
        value = getattr(exprgrad, name)
        assert name == "__version__" or inspect.getdoc(value), name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        exprgrad.nothing  # noqa: B018


def test_evaluate_and_gradient() -> None:
    assert exprgrad.evaluate("a*b+c", a=3, b=2, c=5) == 11
    assert exprgrad.gradient("a*b+c", a=3, b=2, c=5) == {"a": 2, "b": 3, "c": 1}
    assert exprgrad.gradient("3") == {}


def test_a_binding_wins_over_a_constant() -> None:
    expression = exprgrad.parse("e*x")
    assert expression.variables == ("x",)
    assert expression.evaluate(x=1) == math.e
    assert expression.evaluate(x=1, e=2) == 2
    assert expression.gradient(x=5, e=2) == {"e": 5, "x": 2}


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("x^2*sin(x)", 1, "2*x*sin(x) + x^2*cos(x)"),
        ("x^5", 3, "60*x^2"),
        ("tanh(x)", 1, "sech(x)^2"),
        ("y", 1, "0"),
        ("diff(x^4, x)", 1, "12*x^2"),
    ],
)
def test_derivative(text: str, order: int, expected: str) -> None:
    assert str(exprgrad.derivative(text, "x", order)) == expected


def test_train() -> None:
    run = exprgrad.train("param w = 0; (w - 2)^2", {}, epochs=100, lr=0.1, every=50)
    assert run.parameters["w"] == pytest.approx(2, abs=1e-8)
    assert [epoch.epoch for epoch in run.history] == [0, 50]
    assert (run.epochs, run.stopped) == (100, "epochs")


def test_train_holds_parameters_in_their_interval() -> None:
    run = exprgrad.train("param w = 0 in [-1, 1]; (w - 2)^2", {}, epochs=50, lr=0.1)
    assert run.parameters == {"w": 1}


def test_train_stops_when_numbers_are_lost() -> None:
    run = exprgrad.train("param w = 1; -exp(w^2)", {}, epochs=1000, lr=1.0)
    assert run.stopped == "non-finite"
    assert run.epochs < 10
    assert "no longer finite" in run.notes[0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: exprgrad.evaluate("a*b", a=1), "no value for b"),
        (lambda: exprgrad.evaluate("a*b", a=1, b=2, c=3), "the expression has no variable c; its variables: a, b"),
        (lambda: exprgrad.evaluate("alpha", alpa=1), "the expression has no variable alpa; did you mean alpha?"),
        (lambda: exprgrad.evaluate("u = 2; u", u=1), "u is computed by the expression and cannot be bound"),
        (lambda: exprgrad.derivative("x", "x", 0), "the order of a derivative is a whole number from 1 on, not 0"),
        (
            lambda: exprgrad.train("x*y", {"x": 1, "y": 2}),
            'nothing says which variables to train; choose from params=["x", "y"]',
        ),
        (
            lambda: exprgrad.train("x", {"x": 1}, ["z"]),
            "cannot train z: the expression has no such variable; its variables: x",
        ),
        (
            lambda: exprgrad.train("x", {"x": 1}, ["x"], lr=-1),
            "the learning rate must be a positive number, not -1",
        ),
    ],
)
def test_errors(call: object, message: str) -> None:
    with pytest.raises(exprgrad.UsageError) as caught:
        call()  # type: ignore[operator]
    assert str(caught.value) == message
