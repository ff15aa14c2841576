"""Functions that repeat, of operands that are known worse than to a period: a note says so, and only there."""

from __future__ import annotations

from math import inf

import pytest

from exprgrad import parse
from exprgrad.jobs.evaluate.request import Request
from tests.handing import evaluated

ROWS = [
    ("cot(cosh(178.1*x))", -0.2814706750868057, "cot(cosh(178.1*x))"),
    ("sin(pi*x)", 1e22, "sin(pi*x)"),
    ("cos(x) + sec(exp(x))*x", 45.0, "sec(exp(x))"),
    ("csc(exp(x))", 45.0, "csc(exp(x))"),
    ("tan(x^9.5)", 1e3, "tan(x^9.5)"),
    ("sinc(exp(x))", 45.0, "sinc(exp(x))"),
    ("besselj(0, exp(x))", 45.0, "besselj(0, exp(x))"),
    ("airyai(-exp(x))", 30.0, "airyai(-exp(x))"),
    ("digamma(-exp(x))", 34.5, "digamma(-exp(x))"),
    ("mod(exp(x), 3)", 40.0, "exp(x) % 3"),
    ("mod(x/3, 1)", 1e17, "x/3 % 1"),
    ("fmod(1e20, x*1.2)", 3.1, "fmod(1e+20, x*1.2)"),
    ("remainder(cosh(x), 0.001)", 36.0, "remainder(cosh(x), 0.001)"),
    ("sin((1e20 + x) - 1e20)", 3.0, "sin(1e+20 + x - 1e+20)"),
    ("x/3 - floor(x/3)", 1e15, "floor(x/3)"),
    ("exp(x) - floor(exp(x))", 50.3, "floor(exp(x))"),
    ("ceil(exp(x)) - exp(x)", 50.3, "ceil(exp(x))"),
    ("x*(exp(x) - round(exp(x)))", 50.3, "round(exp(x))"),
    ("x/3 - 7*trunc(x/3/7)", 1e20, "trunc(x/3/7)"),
    ("log(floor(exp(x)))", 50.3, ""),
    ("x - floor(x)", 1e20, ""),
    ("4*x - floor(4*x)", 1e20, ""),
    ("exp(x) - floor(exp(x))", 20.0, ""),
    ("exp(x) - floor(exp(x/2))", 50.3, ""),
    ("sin(x)", 1e22, ""),
    ("sin(2*x)", 1e22, ""),
    ("sin(-x/4)", 1e22, ""),
    ("fmod(x, 3)", 1e300, ""),
    ("floor(exp(x))", 50.0, ""),
    ("sin(exp(x))", 30.0, ""),
    ("x > 0 ? 3 : sin(exp(9*x))", 5.0, ""),
    ("mod(x/3, 1)", 1e10, ""),
    ("exp(x)^2", 50.0, ""),
]


@pytest.mark.parametrize(("text", "x", "lost"), ROWS)
def test_an_operand_that_is_known_worse_than_to_a_period(text: str, x: float, lost: str) -> None:
    found = [note.partition(" loses its digits: rounding moves the operand by ") for note in noted(text, x)]
    assert [before for before, said, _ in found if said] == ([lost] if lost else [])


BEYOND = [
    ("bessely(0, exp(x))", 1000.0, "bessely(0, exp(x))"),
    ("3*besselj(1.5, exp(x))", 1000.0, "besselj(1.5, exp(x))"),
    ("sinc(exp(x))/x", 1000.0, "sinc(exp(x))"),
    ("1 + bessely(0, exp(x))", 1000.0, ""),
    ("besselj(0, x)", inf, ""),
    ("besselk(0, exp(x))", 1000.0, ""),
    ("tanh(exp(x))", 1000.0, ""),
]


@pytest.mark.parametrize(("text", "x", "lost"), BEYOND)
def test_an_operand_beyond_the_floats(text: str, x: float, lost: str) -> None:
    found = [note.partition(" has no digit: its operand is beyond the floats") for note in noted(text, x)]
    assert [before for before, said, _ in found if said] == ([lost] if lost else [])


def test_the_note_counts_periods() -> None:
    (note,) = noted("mod(exp(x), 3)", 40.0)
    assert note.startswith("exp(x) % 3 loses its digits: rounding moves the operand by 30 periods at exp(x) = 2.35385")


def noted(text: str, x: float) -> tuple[str, ...]:
    return evaluated(parse(text), {"x": x}, Request()).notes
