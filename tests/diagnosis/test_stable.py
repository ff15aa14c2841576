"""Formulas that lose digits, and the functions that keep them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import exprgrad
from exprgrad import parse
from exprgrad.functions.rules import called
from exprgrad.functions.table import MIXING, STABLE, Stable
from exprgrad.graph.forward import forward
from exprgrad.jobs.check.digits import mp
from exprgrad.jobs.check.precise import Exact
from exprgrad.jobs.evaluate.request import Request
from tests.handing import evaluated

ROWS = [row for row in STABLE if MIXING.isdisjoint(called(row.formula))]

NUMBERS = st.integers(-3000, 3000).map(lambda whole: whole / 100)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.formula)
@settings(max_examples=25)
@given(first=NUMBERS, second=NUMBERS)
def test_the_better_formula_is_the_same(row: Stable, first: float, second: float) -> None:
    model, better = parse(row.formula).model, parse(row.better).model
    with mp.workdps(900):
        at = dict(zip(model.graph.inputs(), map(mp.mpf, (first, second)), strict=False))
        value, written = (forward(found.graph, Exact(), at)[found.output] for found in (model, better))
        if mp.isnan(value) or mp.isinf(value):
            assert not row.everywhere or value == written or (mp.isnan(value) and mp.isnan(written))
        elif row.everywhere or not mp.isnan(written):
            assert abs(value - written) <= mp.mpf(10) ** -60 * max(1, abs(written))


def test_formulas_of_columns_are_the_same() -> None:
    rows = [row for row in STABLE if row not in ROWS]
    for row in rows:
        formula, better = (exprgrad.parse(text)(x=[0.5, 1.5, -0.25]) for text in row[:2])
        assert better == pytest.approx(formula, rel=1e-14)
    assert rows


@pytest.mark.parametrize(
    ("text", "simple"),
    [
        ("log(1 + exp(x))", "softplus(x)"),
        ("2*log(exp(a*b) + 1)", "2*softplus(a*b)"),
        ("log1p(exp(x))", "softplus(x)"),
        ("log(cosh(x))", "logcosh(x)"),
        ("log(exp(x) + exp(y))", "logaddexp(x, y)"),
        ("log(gamma(x))", "log(gamma(x))"),
        ("x*log(normal_cdf(2*x))", "x*log_normal_cdf(2*x)"),
        ("y*(exp(x) - 1)", "y*expm1(x)"),
        ("exp(x) - 1 + 1", "exp(x)"),
        ("y - y*erf(x)", "y - y*erf(x)"),
        ("log(1 - x)", "log1p(-x)"),
        ("y/(1 + exp(-x))", "y*sigmoid(x)"),
        ("y*exp(x)/(1 + exp(x))^2", "y*sigmoid(-x)*sigmoid(x)"),
        ("exp(x)/sum(exp(x))", "softmax(x)"),
        ("log(1/(1 + exp(x)))", "logsigmoid(-x)"),
        ("exp(x^2)*erfc(x)*y", "y*erfcx(x)"),
    ],
)
def test_simplify_writes_the_function(text: str, simple: str) -> None:
    assert evaluated(parse(text), {}).rows[-1].value == simple


@pytest.mark.parametrize(
    ("text", "x", "order", "better"),
    [
        ("log(gamma(x))", 120.0, 2, "lgamma(x)"),
        ("log(gamma(x))", 200.0, 1, "lgamma(x)"),
        ("log(gamma(x))", 5.0, 1, ""),
        ("log1p(exp(x))", 372.0, 2, "softplus(x)"),
        ("log1p(exp(x))", 372.0, 1, ""),
        ("log(cosh(x))", 400.0, 2, "logcosh(x)"),
        ("log(exp(2*x) + 1)", -40.0, 1, "softplus(2*x)"),
        ("1 - erf(x)", 5.0, 1, "erfc(x)"),
        ("exp(x)/(exp(x) + 1)", 800.0, 1, "sigmoid(x)"),
        ("2*exp(-x)/(1 + exp(-x))", -800.0, 1, ""),
        ("2*(exp(-x)/(1 + exp(-x)))", -800.0, 1, "sigmoid(-x)"),
        ("exp(x)/(exp(x) + 1)", 3.0, 1, ""),
        ("log(normal_cdf(x))", -39.0, 1, "log_normal_cdf(x)"),
        ("log(normal_cdf(x))", 8.0, 2, "log_normal_cdf(x)"),
        ("log(1 - exp(x))", -1e-20, 1, "log1mexp(x)"),
        ("log(1 - x)", 1e-9, 1, "log1p(-x)"),
        ("exp(x^2)*erfc(x)", 30.0, 1, "erfcx(x)"),
        ("exp(x*x)*erfc(x)", 26.0, 5, "erfcx(x)"),
        ("1 - normal_cdf(x)", 9.0, 1, "normal_cdf(-x)"),
        ("log(1/(1 + exp(-x)))", -800.0, 1, "sigmoid(x)"),
        ("log(x + sqrt(1 + x^2))", -1e9, 1, "asinh(x)"),
        ("log(2*cosh(x))", 800.0, 1, "logcosh(x) + 0.6931471805599453"),
        ("normal_pdf(x)/normal_cdf(x)", -37.0, 3, "normal_mills(x)"),
        ("1 - cos(x)", 1e-9, 1, "2*sin(x/2)^2"),
        ("sin(x)/x", 0.0, 1, "sinc(x)"),
        ("log(exp(x) + 1) + 1e9", -40.0, 1, ""),
        ("floor(log(exp(x) + 1))", -40.0, 1, ""),
    ],
)
def test_a_hint_names_the_function_where_digits_are_lost(text: str, x: float, order: int, better: str) -> None:
    notes = [note for note in evaluated(parse(text), {"x": x}, Request(order=order)).notes if "loses digits" in note]
    assert bool(notes) == bool(better)
    assert not better or f"; {better} keeps them" in notes[0]
