"""`check` over columns, and of a derivative that somebody has written."""

from __future__ import annotations

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprgrad import UsageError, parse
from exprgrad.backends import interpreter
from exprgrad.backends.engine import Engine
from exprgrad.binding import bind
from exprgrad.columns import unroll
from exprgrad.functions.table import FUNCTIONS
from exprgrad.functions.table import REDUCTIONS as ALL
from exprgrad.jobs.check import points
from exprgrad.jobs.check.columns import check_columns
from exprgrad.jobs.check.own import check_own
from exprgrad.jobs.check.result import Check
from tests.handing import evaluated
from tests.jobs.check.test_check import planted

ROWS = [0.5, -1.25, 3.0, 0.75]

REDUCTIONS = {name for name in ALL if not FUNCTIONS[name].expands}
"""Those that are nodes of a graph: others are written out as it is made."""


def call(name: str, column: str) -> str:
    """A call of a reduction: a second operand that it needs is 0.3."""
    others = ["0.3"] * (FUNCTIONS[name].arity[0] - 1)
    return f"{'max' if name == 'largest' else 'min' if name == 'smallest' else name}({', '.join([column, *others])})"


def checked(text: str, backend: str = "interpreter", wrt: tuple[str, ...] = (), **bindings: object) -> Check:
    model, inputs = bind(parse(text).lowered, bindings)  # type: ignore[arg-type]
    return check_columns(model, inputs, Engine(backend), wrt)


@pytest.mark.parametrize("backend", ["interpreter", "llvm"])
@pytest.mark.parametrize(
    "text",
    [
        *(call(name, "w*x") for name in sorted(REDUCTIONS - {"largest", "smallest"})),
        "max(x)*w + min(w*x)",
        "var(w*x, 1)",
        "mean((w*x - 1)^2)",
        "x - w*mean(x)",
        "tanh(w*x)*x",
        "diff(mean(sin(w*x)), w)",
        "w > 1 ? sum(x) : w",
    ],
)
def test_right_derivatives_pass(text: str, backend: str) -> None:
    found = checked(text, backend, x=ROWS, w=1.5)
    assert found.passed, found
    assert {row.verdict for row in found.rows} == {"agrees"}


@pytest.mark.parametrize(("text", "name"), [("tanh(w*x)", "tanh"), ("mean(tanh(w*x))", "tanh"), ("sum(w*x)", "mul")])
def test_a_planted_wrong_rule_is_caught(text: str, name: str) -> None:
    rule = {"tanh": ("1 - out*out*1.0001",), "mul": ("y*1.0001", "x")}[name]
    with planted(name, partials=rule):
        found = checked(text, x=ROWS, w=1.5)
    assert {row.name: row.verdict for row in found.rows}["d/dw"] == "differs"


def test_the_worst_row_is_told() -> None:
    found = checked("log(w*x)", x=[1.0, -2.0, 3.0, -4.0], w=1.0)
    value = found.rows[-1]
    assert (value.verdict, value.row, value.same, found.checked) == ("undefined", 2, 2, 4)
    assert not found.passed


@pytest.mark.parametrize("name", sorted(REDUCTIONS))
@given(rows=st.lists(st.floats(-10, 10).filter(lambda x: abs(x) > 1e-3), min_size=2, max_size=6))
def test_what_is_written_out_is_what_is_folded(name: str, rows: list[float]) -> None:
    """By the textbook's formula, and by the definition of the table."""
    expression = parse(call(name, "x"))
    model, folded = expression.model, evaluated(expression, {"x": rows}).rows[-1].value
    assert isinstance(folded, float)
    for known in ({}, unroll.TEXTBOOK):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(unroll, "TEXTBOOK", known)
            graph, (output,) = unroll.unrolled(model.graph, model.output, {"x": rows})
        assert isclose(interpreter.evaluate(graph, {})[output], folded, rel_tol=1e-9, abs_tol=1e-9)


def test_rows_are_evenly_chosen() -> None:
    assert points.chosen(3) == [0, 1, 2]
    many = points.chosen(10**6)
    assert (len(many), many[0], many[-1]) == (points.MOST, 0, 10**6 - 1)
    assert len(set(many)) == points.MOST


def own(text: str, derivative: str, wrt: str, **bindings: object) -> Check:
    lowered, other = parse(text).lowered, parse(derivative)
    model, inputs = bind(lowered, bindings)  # type: ignore[arg-type]
    return check_own(model, other.model, inputs, wrt)


@pytest.mark.parametrize(
    ("text", "derivative", "wrt", "verdict"),
    [
        ("x^2*sin(x)", "2*x*sin(x) + x^2*cos(x)", "x", "agrees"),
        ("x^2*sin(x)", "2*x*sin(x) + x^2*sin(x)", "x", "differs"),
        ("a*exp(-b*t)", "-a*b*exp(-b*t)", "t", "agrees"),
        ("a*exp(-b*t)", "-a*t*exp(-b*t)", "b", "agrees"),
        ("a*exp(-b*t)", "a*t*exp(-b*t)", "b", "differs"),
        ("log(x)", "1/x", "x", "agrees"),
        ("log(x)", "1/abs(x)", "x", "agrees"),
        ("gelu_erf(x)", "normal_cdf(x) + x*normal_pdf(x)", "x", "agrees"),
        ("tanh(x)", "1 - tanh(x)^2", "x", "agrees"),
        ("tanh(x)", "1 - tanh(x)^2*1.000001", "x", "differs"),
        ("sigmoid(x)", "sigmoid(x)*(1 - sigmoid(x))", "x", "agrees"),
        ("x + y", "1", "y", "agrees"),
    ],
)
def test_a_derivative_of_ones_own_at_points_that_are_drawn(text: str, derivative: str, wrt: str, verdict: str) -> None:
    found = own(text, derivative, wrt)
    assert [row.verdict for row in found.rows] == [verdict], found
    assert "had no value: compared at" in found.notes[0]
    assert found.passed is (verdict == "agrees")


def test_at_a_point_over_rows_and_of_a_fold() -> None:
    assert own("a*x^2", "2*a*x", "x", a=3.0, x=2.0).rows[0][:3] == ("d/dx", 12.0, 12.0)
    rows = own("a*x^2", "2*x", "x", a=2.0, x=[1.0, 2.0, 3.0])
    assert (rows.rows[0].verdict, rows.rows[0].same, rows.checked) == ("differs", 3, 3)
    assert own("mean((w*x - 1)^2)", "mean(2*x*(w*x - 1))", "w", w=1.5, x=ROWS).passed
    assert own("w*x", "x", "w", w=1.5, x=ROWS).passed
    assert own("w*x", "3", "w", w=1.5, x=[3.0, 3.0]).passed
    with pytest.raises(UsageError, match="one number a row"):
        own("mean(w*x)", "x", "w", w=1.5, x=ROWS)
    with pytest.raises(UsageError, match="derivative for each row"):
        own("mean(w*x)", "w", "x", w=1.5, x=ROWS)
