"""Formulas that lose digits, and the functions that keep them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprgrad import parse
from exprgrad.functions.table import FUNCTIONS, STABLE
from exprgrad.graph.forward import forward
from exprgrad.jobs.check.digits import mp
from exprgrad.jobs.check.precise import Exact
from exprgrad.jobs.evaluate.request import Request
from tests.handing import evaluated

EVERYWHERE = [(formula, name) for formula, name in STABLE if formula in FUNCTIONS[name].instead_of]


@pytest.mark.parametrize(("formula", "name"), EVERYWHERE)
@given(x=st.floats(-300, 300), y=st.floats(-300, 300))
def test_what_simplify_writes_is_the_same_on_all_reals(formula: str, name: str, x: float, y: float) -> None:
    operands = FUNCTIONS[name].operands
    graph = parse(formula).model.graph
    with mp.workdps(400):
        at = dict(zip(operands, map(mp.mpf, (x, y)), strict=False))
        written = Exact().operation(name)(*at.values())
        assert abs(forward(graph, Exact(), at)[-1] - written) <= mp.mpf(10) ** -60 * max(1, abs(written))


@pytest.mark.parametrize(
    ("text", "simple"),
    [
        ("log(1 + exp(x))", "softplus(x)"),
        ("2*log(exp(a*b) + 1)", "2*softplus(a*b)"),
        ("log1p(exp(x))", "softplus(x)"),
        ("log(cosh(x))", "logcosh(x)"),
        ("log(exp(x) + exp(y))", "logaddexp(x, y)"),
        ("log(gamma(x))", "log(gamma(x))"),
        ("exp(x) - 1", "exp(x) - 1"),
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
        ("log(exp(x) + 1) + 1e9", -40.0, 1, ""),
        ("floor(log(exp(x) + 1))", -40.0, 1, ""),
    ],
)
def test_a_hint_names_the_function_where_digits_are_lost(text: str, x: float, order: int, better: str) -> None:
    notes = [note for note in evaluated(parse(text), {"x": x}, Request(order=order)).notes if "loses digits" in note]
    assert bool(notes) == bool(better)
    assert not better or f"; {better} keeps them" in notes[0]
