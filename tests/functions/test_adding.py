"""A function is one entry: added at run time, it is known to eval, diff, check and functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import exp
from pathlib import Path

import pytest

from benchmarks import reference
from exprgrad import ExpressionError, parse
from exprgrad.cli.process import execute
from exprgrad.functions import table
from exprgrad.functions.entry import Function
from exprgrad.functions.precedence import PRODUCT, SUM

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-function.md"
BUMP = Function(
    name="bump",
    operands=("x",),
    doc="exp(-x^4), a flat-topped bell",
    definition="exp(-x^4)",
    partials=("-4*x^3*out",),
    latex=r"\operatorname{bump}\left(#1\right)",
    points=((0.0,), (1.0,), (-2.0,)),
)


def gap_value(x: float, y: float) -> float:
    """What would stand in functions/numerics."""
    return abs(x - y)


GAP = Function(
    name="gap",
    operands=("x", "y"),
    doc="the distance of two numbers",
    value=gap_value,
    formula="abs(x - y)",
    partials=("sign(x - y)", "sign(y - x)"),
    kink="x == y",
    convention="0 where they are equal",
    latex=r"\left|#1 - #2\right|",
    mathml="<mo>|</mo>#1<mo>−</mo>#2<mo>|</mo>",
    set_needs=(SUM, PRODUCT),
    symmetric=True,
    portable="x > y ? x - y : y - x",
)


@pytest.fixture
def gap() -> Iterator[Function]:
    table.register(GAP)
    yield GAP
    del table.FUNCTIONS["gap"]


@pytest.fixture
def bump() -> Iterator[Function]:
    table.register(BUMP)
    yield BUMP
    del table.FUNCTIONS["bump"]


def test_the_page_shows_this_entry() -> None:
    (shown,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    source = Path(__file__).read_text("utf-8")
    assert re.sub(r"\s", "", shown) in re.sub(r"\s", "", source)


def test_it_is_unknown_before() -> None:
    with pytest.raises(ExpressionError, match="unknown function 'bump'"):
        parse("bump(x)")


def test_it_is_known_everywhere(bump: Function, capfd: pytest.CaptureFixture[str]) -> None:
    expression = parse("2*bump(x)")
    assert expression.evaluate(x=1) == 2 * exp(-1)
    assert expression.gradient(x=1) == {"x": -8 * exp(-1)}
    assert str(expression.derivative("x")) == "-8*x^3*bump(x)"
    assert expression.check(x=0.5).passed
    assert execute(["functions", "bump", "--format", "csv"]) == 0
    assert execute(["eval", "bump(x)", "--x", "0", "--value"]) == 0
    assert execute(["diff", "bump(x)", "--format", "latex"]) == 0
    out = capfd.readouterr().out
    assert "exp(-x^4), a flat-topped bell" in out
    assert out.endswith("1\n-4 {x}^{3} \\operatorname{bump}\\left(x\\right)\n")
    for operands in bump.points:
        assert reference.value_error(bump, operands) <= bump.ulp[0]
        assert reference.partial_error(bump, 0, operands) <= bump.ulp[1]


def test_a_name_can_be_taken_once(bump: Function) -> None:
    with pytest.raises(ValueError, match="defined twice"):
        table.register(bump)


def test_its_row_is_all_that_other_rooms_read(gap: Function, capfd: pytest.CaptureFixture[str]) -> None:
    """Notations, the simplifier, exports, the check and compiled code: none keeps a list of its own."""
    assert str(parse("diff(gap(b, a)*gap(a, b), c) + gap(b, a) + gap(a, b)").derivative("c")) == "0"
    assert execute(["diff", "z*(gap(b, a) + gap(a, b))", "--wrt", "z"]) == 0
    assert execute(["diff", "x*gap(a - b, c + d)", "--wrt", "x", "--format", "latex"]) == 0
    assert execute(["export", "gap(a, b)", "--format", "mathml"]) == 0
    assert execute(["export", "gap(a, b)", "--format", "sql"]) == 0
    out = capfd.readouterr().out
    assert r"\left|a - b - \left(c + d\right)\right|" in out
    assert "<mo>|</mo><mi>a</mi><mo>−</mo><mi>b</mi><mo>|</mo>" in out
    assert "2*gap(" in out
    assert "CASE WHEN" in out
    assert parse("gap(x, 3)^2").check(x=1.5).passed
    for backend in ("interpreter", "llvm"):
        assert execute(["eval", "sum(gap(x, 1.5))", "--x", "1,2,4", "--backend", backend, "--value"]) == 0
        assert capfd.readouterr().out == "3.5\n"
