"""Trials: the same rows in any division, quantiles as exact ones, and correlations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprgrad.backends import interpreter
from exprgrad.distributions.read import uncertain
from exprgrad.graph.graph import Graph
from exprgrad.trials.copula import factor, groups
from exprgrad.trials.philox import uniforms
from exprgrad.trials.quantiles import quantiles
from exprgrad.trials.trials import Trials

KINDS = [
    "normal(0, 1)",
    "student(1, 2, 2)",
    "lognormal(0, 1)",
    "uniform(-1, 3)",
    "triangular(0, 1, 0.2)",
    "arcsine(0, 1)",
    "trapezoid(0, 1, 2, 4)",
    "ctrap(0, 1, 0.1)",
    "exponential(2)",
    "gamma(0.3, 2)",
    "beta(2, 3)",
    "truncated(normal(0, 1), 2, inf)",
    "truncated(gamma(2, 1), 0.5, 3)",
]


@settings(max_examples=30)
@given(st.integers(0, 2**64 - 1), st.integers(0, 100), st.integers(0, 2**40), st.integers(1, 50), st.integers(1, 50))
def test_a_number_has_its_place(seed: int, stream: int, start: int, first: int, more: int) -> None:
    whole = uniforms(seed, stream, 4 * start, 4 * first + more)
    assert (
        whole == np.r_[uniforms(seed, stream, 4 * start, 4 * first), uniforms(seed, stream, 4 * (start + first), more)]
    ).all()
    assert ((whole > 0) & (whole < 1)).all()


def test_seeds_and_streams_are_apart() -> None:
    found = [uniforms(seed, stream, 0, 1000) for seed in (0, 1) for stream in (0, 1)]
    assert len({tuple(column) for column in found}) == 4
    assert abs(np.corrcoef(found) - np.eye(4)).max() < 0.15


@pytest.mark.parametrize("text", KINDS)
def test_columns_are_quantiles(text: str) -> None:
    """Far out in the tails, too, where they are computed exactly."""
    distribution = uncertain(text, "x").distribution
    assert distribution is not None
    p = np.r_[uniforms(3, 0, 0, 20), 1e-12, 3e-8, 0.5, 1 - 3e-8, 1 - 1e-12]
    exact = np.array([distribution.quantile(float(each)) for each in p])
    scale = max(distribution.estimate()[1], 1.0)
    if not distribution.kind.quantile or distribution.truncated:
        assert quantiles(distribution)(p) == pytest.approx(exact, rel=1e-6, abs=1e-6 * scale)
    trials = Trials({"x": distribution}, {}, seed=3)
    graph = Graph()
    node = trials.shapes.nodes(graph)["x"]
    column = trials.columns(0, 20)["x"]
    found = [interpreter.evaluate(graph, {"x": float(each)})[node] for each in column]
    assert found == pytest.approx(exact[:20], rel=1e-6, abs=1e-6 * scale)


def test_quantiles_ascend_where_they_are_steep() -> None:
    distribution = uncertain("beta(0.5, 0.5)", "x").distribution
    assert distribution is not None
    p = np.linspace(1e-6, 1 - 1e-6, 20_001)
    found = quantiles(distribution)(p)
    assert (np.diff(found) >= -1e-15).all()
    assert ((found >= 0) & (found <= 1)).all()


def test_groups_and_factor() -> None:
    correlations = {("a", "c"): 0.5, ("c", "d"): -0.5, ("b", "e"): 0.0}
    assert groups("abcde", correlations) == [["a", "c", "d"]]
    lower = np.zeros((3, 3))
    for k, row in enumerate(factor("acd", correlations)):
        lower[k, : k + 1] = row
    assert lower @ lower.T == pytest.approx(np.array([[1, 0.5, 0], [0.5, 1, -0.5], [0, -0.5, 1]]))
    assert factor("ab", {("a", "b"): 1.0}) == [[1.0], [1.0, 0.0]]


def test_correlated_columns() -> None:
    inputs = {
        name: uncertain(text, name).distribution
        for name, text in zip("xyz", [KINDS[0], KINDS[2], KINDS[3]], strict=True)
    }
    trials = Trials({k: v for k, v in inputs.items() if v}, {("x", "z"): 0.8}, seed=1)
    columns = trials.columns(0, 20_000)
    assert np.corrcoef(columns["x"], columns["z"])[0, 1] == pytest.approx(0.8, abs=0.03)
    later = trials.columns(8_000, 400)
    for name, column in later.items():
        assert (column == columns[name][8_000:8_400]).all()
    assert ((columns["z"] > 0) & (columns["z"] < 1)).all()
