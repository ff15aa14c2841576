"""Derivatives over columns, where numbers on the way to them leave the range of floats: on both backends the same rows
are found, and their derivatives are those of a point."""

from __future__ import annotations

from math import isfinite

import pytest

from exprgrad import parse
from exprgrad.autodiff.derivative import derivatives
from exprgrad.backends import interpreter
from exprgrad.backends.engine import Engine
from exprgrad.backends.mending import wide_rows
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.memory import Columns
from exprgrad.columns.values import Column

FORMULAS = {
    "1/(1 + exp(-x))": (-400.0, 1.0, -720.0, -690.0, 30.0),
    "1/(1 + exp(x)) + 2*x": (720.0, 0.5, 800.0),
    "log(cosh(x))": (800.0, -900.0, 0.25),
    "exp(-x)/(exp(-x) + 1e-200)": (500.0, 700.0, 2.0),
    "log(x*1e300*1e300)": (3.0, 1e-10, 1e10),
    "sqrt(exp(-x))*exp(x/4)": (750.0, 1400.0, 1.0),
    "log(gamma(x))": (180.0, 5.0, 200.0),
    "(x^2*exp(-x*300)*exp(-x*200))*exp(x*250)*exp(x*251)": (3.0, -0.5, 1.5),
    "tanh(x)/x": (1e-309, 0.5, 20.0),
}
"""With points at which a derivative is lost on floats, and others."""


def slopes(text: str, rows: Column, engine: Engine) -> Column:
    """The derivatives in these rows."""
    graph = parse(text).model.graph.copy()
    node = derivatives(graph, parse(text).model.output, [graph.inputs()["x"]], {"x"})[0]
    source = Columns({"x": rows})
    found = Prepared(graph, [node], source, engine).run(source, {}).values[0]
    assert not isinstance(found, float)
    return found


@pytest.mark.parametrize("backend", ["interpreter", "llvm"])
@pytest.mark.parametrize("text", FORMULAS)
def test_a_derivative_in_a_row_is_that_of_the_point(text: str, backend: str) -> None:
    model = parse(text).model
    for x, slope in zip(FORMULAS[text], slopes(text, list(FORMULAS[text]), Engine(backend)), strict=True):
        node = model.graph.inputs()["x"]
        values = interpreter.evaluate(model.graph, {"x": x})
        right = interpreter.gradient(model.graph, model.output, values, [node])[node]
        assert right is not None
        assert isfinite(right)
        assert slope == pytest.approx(right, rel=1e-13), x


@pytest.mark.parametrize("backend", ["interpreter", "llvm"])
@pytest.mark.parametrize("rows", [3, 4099, 9000])
def test_a_sum_of_derivatives_has_the_lost_rows(rows: int, backend: str) -> None:
    graph = parse("sum(1/(1 + exp(-w*x)))").model.graph.copy()
    node = derivatives(graph, len(graph) - 1, [graph.inputs()["w"]], {"x"})[0]
    column = [-400.0 if row % 1000 == 1 else 1.0 for row in range(rows)]
    source = Columns({"x": column})
    (found,) = Prepared(graph, [node], source, Engine(backend, 2)).run(source, {"w": 1.0}).values
    lost = column.count(-400.0)
    assert found == pytest.approx(0.19661193324148188 * (rows - lost), rel=1e-13)


@pytest.mark.parametrize("backend", ["interpreter", "llvm"])
def test_what_underflows_far_from_a_peak_is_not_computed_again(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def again(*_: object) -> list[list[float]]:
        raise AssertionError

    monkeypatch.setattr("exprgrad.backends.mending.second.wide_rows", again)
    assert wide_rows.wide_rows is not again
    found = slopes(
        "3*exp(-((x - 5)/0.01)^2/2) + x^2 + log(x)*max(x, 2)", [4.99, 30.0, 7.0, float("nan")], Engine(backend)
    )
    assert found[1] == pytest.approx(61 + 3.4011973816621555)


def test_a_derivative_made_of_folded_numbers_is_looked_at_twice() -> None:
    found = parse("sum(y)/(1 + exp(-x))").gradient(x=-400.0, y=[1.0, 2.0])
    assert found["x"] == pytest.approx(3 * 1.9151695967140057e-174, rel=1e-13)
    assert parse("sum(y)*exp(-x^2)").gradient(x=40.0, y=[1.0, 2.0])["x"] == 0.0
