"""Errors in x: published results, the whole problem solved with every true place kept, and what cannot be asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import least_squares

import exprgrad
from exprgrad.errors import DataError, ExprgradError, UsageError

X = np.array([0.0, 0.9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4])
Y = np.array([5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5])
"""Pearson 1901, Philosophical Magazine 2."""
WEIGHTS = {
    "wx": np.array([1000, 1000, 500, 800, 200, 80, 60, 20, 1.8, 1]),
    "wy": np.array([1, 1.8, 4, 8, 20, 20, 70, 70, 100, 500]),
}
"""York 1966, Canadian Journal of Physics 44."""
PEARSON = {"x": X, "y": Y, **WEIGHTS}


def test_york() -> None:
    found = exprgrad.fit("y ~ a + b*x", PEARSON, weights="wy", sigma_x={"x": "1/sqrt(wx)"})
    assert found.converged
    assert [found.parameters[name].value for name in "ab"] == pytest.approx(
        [5.479910224032865, -0.480533407446202], rel=4e-14
    )
    assert found.rss == pytest.approx(11.866353194061, rel=1e-13)
    errors = [found.parameters[name].std_error / found.residual_std_error for name in "ab"]
    assert errors == pytest.approx([0.2949707, 0.0579850], rel=1e-6)  # York et al. 2004, Am. J. Phys. 72, table II


EXPLICIT = {
    "x": [0, 0, 5, 7, 7.5, 10, 16, 26, 30, 34, 34.5, 100],
    "y": [1265, 1263.6, 1258, 1254, 1253, 1249.8, 1237, 1218, 1220.6, 1213.8, 1215.5, 1212],
    "sx": [1e-9, 1e-9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1e-9],
    "sy": [1] * 12,
}
"""ODRPACK's first example, where three x are exact."""
IMPLICIT = {
    "x": [
        0.5, 1.2, 1.6, 1.86, 2.12, 2.36, 2.44, 2.36, 2.06, 1.74, 1.34, 0.9, -0.28,
        -0.78, -1.36, -1.9, -2.5, -2.88, -3.18, -3.44,
    ],
    "w": [
        -0.12, -0.6, -1.0, -1.4, -2.54, -3.36, -4.0, -4.75, -5.25, -5.64, -5.97, -6.32, -6.44,
        -6.44, -6.41, -6.25, -5.88, -5.5, -5.24, -4.86,
    ],
    "zero": [0] * 20,
    "sy": [1e-2] * 20,
}  # fmt: skip
"""ODRPACK's second example: an ellipse, on which both x and w have errors and nothing else has."""
LORENTZ = {
    "x": [
        3.9094, 3.85945, 3.84976, 3.84716, 3.84551, 3.83964, 3.82608, 3.78847, 3.78163, 3.72558,
        3.70274, 3.6973, 3.67373, 3.65982, 3.6562, 3.62498, 3.55525, 3.41886,
    ],
    "y": [
        652, 910.5, 984, 1000, 1007.5, 1053, 1160.5, 1409.5, 1430, 1122, 957.5, 920, 777.5, 709.5, 698, 578.5, 418.5,
        275.5,
    ],
    "sx": [
        0.000972971, 0.000948268, 0.000707632, 0.000706679, 0.000706074, 0.000703918, 0.000698955, 0.000456856,
        0.000455207, 0.000662717, 0.000654619, 0.000652694, 0.000000859202, 0.00106589, 0.00106378, 0.00125483,
        0.00140818, 0.00241839,
    ],
    "sy": [0.29] * 18,
}  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "data", "errors", "starts", "expected"),
    [
        (
            "y ~ a + b*(exp(c*x) - 1)^2", EXPLICIT, {"x": "sx"}, {"a": 1500, "b": -50, "c": -0.1},
            {"a": (1264.6548050648876, 1.0349270280543437), "b": (-54.018409956678255, 1.5839997949130556),
             "c": (-0.087849712165253724, 0.0063321988657267052)},
        ),
        (
            "zero ~ c*(x-a)^2 + 2*d*(x-a)*(w-b) + f*(w-b)^2 - 1", IMPLICIT, {"x": 1, "w": 1},
            {"a": -1, "b": -3, "c": 0.09, "d": 0.02, "f": 0.08},
            {"a": (-0.9993809167281279, 0.1113840353364371), "b": (-2.9310484652026476, 0.1097673310686467),
             "c": (0.0875730502693354, 0.0041060738314314), "d": (0.0162299708984738, 0.0027500347539902),
             "f": (0.0797537982976416, 0.0034962501532468)},
        ),
        (
            "y ~ a*b*c/sqrt((x^2 - c^2)^2 + (b*x)^2)", LORENTZ, {"x": "sx"}, {"a": 1000, "b": 0.1, "c": 3.8},
            {"a": (1430.6780846149925, 0.73621186811330963), "b": (0.13390509034538309, 0.00035068899941471650),
             "c": (3.7798193600109009, 0.00024451209281408992)},
        ),
    ],
)  # fmt: skip
def test_odrpack(formula: str, data: Any, errors: Any, starts: Any, expected: Any) -> None:
    """Results and standard errors as ODRPACK gives them, to the digits to which it converges."""
    found = exprgrad.fit(formula, data, sigma="sy", sigma_x=errors, **starts)
    assert found.converged
    for name, (value, error) in expected.items():
        assert found.parameters[name].value == pytest.approx(value, abs=2e-4 * error), name
        assert found.parameters[name].std_error == pytest.approx(error, rel=2e-5), name


def _two(n: int = 14) -> tuple[dict[str, Any], tuple[float, float]]:
    random = np.random.default_rng(1)
    x, w = random.uniform(0, 3, n), random.uniform(0, 2, n)
    sw, (r, q) = random.uniform(0.02, 0.2, n), (0.4, -0.5)
    z, v, e = random.normal(size=(3, n))
    y = 2 * np.exp(-0.7 * x) + 1.3 * w**2 + 0.2 * (r * z + q * v + np.sqrt(1 - r * r - q * q) * e)
    return {"x": x + 0.1 * z, "w": w + sw * v, "y": y, "sw": sw, "sy": np.full(n, 0.2)}, (r, q)


def test_the_whole_problem() -> None:
    """Two columns with errors that correlate with those of the response, beside all true places as parameters."""
    data, (r, q) = _two()
    x, w, y, sw = (data[name] for name in ("x", "w", "y", "sw"))

    def residuals(t: Any) -> Any:
        z, v = t[3:].reshape(2, -1)
        rest = (y - t[0] * np.exp(-t[1] * (x - 0.1 * z)) - t[2] * (w - sw * v) ** 2) / 0.2 - r * z - q * v
        return np.concatenate([z, v, rest / np.sqrt(1 - r * r - q * q)])

    start = np.concatenate([[1, 1, 1], np.zeros(2 * len(x))])
    whole = least_squares(residuals, start, xtol=1e-12, ftol=1e-15, gtol=1e-12)
    errors = np.sqrt(np.diag(np.linalg.inv(whole.jac.T @ whole.jac)))[:3]
    found = exprgrad.fit(
        "y ~ a*exp(-b*x) + c*w^2", data, sigma="sy", sigma_x={"x": "0.1", "w": "sw"}, sigma_xy={"x": r, "w": q},
        absolute=True, a=1, b=1, c=1,
    )  # fmt: skip
    assert found.rss == pytest.approx(2 * whole.cost, rel=1e-11)
    assert [each.value for each in found.parameters.values()] == pytest.approx(whole.x[:3], rel=1e-6)
    assert [each.std_error for each in found.parameters.values()] == pytest.approx(errors, rel=1e-5)
    assert found.rss <= 2 * whole.cost * (1 + 1e-14)


def test_bounds_hold() -> None:
    found = exprgrad.fit("y ~ a + b*x", PEARSON, weights="wy", sigma_x={"x": "1/sqrt(wx)"}, bound={"b": (-0.3, np.inf)})
    assert found.parameters["b"].value == -0.3
    assert "b is at its bound" in found.notes[0]
    fixed = exprgrad.fit("y ~ a - 0.3*x", PEARSON, weights="wy", sigma_x={"x": "1/sqrt(wx)"})
    assert found.parameters["a"].value == pytest.approx(fixed.parameters["a"].value, rel=1e-12)


def test_small_errors_are_none() -> None:
    data = {**PEARSON, "sx": [1e-12] * 10}
    plain = exprgrad.fit("y ~ a*exp(-b*x)", data, a=6, b=0.1, weights="wy")
    found = exprgrad.fit("y ~ a*exp(-b*x)", data, a=6, b=0.1, weights="wy", sigma_x={"x": "sx"})
    for name in "ab":
        assert found.parameters[name].value == pytest.approx(plain.parameters[name].value, rel=1e-9)
        assert found.parameters[name].std_error == pytest.approx(plain.parameters[name].std_error, rel=1e-9)


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"sigma_x": {"x": 0}}, DataError, "the sigma of x is 0; .* leave out"),
        ({"sigma_x": {"x": "x"}}, DataError, r"the sigma of x is 0 \(row 1"),
        ({"sigma_x": {"x": "1 - x"}}, DataError, r"the sigma of x is -0.8.* \(row 3"),
        ({"sigma_x": {"x": "nope"}}, UsageError, "nope"),
        ({"sigma_x": {"q": 1}}, UsageError, "q is no column of the model; its columns are x"),
        ({"sigma_x": {"y": 1}}, UsageError, "y is no column of the model"),
        ({"sigma_x": {"x": "("}}, ExprgradError, r"no column \("),
        ({"sigma_x": {"x": 1}, "sigma_xy": {"x": -1}}, DataError, "the correlation of .* is -1"),
        ({"sigma_x": {"x": 1}, "sigma_xy": {"w": 0}}, UsageError, "w has a correlation and no error"),
        ({"sigma_x": {"x": 1}, "robust": "huber"}, UsageError, "robust"),
        ({"sigma_x": {"x": 1}, "weights": None}, UsageError, "which have no size"),
    ],
)
def test_what_cannot_be(options: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        exprgrad.fit("y ~ a + b*x", PEARSON, **{"weights": "wy", **options})


@pytest.mark.parametrize("formula", ["y ~ a + b*(x - mean(x))", "y/(x + 1) ~ a + b*x"])
def test_rows_that_mix(formula: str) -> None:
    with pytest.raises(UsageError, match=r"sigma.x"):
        exprgrad.fit(formula, {**PEARSON, "x": [x + 1 for x in PEARSON["x"]]}, weights="wy", sigma_x={"x": 0.1})
