"""Derivatives over columns mean what they mean with each row written out as a variable."""

from __future__ import annotations

from math import isclose, isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.autodiff.reverse import adjoint_at
from exprgrad.backends import interpreter
from exprgrad.columns.plan import plan
from exprgrad.columns.shapes import Shapes
from exprgrad.errors import UsageError
from exprgrad.graph.lower import lower
from exprgrad.jobs.differentiate.differentiate import in_turn
from exprgrad.syntax import parse
from tests.sources import column_texts, columns, computed, unrolled


def scalar_gradient(graph, output, values):
    """d output / d variable by name, on the interpreter."""
    forward = interpreter.evaluate(graph, values)
    inputs = graph.inputs()
    adjoints = interpreter.gradient(graph, output, forward, inputs.values())
    return forward[output], {name: adjoint_at(adjoints, node, 0.0) for name, node in inputs.items()}


@given(column_texts(), columns, st.floats(-2, 2, allow_subnormal=False))
def test_a_derivative_is_that_of_the_rows_written_out(text, data, z):
    model = lower(parse(text))
    graph, inputs, rows = model.graph, model.graph.inputs(), len(data["x"])
    rowwise = Shapes(graph, data).is_column(model.output)
    names = [name for name in inputs if not (rowwise and name in data)]
    slopes = column_derivatives(graph, model.output, [inputs[name] for name in names], data)
    value, *found = computed(graph, [model.output, *slopes], {"z": z}, data)
    flat, outputs = unrolled(model, rows, list(data))
    values = {f"{name}{row}": cell for name, column in data.items() for row, cell in enumerate(column)} | {"z": z}
    for row, output in enumerate(outputs if rowwise else [outputs]):
        expected, slope = scalar_gradient(flat, output, values)
        assert near(value[row] if rowwise else value, expected)
        for name, got in zip(names, found, strict=True):
            if name in data:
                cells = got if isinstance(got, list) else [got] * rows
                assert all(near(cell, slope.get(f"{name}{k}", 0.0)) for k, cell in enumerate(cells))
            else:
                assert near(got[row] if isinstance(got, list) else got, slope.get(name, 0.0))


@given(column_texts(), columns, st.floats(-2, 2, allow_subnormal=False))
def test_a_derivative_found_without_knowing_the_columns_is_right_with_them(text, data, z):
    model = lower(parse(f"mean({text})"))
    inputs = model.graph.inputs()
    if "z" not in inputs:
        return
    (slope,) = column_derivatives(model.graph, model.output, [inputs["z"]], data)
    (expected,) = computed(model.graph, [slope], {"z": z}, data)
    graph, (output,) = in_turn(model, [("z",)], {})
    (got,) = computed(graph, [output], {"z": z}, data)
    assert near(got, expected) or not isfinite(got)


def near(got: float, expected: float) -> bool:
    return isclose(got, expected, rel_tol=1e-6, abs_tol=1e-7) or not isfinite(expected)


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("mean((w*x - y)^2)", 1),
        ("sum(w*x)*mean(w*y)", 1),
        ("var(w*x)", 2),
        ("std(w*x)/norm(w*x)", 2),
        ("logsumexp(w*x)", 2),
        ("mean((x - mean(w*x))^2)", 2),
        ("std(w*x - mean(w*x))", 3),
        ("w^2", 0),
    ],
)
def test_a_gradient_takes_no_more_stages_than_the_value(text, stages):
    model = lower(parse(text))
    slopes = column_derivatives(model.graph, model.output, [model.graph.inputs()["w"]], ("x", "y"))
    assert len(plan(model.graph, [model.output, *slopes], ("x", "y")).stages) == stages


def test_a_branch_not_taken_contributes_nothing():
    data = {"x": [4.0, 0.0, -1.0]}
    model = lower(parse("sum(x > 0 ? sqrt(w*x) : 0) + (w > 5 ? mean(log(x - x)) : 0)"))
    slopes = column_derivatives(model.graph, model.output, [model.graph.inputs()["w"]], data)
    assert computed(model.graph, slopes, {"w": 1.0}, data) == [1.0]


def test_a_row_that_depends_on_others_has_no_derivative_by_their_column():
    model = lower(parse("x - mean(w*x)"))
    with pytest.raises(UsageError, match=r"row by row: mean\(w\*x\) depends on all its rows"):
        column_derivatives(model.graph, model.output, [model.graph.inputs()["x"]], ("x",))
