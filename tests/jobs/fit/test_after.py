"""Predictions and residuals, beside the matrices that they are made of, and what R prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student

import exprgrad
from exprgrad.errors import DataError, ExprgradError, UsageError
from exprgrad.render.formats import render

CARS = {
    "speed": [
        4, 4, 7, 7, 8, 9, 10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15,
        15, 16, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25,
    ],
    "dist": [
        2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26, 36, 60, 80, 20, 26,
        54, 32, 40, 32, 40, 50, 42, 56, 76, 84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85,
    ],
}  # fmt: skip
"""Ezekiel 1930, Methods of Correlation Analysis: the data set cars of R."""


def test_r() -> None:
    """predict(lm(dist ~ speed, cars), data.frame(…), interval = …), rstandard, hatvalues, cooks.distance."""
    fit = exprgrad.fit("dist ~ a + b*speed", CARS)
    found = exprgrad.predict(fit, speed=[12, 19, 24])
    assert found.fit == pytest.approx([29.60981, 57.13667, 76.79872], abs=6e-6)
    assert found.low == pytest.approx([24.39514, 51.82913, 68.38765], abs=6e-6)
    assert found.high == pytest.approx([34.82448, 62.44421, 85.20978], abs=6e-6)
    assert found.predicted_low == pytest.approx([-1.749529, 25.76176, 44.75248], abs=1e-5)
    assert found.predicted_high == pytest.approx([60.96915, 88.51159, 108.8449], abs=6e-5)
    rows = exprgrad.residuals(fit, CARS)
    assert rows["cook"][48] == pytest.approx(0.340396, rel=1e-5)
    assert rows["leverage"][0] == pytest.approx(0.11486131, rel=1e-7)
    assert rows["standardized"][48] == pytest.approx(2.919060, rel=1e-5)


COUNTS = {
    "x": [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0],
    "c": [3, 2, 6, 7, 9, 14, 17, 25],
    "n": [30, 28, 31, 33, 30, 29, 30, 30],
    "w": [1, 2, 1, 1, 3, 1, 1, 2],
    "y": [1.1, 1.9, 3.4, 3.9, 5.2, 12.3, 7.1, 7.7],
}
LINE = [0.00490196078431374, -0.0393707521228873, 7.63574444690559e-06]


@pytest.mark.parametrize(
    ("formula", "options", "row", "wanted"),
    [
        ("c ~ exp(u + v*x)", {"likelihood": "poisson"}, 0,
         [0.234820505861163, 0.3035471572939841, 0.014919993632624364]),
        ("c ~ exp(u + v*x)", {"likelihood": "poisson", "weights": "w"}, 1,
         [0.297074337148105, -1.2706328581466990, 0.293652520481997581]),
        ("c ~ sigmoid(u + v*x)", {"likelihood": "binomial", "trials": "n"}, 7,
         [0.419197342904314, 1.5645829967566622, 0.805194932013638009]),
        ("c ~ normal_cdf(u + v*x)", {"likelihood": "binomial", "trials": "n"}, 7,
         [0.424800599664500, 1.710263514, 0.97966167]),
        ("c ~ exp(u + v*x)", {"likelihood": "poisson", "tie": "v=1/h", "u": 0, "h": 1.5}, 0,
         [0.234820505861163, 0.3035471572939841, 0.014919993632624364]),
        ("y ~ v*x", {}, 0, LINE),
        ("y ~ u + v*x", {"where": "u = 0"}, 0, LINE),
        ("y ~ u + v*x", {"where": "u < 0 <= v", "bound": {"v": (0, 9)}}, 0, None),
        ("y ~ u + v*x", {"tie": ["u = v > 1e9 ? v : 0"]}, 0, LINE),
        ("y ~ u + v*x", {"prior": "u=0±1e-9"}, 0, LINE),
        ("y ~ u + v*x", {"where": "u = 0", "covariance": np.eye(8)}, 0, LINE),
    ],
)  # fmt: skip
def test_r_of_likelihoods_and_of_what_is_known(
    formula: str, options: dict[str, Any], row: int, wanted: list[float] | None
) -> None:
    """hatvalues, rstandard and cooks.distance of R 4.2.2's glm, and of lm(y ~ 0 + x) where the model is that."""
    fit = exprgrad.fit(formula, COUNTS, **options)
    covariance = options.get("covariance")
    found = exprgrad.residuals(fit, COUNTS, **({} if covariance is None else {"covariance": covariance}))
    free = fit.n - fit.dof + len(fit.priors)
    if not fit.priors:
        assert sum(found["leverage"]) == pytest.approx(free, rel=1e-9)
    if wanted is not None:
        assert [found[name][row] for name in ("leverage", "standardized", "cook")] == pytest.approx(wanted, rel=1e-7)


NONLINEAR = ("y ~ a*exp(-b*t) + c*w", {"a": 3.0, "b": 0.5, "c": 1.0})


def _rows(n: int = 30) -> dict[str, Any]:
    random = np.random.default_rng(7)
    t, w, s = random.uniform(0, 5, n), random.normal(size=n), random.uniform(0.02, 0.2, n)
    return {"t": t, "w": w, "s": s, "y": 3 * np.exp(-0.5 * t) + w + s * random.normal(size=n)}


@pytest.mark.parametrize("absolute", [False, True])
def test_matrices(absolute: bool) -> None:
    rows, level = _rows(), 0.9
    fit = exprgrad.fit(NONLINEAR[0], rows, sigma="s", absolute=absolute, confidence=level, **NONLINEAR[1])
    a, b, c = (fit.parameters[name].value for name in "abc")
    t, w, s = rows["t"], rows["w"], rows["s"]
    slopes = np.stack([np.exp(-b * t), -a * t * np.exp(-b * t), w], axis=1)
    inverse = np.linalg.inv((slopes / s[:, None]).T @ (slopes / s[:, None]))
    left = rows["y"] - slopes[:, 0] * a - c * w
    size = 1.0 if absolute else np.sqrt(np.sum((left / s) ** 2) / (len(t) - 3))
    found = exprgrad.residuals(fit, rows)
    leverage = np.einsum("ij,jk,ik->i", slopes, inverse, slopes) / s**2
    standard = left / s / size / np.sqrt(1 - leverage)
    wanted = {
        "fitted": rows["y"] - left,
        "residual": left,
        "standardized": standard,
        "leverage": leverage,
        "cook": standard**2 * leverage / (1 - leverage) / 3,
    }
    for name, column in wanted.items():
        assert found[name] == pytest.approx(column, rel=1e-9, abs=1e-12), name
    quantile = student.ppf((1 + level) / 2, np.inf if absolute else len(t) - 3)
    error = size * np.sqrt(np.einsum("ij,jk,ik->i", slopes, inverse, slopes))
    there = exprgrad.predict(fit, {"t": t, "w": w, "s": s})
    assert there.fit == pytest.approx(rows["y"] - left, rel=1e-12)
    assert there.std_error == pytest.approx(error, rel=1e-9)
    assert there.high - there.fit == pytest.approx(quantile * error, rel=1e-8)
    assert there.fit - there.predicted_low == pytest.approx(quantile * np.hypot(error, size * s), rel=1e-8)
    assert np.isnan(exprgrad.predict(fit, t=[1, 2], w=0.5).predicted_low).all()


def test_a_saved_fit_is_the_fit(tmp_path: Path) -> None:
    """The file holds all that a prediction needs."""
    rows, new = _rows(), {"t": [0.5, 7.0], "w": [1.0, -2.0], "s": [0.1, 0.3]}
    fit = exprgrad.fit(NONLINEAR[0], rows, sigma="s", confidence=0.8, **NONLINEAR[1])
    file = tmp_path / "fit.json"
    file.write_text(render(fit, "json"))
    saved, held = exprgrad.predict(file, new), exprgrad.predict(fit, new)
    assert all((a == b).all() for a, b in zip(saved, held, strict=True))


@pytest.mark.parametrize(
    ("formula", "options"),
    [
        ("y ~ u + v*x", {"tie": "v = log(2)/h"}),  # h stands in the tie alone
        ("c ~ exp(u + v*x)", {"likelihood": "poisson", "weights": "w"}),
        ("y ~ u + v*x", {"where": "u < 0", "prior": "v=2±0.1"}),
    ],
)
def test_files_of_likelihoods_and_of_what_is_known(tmp_path: Path, formula: str, options: dict[str, Any]) -> None:
    fit = exprgrad.fit(formula, COUNTS, **options)
    file = tmp_path / "fit.json"
    file.write_text(render(fit, "json"))
    saved, held = exprgrad.predict(file, x=[1, 2]), exprgrad.predict(fit, x=[1, 2])
    assert saved.low == pytest.approx(held.low, rel=1e-14)
    assert np.isnan(saved.predicted_low).all() == (fit.likelihood is not None)


def test_errors_in_x_have_true_places(tmp_path: Path) -> None:
    rows = {"x": [0.0, 1, 2, 3, 4], "y": [1.1, 2.9, 5.2, 6.8, 9.1], "s": [0.1] * 5}
    fit = exprgrad.fit("y ~ a + b*x", rows, sigma="s", sigma_x={"x": 0.1}, absolute=True)
    found = exprgrad.residuals(fit, rows)
    slope = fit.parameters["b"].value
    across = (np.array(rows["y"]) - fit.parameters["a"].value - slope * np.array(rows["x"])) / np.hypot(1, slope) / 0.1
    assert found["standardized"] * np.sqrt(1 - found["leverage"]) == pytest.approx(across, rel=1e-9)
    assert found["leverage"].sum() == pytest.approx(2, rel=1e-10)
    assert found["residual"] == pytest.approx(np.array(rows["y"]) - found["fitted"], rel=1e-12)
    assert found["fitted"] == pytest.approx(fit.parameters["a"].value + slope * found["true_x"], rel=1e-12)
    assert found["true_x"] - np.array(rows["x"]) == pytest.approx(slope / np.hypot(1, slope) * across * 0.1, rel=1e-9)


@pytest.mark.parametrize(
    ("formula", "options", "stopped", "words"),
    [
        ("y ~ u*exp(v*x)", {"bound": {"v": (0, 0.3)}}, "at a bound", "v ended at a bound"),
        (
            "c ~ exp(u + v*x)",
            {"likelihood": "poisson", "bound": {"v": (0, 0.5)}},
            "at a bound",
            "likelihood of poisson",
        ),
        ("c ~ exp(u + v*x)", {"likelihood": "poisson"}, "converged", "second derivatives of the log-likelihood"),
        ("y ~ u + v*x", {"where": "u > 1", "prior": "v=2±0.1"}, "converged", "u = 1 holds at the end"),
        ("y ~ u + v*x", {"tie": "v=u/2", "bound": {"u": (5, 9)}}, "at a bound", "v=u/2 is a tie"),
        ("y ~ u + v*x", {"diagnostics": True}, "converged", "linear problem"),
    ],
)
def test_ends_are_told(tmp_path: Path, formula: str, options: dict[str, Any], stopped: str, words: str) -> None:
    fit = exprgrad.fit(formula, COUNTS, **options)
    assert fit.stopped == stopped
    assert fit.converged
    assert words in " ".join(fit.explanation)
    assert any("needs 20 rows" in note for note in fit.notes) == fit.diagnosed
    file = tmp_path / "fit.json"
    file.write_text(render(fit, "json"))
    assert not any("did not converge" in note for note in exprgrad.compare(file, fit).notes)
    assert "nan" not in render(fit, "latex")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"prior": "v=2±0.1"}, "a fit with priors has no likelihood"),
        ({"sigma": "w", "sigma_x": {"x": 0.1}}, "errors in x have no likelihood"),
        ({"robust": "huber"}, "a huber loss has no likelihood"),
        ({"weights": "w"}, ""),
    ],
)
def test_why_there_is_no_aicc(options: dict[str, Any], words: str) -> None:
    one, other = (exprgrad.fit(formula, COUNTS, **options) for formula in ("y ~ u + v*x", "y ~ v*x + u*x^2"))
    said = [note for note in exprgrad.compare(one, other).notes if "no AICc" in note]
    assert [words in note for note in said] == [True] * bool(words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not valid JSON"),
        ("[]", "no result of a fit"),
        ('{"expression": "y ~ a*x", "parameters": {"a": 1}, "covariance": {}}', "no result of a fit"),
        ('{"expression": "y ~ b*x", "parameters": {}, "covariance": {}, "rss": 1}', "no result of a fit: it has no"),
    ],
)
def test_what_is_no_fit(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "fit.json"
    file.write_text(content)
    with pytest.raises(DataError, match=words):
        exprgrad.predict(str(file), x=[1])


def test_what_cannot_be_predicted() -> None:
    fit = exprgrad.fit("dist ~ a + b*speed", CARS)
    calls: list[tuple[Any, str]] = [
        (lambda: exprgrad.predict(fit), "no rows to predict"),
        (lambda: exprgrad.predict(fit, sped=[1]), "sped"),
        (lambda: exprgrad.predict(fit, speed=[1], confidence=1), "between 0 and 1"),
        (lambda: exprgrad.predict("nothing.json", speed=[1]), "cannot read"),
        (lambda: exprgrad.residuals(fit, {"speed": [1, 2]}), "dist"),
    ]
    for call, words in calls:
        with pytest.raises(ExprgradError, match=words):
            call()
    with pytest.raises(UsageError, match="fit"):
        exprgrad.predict(3, speed=[1])  # type: ignore[arg-type]
