"""Nodes with Python's operators: the graph computes what Python does with numbers."""

from __future__ import annotations

from collections.abc import Callable
from math import isinf, isnan, sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprgrad.functions.floats import FLOATS
from exprgrad.graph.forward import compute
from exprgrad.graph.graph import Graph
from exprgrad.graph.operators import Node, every
from exprgrad.graph.symbols import Symbols

CASES: dict[str, tuple[Callable[[Any, Any], Any], Callable[[float, float], float]]] = {
    "arithmetic": (lambda x, y: 2 - (x + 1) * (3 * y) - -x, lambda x, y: 2 - (x + 1) * (3 * y) - -x),
    "numbers before": (lambda x, y: 1 + x - (0.5 - y), lambda x, y: 1 + x - (0.5 - y)),
    "quotients": (lambda x, y: 1 / (1 + abs(x)) / (abs(y) + 2), lambda x, y: 1 / (1 + abs(x)) / (abs(y) + 2)),
    "a root": (lambda x, y: (x * x + y * y).sqrt(), lambda x, y: sqrt(x * x + y * y)),
    "truth": (lambda x, y: (x < y) & ~(y >= 1) | (x > 2), lambda x, y: float((x < y and not y >= 1) or x > 2)),
    "a choice": (lambda x, y: (x <= y).where(x, y * 2), lambda x, y: x if x <= y else y * 2),
    "all": (lambda x, y: every([x.finite, y > 0, x < 5]), lambda x, y: float(not isinf(x) and y > 0 and x < 5)),
}
NUMBERS = st.floats(-1e100, 1e100) | st.sampled_from([0.0, -0.0, float("inf")])


@pytest.mark.parametrize("name", CASES)
@settings(max_examples=25)
@given(x=NUMBERS, y=st.floats(-1e100, 1e100))
def test_as_in_python(name: str, x: float, y: float) -> None:
    written, expected = CASES[name]
    graph = Graph()
    symbols = Symbols(graph)
    node = written(*(Node(symbols, graph.input(name)) for name in "xy")).node
    values: dict[int, float] = {}
    compute(graph, range(node + 1), values, FLOATS, {"x": x, "y": y})
    found, wanted = values[node], expected(x, y)
    assert found == wanted or (isnan(found) and isnan(wanted))
