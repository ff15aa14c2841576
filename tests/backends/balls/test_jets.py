"""Value, first and second derivative in one go: the same as by other ways, and at many points as at one."""

from __future__ import annotations

from itertools import islice

import pytest

from benchmarks.accuracy import scattered
from benchmarks.reference import has_slope
from benchmarks.replay import Orders
from exprgrad.autodiff.derivative import derivatives
from exprgrad.backends import careful
from exprgrad.backends.balls.settle import Bends, Settler
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph

SMOOTH = [name for name, row in FUNCTIONS.items() if not row.slow and not row.reduces and not row.flat]


@pytest.mark.parametrize("name", SMOOTH)
def test_jets_are_what_slopes_of_slopes_are(name: str) -> None:
    """First derivatives are power series of Arb or other formulas; second ones are slopes of the first of the table."""
    row, graph = FUNCTIONS[name], Graph()
    inputs = [graph.input(operand) for operand in row.operands]
    value = graph.apply(name, *inputs)
    bends, exact = Bends(name), Settler(graph, value)
    for i, operand in enumerate(row.operands):
        if operand == "n" or row.partials[i] == "nan":
            continue
        slope = Settler(graph, derivatives(graph, value, [inputs[i]])[0])
        for point in list(islice(scattered(row, 5), 40))[-3:]:
            if not has_slope(row, point) or any(x and not 1e-9 < abs(x) < 1e4 for x in point):
                continue
            at = dict(zip(row.operands, point, strict=True))
            others = exact.at(at, None, 72, 2048, 1.0), exact.at(at, operand, 72, 2048, 1.0)
            for found, other in zip(bends.at(point, i, 1, 72, 2048, 1.0), others, strict=True):
                assert found is None or other is None or found.overlaps(other), (point, operand)
            second, other = bends.at(point, i, 2, 72, 2048, 1.0)[2], slope.at(at, operand, 72, 2048, 1.0)
            if other is not None and abs(other) > 1e-290:  # the table's literals are floats there: 1e-16 of a term
                assert second is not None
                assert abs(second - other) <= 1e-13 * max(abs(float(other)), 1e-13), (point, operand)


@pytest.mark.parametrize("name", ["sin", "pow", "gelu_slope", "clip", "atan2", "digamma", "softplus", "norm"])
def test_derivatives_that_are_repeated_have_the_same_bits(name: str) -> None:
    row, graph = FUNCTIONS[name], Graph()
    inputs = [graph.input(operand) for operand in row.operands]
    value = graph.apply(name, *inputs)
    for node in inputs:
        repeated = Orders(graph, value, node, 3)
        for point in islice(scattered(row, 3), 40):
            at = dict(zip(row.operands, point, strict=True))
            once = careful.orders(graph, value, at, node, 3)
            assert [x.hex() for x in repeated.at(at)] == [x.hex() for x in once], at


@pytest.mark.parametrize("x", [-60.0, -6e6, -6e13])
def test_how_the_slope_of_normal_mills_changes_far_out(x: float) -> None:
    """It goes to -1 as 1/x^2 does, and what it changes by is no difference of ones."""
    graph = Graph()
    node = graph.input("x")
    found = careful.orders(graph, graph.apply("normal_mills", node), {"x": x}, node, 2)[1]
    exact = Bends("normal_mills").at((x,), 0, 2, 72, 2048, 1.0)[2]
    assert exact is not None
    assert found == pytest.approx(float(exact), rel=1e-13)
