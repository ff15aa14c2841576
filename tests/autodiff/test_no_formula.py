"""A derivative without a formula is nan, and so are all derivatives of it: never a plausible 0."""

from __future__ import annotations

from math import isnan

import pytest

from exprgrad import parse
from exprgrad.autodiff.derivative import derivatives, orders_to_read, pairs_to_compute, repeated, with_room
from exprgrad.backends import interpreter
from exprgrad.cli.process import execute
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.differentiate.differentiate import differentiate
from exprgrad.notation.infix import write

WITHOUT = [
    (row.name, k)
    for row in FUNCTIONS.values()
    for k, partial in enumerate(row.partials)
    if partial == "nan" and not row.helper
]
POINT = {"v": 0.3, "x": 0.4}


def _call(name: str, k: int) -> str:
    """A formula in which v is the operand of a function of which there is no derivative, and enters other terms."""
    operands = ["x"] * len(FUNCTIONS[name].operands)
    operands[k] = "v"
    return f"{name}({', '.join(operands)})*v + v^4"


@pytest.mark.parametrize(("name", "k"), WITHOUT)
def test_every_order_by_every_way(name: str, k: int) -> None:
    expression = parse(_call(name, k))
    graph, output = with_room(expression.model.graph), expression.model.output
    v, x = (graph.input(variable) for variable in POINT)
    found = [*repeated(graph, output, v, 4), *orders_to_read(graph, output, v, 3)]
    found += pairs_to_compute(graph, derivatives(graph, output, [v, x]), [v, x])[0][:1]
    for node in found:
        assert isnan(interpreter.evaluate(graph, POINT)[node]), write(graph, node)


@pytest.mark.parametrize(
    "expression",
    [
        "besselj(v, x) + v^3",
        "besselj(v, x) - bessely(v, x) + v^3",  # one nan is not another: they do not cancel
        "betainc(v, 1 - v, x) + v^3",
        "v*gammainc(v, x)/exp(v)",
        "where(x > 0, besselk(v, x), 1) + v^3",
    ],
)
def test_doors(expression: str) -> None:
    for order in (1, 2, 3):
        formula = differentiate(parse(expression).model, {}, ["v"], order=order).formulas[("v",) * order]
        read = parse(formula.text)
        assert isnan(read.evaluate(**{name: POINT[name] for name in read.variables})), formula
        assert isnan(parse(f"diff({expression}, v, {order})").evaluate(**POINT))
    assert isnan(parse(f"diff(diff({expression}, v)*v, v)").gradient(**POINT)["v"])


def test_what_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["eval", "diff(besselj(v, x), v, 2)", "--v", "1", "--x", "2", "--value"]) == 0
    out, err = capsys.readouterr()
    assert out == "nan\n"
    assert "the derivative of besselj(v, x) with respect to v is nan: there is no formula of it" in err
