"""Bindings: told apart, checked against the program, and put down in inputs."""

from __future__ import annotations

import pytest

from exprgrad import DataError, UnboundError, UsageError, parse
from exprgrad.binding import bind, bind_numbers
from exprgrad.columns.memory import Columns


def test_numbers_and_columns_are_told_apart() -> None:
    model, inputs = bind(parse("input k = 2; k*w*x").lowered, {"w": 3, "x": [1, 2]})
    assert inputs.numbers == {"k": 2.0, "w": 3.0}
    assert list(inputs.columns) == ["x"]
    assert inputs.rows is not None
    assert inputs.rows.rows == 2
    assert inputs.unbound(model) == []


def test_a_constant_of_the_language_that_is_bound_is_a_variable() -> None:
    lowered = parse("e*x").lowered
    assert list(lowered.model_for(["x"]).graph.inputs()) == ["x"]
    model, inputs = bind(lowered, {"e": 2.0, "x": 3.0})
    assert list(model.graph.inputs()) == ["e", "x"]
    assert inputs.numbers == {"e": 2.0, "x": 3.0}


def test_columns_beside_those_of_the_model_are_let_through() -> None:
    data = Columns({"x": [1.0], "dy": [0.1]})
    assert bind(parse("w*x").lowered, {}, data, beside=["dy"])[1].rows is data
    with pytest.raises(UsageError, match="the expression has no variable dy"):
        bind(parse("w*x").lowered, {}, data)


@pytest.mark.parametrize(
    ("bindings", "error", "message"),
    [
        ({"v": 1.0}, UsageError, "the expression has no variable v"),
        ({"u": 1.0}, UsageError, "u is computed by the expression and cannot be bound"),
        ({"w": "1"}, UsageError, "the value of w must be a binary64 number, not '1'"),
        ({"x": [1.0], "w": [1.0, 2.0]}, DataError, "columns of unequal length"),
    ],
)
def test_what_does_not_fit_is_refused(bindings: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        bind(parse("u = w*x; u + 1").lowered, bindings)  # type: ignore[arg-type]


def test_columns_come_from_one_place() -> None:
    with pytest.raises(UsageError, match="w is a list, but there are columns of data"):
        bind(parse("w*x").lowered, {"w": [1.0]}, Columns({"x": [1.0]}))


def test_where_numbers_are_wanted_columns_and_gaps_are_refused() -> None:
    lowered = parse("w*x").lowered
    with pytest.raises(UsageError, match="x takes one number here, not a column of 2"):
        bind_numbers(lowered, {"x": [1.0, 2.0]})
    with pytest.raises(UnboundError, match="no value for x"):
        bind_numbers(lowered, {"w": 1.0}, complete=True)
