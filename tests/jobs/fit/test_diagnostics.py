"""Diagnostics beside SciPy's tests and plain formulas; and what is said of how a fit was found."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm, normaltest

import exprgrad
from exprgrad.jobs.fit.after.diagnostics import normality_p
from exprgrad.render.formats import render


def _rows(n: int, shape: str, seed: int = 3) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    x = np.linspace(0, 4, n)
    noise = {"normal": random.normal, "skewed": random.exponential, "wide": lambda size: random.standard_t(2, size)}
    return {"x": x, "y": 2 + 3 * x + noise[shape](size=n), "s": np.full(n, 2.0)}


@pytest.mark.parametrize("shape", ["normal", "skewed", "wide"])
@pytest.mark.parametrize("n", [20, 57, 40_000])
def test_residuals(shape: str, n: int) -> None:
    """More rows than one block has, too."""
    rows = _rows(n, shape)
    fit = exprgrad.fit("y ~ a + b*x", rows, sigma="s")
    found = fit.diagnostics
    assert found is not None
    left = (rows["y"] - fit.parameters["a"].value - fit.parameters["b"].value * rows["x"]) / 2
    assert found.normality_p == pytest.approx(normaltest(left).pvalue, rel=1e-6, abs=1e-200)
    assert found.durbin_watson == pytest.approx(np.sum(np.diff(left) ** 2) / np.sum(left**2), rel=1e-12)
    assert found.runs == 1 + np.count_nonzero(np.diff(np.sign(left)))
    scaled = np.stack([np.ones(n) / np.sqrt(n), rows["x"] / np.linalg.norm(rows["x"])], axis=1)
    assert found.condition == pytest.approx(np.linalg.cond(scaled), rel=1e-9)


@pytest.mark.parametrize("skewness", [-1e30, 1e30])
def test_a_skewness_of_any_size_has_a_p(skewness: float) -> None:
    assert normality_p(40, skewness, 3.0) == 0


def test_runs() -> None:
    """A curve that the model misses: 3 runs of 11 rows, 6 with one sign and 5 with the other."""
    x = np.arange(11.0)
    fit = exprgrad.fit("y ~ a + b*x", x=x, y=(x - 5) ** 2 - 9.5)
    found = fit.diagnostics
    assert found is not None
    a = int(np.count_nonzero((x - 5) ** 2 > 10))
    b = 11 - a
    mean = 2 * a * b / 11 + 1
    z = (3 - mean) / np.sqrt((mean - 1) * (mean - 2) / 10)
    assert found.runs == 3
    assert found.runs_p == pytest.approx(2 * norm.cdf(-abs(z)), rel=1e-12)
    assert found.normality_p != found.normality_p


def test_correlated_parameters_are_named() -> None:
    rows = _rows(30, "normal")
    shown = exprgrad.fit("y ~ a + b*(x + 100)", rows, diagnostics=True)
    assert shown.diagnostics is not None
    (pair,) = shown.diagnostics.correlated
    assert pair[:2] == ("a", "b")
    assert pair[2] == pytest.approx(-0.9999, abs=1e-4)
    assert "correlation a, b" in str(shown)
    assert "Durbin-Watson" not in str(exprgrad.fit("y ~ a + b*x", rows))


def test_explained() -> None:
    fit = exprgrad.fit("y ~ a*exp(-b*x)", x=[0, 1, 2, 3], y=[2, 1.2, 0.7, 0.5])
    assert fit.explanation[1] == "a needed no start: the model is linear in it."
    assert "explanation" not in json.loads(render(fit, "json"))
    assert json.loads(render(fit._replace(explains=True), "json"))["explanation"] == list(fit.explanation)
    exact = exprgrad.fit("y ~ a + b*x", x=[1, 2], y=[3, 5])
    assert any("as many parameters as rows" in sentence for sentence in exact.explanation)
