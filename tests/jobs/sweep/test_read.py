"""What a variable goes through, from texts; and what is said of those that make no sense."""

from __future__ import annotations

import pytest

from exprgrad.errors import ExprgradError
from exprgrad.jobs.sweep.axes import Axis
from exprgrad.jobs.sweep.read import axis
from exprgrad.jobs.sweep.request import Design


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1:2:0.5", [1.0, 1.5, 2.0]),
        ("2:1:-0.5", [2.0, 1.5, 1.0]),
        ("0:1:0.4", [0.0, 0.4, 0.8]),
        ("1:3", [1.0, 2.0, 3.0]),
        ("0:0.3:0.1", [0.0, 0.1, 0.2, 0.3]),
        ("0:pi:pi/2", [0.0, 1.5707963267948966, 3.141592653589793]),
        ("1,", [1.0]),
        (" 2 , 1e3,-4, pi", [2.0, 1000.0, -4.0, 3.141592653589793]),
        ("hypot(3, 4),max(1, 2)", [5.0, 2.0]),
    ],
)
def test_levels(text: str, numbers: list[float]) -> None:
    found = axis(text, "--x")
    assert isinstance(found, Axis)
    assert list(found.levels()) == numbers


@pytest.mark.parametrize(("text", "number"), [("2.5", 2.5), ("2*pi/pi", 2.0), ("hypot(3, 4)", 5.0), ("1±0", 1)])
def test_a_number_is_held(text: str, number: float) -> None:
    assert axis(text, "--x") == number


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("3:1:0.5", "--x: steps of 0.5 do not lead from 3 to 1; write 1:3:0.5, or downwards 3:1:-0.5"),
        ("1:2:5", "--x: the range 1:2:5 has one number alone; give a smaller step"),
        ("1:inf", "--x: the number is not finite"),
        ("1:", "--x: a number is missing"),
        ("1:2:3:4", "--x: a range is written FIRST:LAST:STEP; as --x 1:3:0.1"),
        ("1,,3", "--x: a number is missing"),
        ("1,nan", "--x: the number is not finite"),
        ("0:1:1e-9", "--x: a range of 1e+09 numbers; the limit is 10,000,000"),
        ("normal(1, -0.1)", "--x: s is negative"),
        ("normale(1, 0.1)", "--x: there is no distribution 'normale'; did you mean normal?"),
        ("1.0±-0.1", "--x: an uncertainty is negative"),
        ("y", "--x: what is given has to be a number such as 3, -2e-3 or pi/2"),
    ],
)
def test_errors(text: str, says: str) -> None:
    with pytest.raises(ExprgradError) as caught:
        axis(text, "--x")
    assert says in str(caught.value)


def test_a_seed_is_one_of_the_generator() -> None:
    with pytest.raises(ExprgradError, match=r"--seed is a whole number from 0 to 2\^64 - 1"):
        Design("latin", seed=2**64).check()
