"""The other methods: closed forms, enumerations, bounds that hold, and the same bits in any division."""

from __future__ import annotations

from itertools import combinations, product
from math import comb, pi, sin
from typing import Any

import numpy as np
import pytest

import exprgrad
from exprgrad.distributions.read import uncertain
from exprgrad.errors import UsageError
from exprgrad.jobs.sensitivity.methods.poincare import poincare
from tests.jobs.sensitivity.test_sobol import ISHIGAMI, ISHIGAMI_INPUTS, ISHIGAMI_TOTAL


@pytest.mark.parametrize("method", ["sobol", "shapley", "dgsm", "morris"])
def test_threads_change_no_bit(method: str) -> None:
    inputs: Any = {"x": "normal(1, 0.1)", "y": "gamma(2, 0.1)", "z": "triangular(0, 1)"}
    more: Any = {"correlate": {("x", "y"): 0.5}} if method == "shapley" else {}
    one, two = (
        exprgrad.sensitivity("x*y + z", method=method, n=1 << 15, threads=threads, **inputs, **more)
        for threads in (1, 2)
    )
    assert one == two


def shapley_of_linear(weights: Any, covariance: Any) -> Any:
    """The effects of a linear result of normal inputs: the variance that is left when a set is known is that of the
    regression on it (Song, Nelson and Staum 2016, section 4.1)."""
    size = len(weights)

    def left(known: tuple[int, ...]) -> float:
        others = [k for k in range(size) if k not in known]
        inner = covariance[np.ix_(others, others)]
        if known:
            across = covariance[np.ix_(others, known)]
            inner = inner - across @ np.linalg.pinv(covariance[np.ix_(known, known)]) @ across.T
        return float(weights[others] @ inner @ weights[others])

    effects = np.zeros(size)
    for k in range(size):
        rest = [j for j in range(size) if j != k]
        for many in range(size):
            for known in combinations(rest, many):
                gain = left(known) - left(tuple(sorted((*known, k))))
                effects[k] += gain / (size * comb(size - 1, many))
    return effects / effects.sum()


@pytest.mark.parametrize("size", [2, 4, 8])
def test_shapley_effects_of_a_linear_result(size: int) -> None:
    """With 8 inputs the orders are random."""
    random = np.random.default_rng(size)
    root = random.normal(size=(size, size + 2))
    root /= np.sqrt((root**2).sum(axis=1))[:, None]
    weights, scales, matrix = random.uniform(0.5, 2, size), random.uniform(0.5, 2, size), root @ root.T
    inputs: Any = {f"x{k}": f"normal({k}, {scale!r})" for k, scale in enumerate(scales.tolist())}
    pairs = {(f"x{i}", f"x{j}"): float(matrix[i, j]) for i, j in combinations(range(size), 2)}
    text = " + ".join(f"{weight!r}*x{k}" for k, weight in enumerate(weights.tolist()))
    found = exprgrad.sensitivity(text, method="shapley", correlate=pairs, n=1 << 14, **inputs).shapley
    expected = shapley_of_linear(weights, matrix * np.outer(scales, scales))
    for k, value in enumerate(expected):
        index = found[f"x{k}"]
        assert index.value == pytest.approx(value, abs=0.002 if size < 8 else 0.02)
        assert index.low - 0.002 <= value <= index.high + 0.002
    assert sum(index.value for index in found.values()) == pytest.approx(1)


def test_shapley_effects_of_independent_inputs_split_what_they_share() -> None:
    found = exprgrad.sensitivity(ISHIGAMI, method="shapley", **ISHIGAMI_INPUTS)
    expected = {"x1": 0.31390519 + 0.24368366 / 2, "x2": 0.44241114, "x3": 0.24368366 / 2}
    assert {name: index.value for name, index in found.shapley.items()} == pytest.approx(expected, abs=1e-3)
    assert {name: index.value for name, index in found.total.items()} == pytest.approx(ISHIGAMI_TOTAL, abs=1e-3)


def test_inputs_that_are_one_have_the_same_effect() -> None:
    found = exprgrad.sensitivity(
        "x + y + z", method="shapley", correlate={("x", "y"): 1.0}, n=4096, x="0±1", y="0±1", z="0±2"
    )
    assert [found.shapley[name].value for name in "xyz"] == pytest.approx([0.25, 0.25, 0.5], abs=0.01)
    assert found.first["x"].value == pytest.approx(0.5, abs=0.02)
    assert found.total["x"].value == pytest.approx(0, abs=1e-9)


def test_copulas_have_other_margins() -> None:
    """The logarithms of correlated lognormal inputs are correlated normal ones."""
    more: Any = {"method": "shapley", "correlate": {("x", "y"): 0.6}, "n": 1 << 14}
    found = exprgrad.sensitivity("log(x) + log(y)", x="lognormal(0, 1)", y="lognormal(0, 2)", **more).shapley
    expected = shapley_of_linear(np.ones(2), np.array([[1, 1.2], [1.2, 4]]))
    assert [found[name].value for name in "xy"] == pytest.approx(expected, abs=0.003)


def test_many_inputs_take_many_points() -> None:
    inputs: Any = {f"x{k}": "0±1" for k in range(8)}
    with pytest.raises(UsageError, match="4096 points at least"):
        exprgrad.sensitivity("+".join(inputs), method="shapley", n=1024, **inputs)


def test_mean_squares_of_derivatives() -> None:
    """Of the function of Ishigami, by hand."""
    found = exprgrad.sensitivity(ISHIGAMI, method="dgsm", **ISHIGAMI_INPUTS)
    expected = {"x1": (1 + 0.2 * pi**4 / 5 + 0.01 * pi**8 / 9) / 2, "x2": 24.5, "x3": 0.08 * pi**6 / 7}
    assert {name: index.value for name, index in found.measures["dgsm"].items()} == pytest.approx(expected, rel=1e-3)
    assert found.measures["bound"]["x3"].value == pytest.approx(
        4 * expected["x3"] / found.standard_deviation**2, rel=1e-5
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("normal(3, 2)", 4),
        ("uniform(0, 2)", 4 / pi**2),
        ("exponential(3)", 36),
        ("truncated(normal(0, 1), 0, inf)", 0.5),
        ("truncated(normal(0, 1), -9, 20)", 1),
        ("truncated(uniform(0, 2), 0.5, 1.5)", 1 / pi**2),
        ("beta(1, 1, 0, 2)", 4 / pi**2),
        ("triangular(-1, 1)", 1 / 2.404825557695773**2),
        ("gamma(1, 3)", 36),
        ("lognormal(0, 1)", np.inf),
        ("student(0, 1, 9)", np.inf),
    ],
)
def test_constants_of_poincare(text: str, expected: float) -> None:
    distribution = uncertain(text, "x").distribution
    assert distribution is not None
    assert poincare(distribution) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("text", ["arcsine(0, 1)", "trapezoid(0, 1, 2, 4)", "gamma(9, 1)", "beta(0.3, 4)"])
def test_the_bound_is_above_the_share(text: str) -> None:
    """That of a linear result is C over the variance, which is the smallest C there is."""
    distribution = uncertain(text, "x").distribution
    assert distribution is not None
    assert poincare(distribution) >= distribution.deviation() ** 2 * (1 - 1e-4)
    more: Any = {"x": text, "y": text, "n": 1024}
    total = exprgrad.sensitivity("x + 2*y + x*y", **more).total
    bound = exprgrad.sensitivity("x + 2*y + x*y", method="dgsm", **more).measures["bound"]
    assert all(bound[name].value >= total[name].low for name in "xy")


def test_elementary_effects_are_those_of_the_whole_grid() -> None:
    found = exprgrad.sensitivity(ISHIGAMI, method="morris", **ISHIGAMI_INPUTS).measures
    levels = [pi * (2 * k / 3 - 1) for k in range(4)]

    def result(x: tuple[float, ...]) -> float:
        return sin(x[0]) + 7 * sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * sin(x[0])

    for k in range(3):
        effects = np.array(
            [
                (result((*x[:k], x[k] + 4 * pi / 3, *x[k + 1 :])) - result(x)) / (2 / 3)
                for x in product(levels, repeat=3)
                if x[k] < 0
            ]
        )
        name = f"x{k + 1}"
        assert found["mu_star"][name].value == pytest.approx(abs(effects).mean(), abs=0.1)
        assert found["mu"][name].value == pytest.approx(effects.mean(), abs=0.15)
        assert found["sigma"][name].value == pytest.approx(effects.std(), abs=0.1)


def test_elementary_effects_of_a_linear_result_are_its_slopes() -> None:
    found = exprgrad.sensitivity("2*x - 3*y", method="morris", n=64, x="uniform(0, 1)", y="uniform(1, 3)").measures
    for name, slope in (("x", 2), ("y", -6)):
        assert found["mu"][name].value == pytest.approx(slope)
        assert found["mu_star"][name].value == pytest.approx(abs(slope))
        assert found["sigma"][name].value == pytest.approx(0, abs=1e-6)


def test_local_measures_are_those_of_a_budget() -> None:
    more: Any = {"x": "3±0.1", "y": "2±0.3", "correlate": {("x", "y"): 0.4}}
    found = exprgrad.sensitivity("x^2*y", method="local", **more).measures
    budget = exprgrad.uncertainty("x^2*y", **more).budget
    assert {line.input: line.share for line in budget} == pytest.approx(
        {name: index.value for name, index in found["share"].items()}
    )
    assert {name: index.value for name, index in found["elasticity"].items()} == pytest.approx({"x": 2, "y": 1})
    assert {name: index.value for name, index in found["derivative"].items()} == {"x": 12.0, "y": 9.0}
    assert "share" not in exprgrad.sensitivity("x^2*y", method="local", x=3, y=2).measures
