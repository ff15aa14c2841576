"""Derivatives as expressions: what a person would write, and it reads back to the same values."""

from __future__ import annotations

from math import isclose, isfinite

import pytest
from hypothesis import given, settings

from exprgrad import LimitError, UsageError, parse
from exprgrad.jobs.evaluate.request import Request
from tests.expressions import bindings, texts
from tests.handing import evaluated


@pytest.mark.parametrize(
    ("text", "derivative"),
    [
        ("x^2*sin(x)", "2*x*sin(x) + x^2*cos(x)"),
        ("x^3", "3*x^2"),
        ("1/x", "-1/x^2"),
        ("sqrt(x)", "1/(2*sqrt(x))"),
        ("x^y", "y*x^(y - 1)"),
        ("2^x", "0.6931471805599453*2^x"),
        ("e^x", "e^x"),
        ("exp(-x^2)", "-2*x*exp(-x^2)"),
        ("log(x)/x", "1/x^2 - log(x)/x^2"),
        ("tanh(x)", "sech(x)^2"),
        ("tan(x)", "1/cos(x)^2"),
        ("sigmoid(x)", "sigmoid(x)*sigmoid(-x)"),
        ("softplus(x)", "sigmoid(x)"),
        ("relu(x*y)", "x*y > 0 ? y : 0"),
        ("abs(x)", "sign(x)"),
        ("asin(x)", "1/sqrt((1 - x)*(1 + x))"),
        ("erf(x)", "1.1283791670955126*exp(-x^2)"),
        ("hypot(x, y)", "x/hypot(x, y)"),
        ("(x - y)^2", "2*(x - y)"),
        ("x > 0 ? x*y : x/y", "x > 0 ? y : 1/y"),
        ("3", "0"),
    ],
)
def test_what_a_person_would_write(text: str, derivative: str) -> None:
    assert str(parse(text).derivative("x")) == derivative


@given(texts(max_leaves=8), bindings)
@settings(max_examples=300)
def test_printed_derivatives_read_back_to_the_same_values(text: str, at: dict[str, float]) -> None:
    expression = parse(text)
    used = {name: at[name] for name in expression.variables}
    gradient = expression.gradient(**used)
    for names, formula in expression.derivatives({}, list(used)).formulas.items():
        printed = parse(formula.text)
        value = printed.evaluate(**{name: at[name] for name in printed.variables})
        exact = gradient[names[0]]
        if isfinite(value) and isfinite(exact) and abs(exact) < 1e50:
            contributions = _largest(text, used)
            assert isclose(value, exact, rel_tol=1e-9, abs_tol=1e-10 * contributions), (names, formula.text)


def _largest(text: str, at: dict[str, float]) -> float:
    """The largest number met on the way, forth and back: what rounding is to be measured against."""
    from exprgrad.backends import interpreter

    model = parse(text).model
    values = interpreter.evaluate(model.graph, at)
    adjoints = interpreter.gradient(model.graph, model.output, values, range(len(model.graph)))
    sizes = [abs(v) for v in (*values, *(a for a in adjoints if a is not None)) if isfinite(v)]
    return min(max([1.0, *sizes]), 1e100) ** 3


def test_long_derivatives_do_not_blow_up() -> None:
    factors = "*".join(f"(x + {k})" for k in range(1, 201))
    product = parse(factors).derivatives({}).formulas["x",].text
    sixth = parse("exp(sin(x))*tanh(x)").derivatives({}, order=6).formulas[("x",) * 6].text
    assert len(product) < 100_000
    assert len(sixth) < 100_000
    assert isclose(parse(product).evaluate(x=0.01), parse(factors).gradient(x=0.01)["x"], rel_tol=1e-11)
    # mpmath: diff(lambda x: exp(sin(x))*tanh(x), 0.5, 6)
    assert isclose(parse(sixth).evaluate(x=0.5), SIXTH, rel_tol=1e-12)


SIXTH = 55.97602073750798


def test_hessian_and_higher_orders() -> None:
    expression = parse("x^3*y")
    assert expression.hessian(x=2, y=5) == {"x": {"x": 60, "y": 12}, "y": {"x": 12, "y": 0}}
    result = evaluated(parse("exp(2*x)"), {"x": 0}, Request(order=5))
    assert result.higher == {"x": (4, 8, 16, 32)}
    assert {k: f.text for k, f in expression.derivatives({}, hessian=True).formulas.items()} == {
        ("x", "x"): "6*x*y",
        ("x", "y"): "3*x^2",
        ("y", "x"): "3*x^2",
        ("y", "y"): "0",
    }


def test_latex() -> None:
    derived = parse("alpha*x1^2/w_in + (x1 > 0 ? exp(-x1) : 2e-7)").derivatives({}, ["x1"])
    assert derived.formulas["x1",].latex == (
        r"\frac{2 \alpha x_{1}}{w_{\mathrm{in}}} + \left(\begin{cases} -e^{-x_{1}} & \text{if } x_{1} > 0 \\"
        r" 0 & \text{otherwise} \end{cases}\right)"
    )


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("diff(" * 1000 + "tanh(x)" + ", x)" * 1000, LimitError, "a derivative of order 101: the limit is 100"),
        ("diff(tanh(x), x, 101)", LimitError, "a derivative of order 101: the limit is 100"),
    ],
)
def test_limits_of_diff(text: str, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message) as caught:
        parse(text)
    assert "^" in str(caught.value)


def test_limits_of_derivatives() -> None:
    expression = parse("exp(sin(x))*tanh(x)")
    with pytest.raises(LimitError, match="the limit is 100"):
        expression.derivatives({}, order=101)
    with pytest.raises(LimitError, match="the limit of what is simplified is 200,000"):
        expression.derivatives({}, order=60)
    with pytest.raises(UsageError, match="no such variable"):
        expression.derivatives({}, ["y"])
