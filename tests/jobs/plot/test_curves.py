"""Curves and fields hold what evaluation at each point gives."""

from __future__ import annotations

from math import isclose, isnan, nan

import pytest

from exprgrad import LimitError, UsageError, parse
from exprgrad.jobs.plot.curves import curves, field
from tests.handing import evaluated

POINTS = [-2.0, -0.5, 0.0, 0.5, 2.0]


def same(x: float, y: float) -> bool:
    return (isnan(x) and isnan(y)) or isclose(x, y, rel_tol=1e-13, abs_tol=1e-300)


@pytest.mark.parametrize(
    "text",
    [
        "x^3 - x",
        "log(x)*a",
        "log1p(2*x)",
        "atanh(x)",
        "x > 0 ? sqrt(x) : a",
        "7",
        "a*gelu(x)",
        "sum(x)*x",
        "diff(x^4, x)",
    ],
)
def test_a_curve_is_the_value_at_each_point(text: str) -> None:
    expression = parse(f"{text} + 0*x")
    at = {"a": 1.5} if "a" in expression.variables else {}
    record = curves(expression.model, at, "x", POINTS, order=2)
    first, second = expression.derivative("x"), expression.derivative("x", 2)
    for k, x in enumerate(POINTS):
        assert same(record.curves[0].values[k], expression.evaluate(**at, x=x))
        for curve, derived in zip(record.curves[1:], (first, second), strict=True):
            used = {name: value for name, value in {**at, "x": x}.items() if name in derived.variables}
            expected = nan if isnan(record.curves[0].values[k]) else derived.evaluate(**used)
            assert same(curve.values[k], expected), (text, x)
    assert [curve.label for curve in record.curves[1:]] == ["dL/dx", "d²L/dx²"]


def test_over_data_the_variable_is_a_number() -> None:
    expression = parse("mean((w*x - y)^2)")
    data = {"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 7.0]}
    record = curves(expression.model, {}, "w", POINTS, 1, data)
    for k, w in enumerate(POINTS):
        report = evaluated(expression, {"w": w, **data})
        assert record.curves[0].values[k] == report.rows[-1].value
        assert record.curves[1].values[k] == report.gradient["w"]


def test_a_field_is_the_value_and_gradient_on_the_grid() -> None:
    expression = parse("sin(x)*y^2 + a")
    xs, ys = [0.0, 1.0, 2.0], [-1.0, 3.0]
    record = field(expression.model, {"a": 0.5}, {"x": xs, "y": ys})
    for k, (y, x) in enumerate((y, x) for y in ys for x in xs):
        assert same(record.values[k], expression.evaluate(x=x, y=y, a=0.5))
        gradient = expression.gradient(x=x, y=y, a=0.5)
        assert same(record.slopes[0][k], gradient["x"])
        assert same(record.slopes[1][k], gradient["y"])
    undefined = field(parse("log(x) + y").model, {}, {"x": [-1.0, 2.0], "y": ys})
    assert [isnan(slope) for slope in undefined.slopes[1]] == [True, False, True, False]


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(UsageError, match="the value is a column"):
        curves(parse("w*x").model, {}, "w", POINTS, 0, {"x": [1.0, 2.0]})
    with pytest.raises(LimitError):
        curves(parse("tan(x)^tan(x)").model, {}, "x", POINTS, 101)
