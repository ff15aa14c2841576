"""Correlated errors of the response: generalized least squares by a covariance matrix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import exprgrad
from exprgrad.errors import DataError, LimitError, UsageError
from tests.command import exprgrad as command

EXAMPLES = Path(__file__).parents[3] / "examples"
LONGLEY, AR1 = str(EXAMPLES / "longley.csv"), str(EXAMPLES / "longley-ar1.csv")
Floats = NDArray[np.float64]


def _drawn(seed: int, rows: int = 12) -> tuple[dict[str, Floats], Floats]:
    """Rows of a decay, and a covariance matrix with variances of many sizes."""
    draw = np.random.default_rng(seed)
    square = draw.normal(size=(rows, rows))
    sizes = 10 ** draw.uniform(-2, -0.5, rows)
    spread = square @ square.T / rows + 0.2 * np.eye(rows)
    spread *= np.outer(sizes, sizes) / np.sqrt(np.outer(np.diag(spread), np.diag(spread)))
    x = np.linspace(0, 4, rows)
    y = 3 * np.exp(-0.8 * x) + np.linalg.cholesky(spread) @ draw.normal(size=rows)
    return {"x": x, "y": y}, spread


def test_a_pair_that_pulls_below_both() -> None:
    """Peelle's pertinent puzzle (1987): 1.5 and 1.0 with errors of their own of 10 % and one in common of 20 % have the
    mean 15/17 and the variance 0.0020250/0.0425."""
    own, common = np.array([0.15, 0.1]), np.array([0.3, 0.2])
    found = exprgrad.fit("y ~ m", y=[1.5, 1.0], covariance=np.diag(own**2) + np.outer(common, common), absolute=True)
    assert found.parameters["m"].value == pytest.approx(15 / 17, rel=1e-14)
    assert found.parameters["m"].std_error == pytest.approx((0.002025 / 0.0425) ** 0.5, rel=1e-13)
    assert found.rss == pytest.approx(100 / 17, rel=1e-13)


def test_published_autocorrelated_errors() -> None:
    """Longley's data with errors of an AR(1) process: what gls of R's nlme prints (Faraway 2014, Linear Models with R,
    8.1)."""
    found = exprgrad.fit("employed ~ a + b*gnp + c*population", LONGLEY, covariance=AR1)
    values = {name: (each.value, each.std_error) for name, each in found.parameters.items()}
    assert values["a"] == pytest.approx((101.85813, 14.198932), rel=1e-7)
    assert values["b"] == pytest.approx((0.0720709, 0.010606), rel=5e-5)
    assert values["c"] == pytest.approx((-0.548513, 0.154130), rel=2e-6)
    assert found.residual_std_error == pytest.approx(0.689207, rel=1e-6)
    assert found.correlated_errors == AR1


@pytest.mark.parametrize("absolute", [False, True])
def test_a_curve_has_the_statistics_of_the_formulas(absolute: bool) -> None:
    from scipy.optimize import curve_fit

    data, spread = _drawn(1)
    found = exprgrad.fit("y ~ a*exp(-b*x)", data, covariance=spread, absolute=absolute)
    theirs, errors = curve_fit(
        lambda x, a, b: a * np.exp(-b * x), data["x"], data["y"], (3, 0.8), spread, absolute, xtol=1e-14, ftol=1e-14
    )
    values = np.array([each.value for each in found.parameters.values()])
    assert values == pytest.approx(theirs, rel=1e-7)
    assert np.array(found.covariance) == pytest.approx(errors, rel=1e-6)
    inverse, (a, b) = np.linalg.inv(spread), values
    left = data["y"] - a * np.exp(-b * data["x"])
    cost, n = left @ inverse @ left, len(left)
    assert found.rss == pytest.approx(cost, rel=1e-10)
    determinant = np.linalg.slogdet(spread)[1]
    likelihood = -(cost + n * np.log(2 * np.pi) + determinant) / 2
    if not absolute:
        likelihood = -(n * (np.log(2 * np.pi * cost / n) + 1) + determinant) / 2
    assert found.aic == pytest.approx(2 * (2 + (not absolute)) - 2 * likelihood, rel=1e-9)
    mean = inverse.sum(axis=0) @ data["y"] / inverse.sum()
    assert found.r2 == pytest.approx(1 - cost / ((data["y"] - mean) @ inverse @ (data["y"] - mean)), rel=1e-9)


def test_a_diagonal_is_sigmas() -> None:
    data, spread = _drawn(2)
    sigma = np.sqrt(np.diag(spread))
    one = exprgrad.fit("y ~ a*exp(-b*x) + c", data, covariance=np.diag(sigma**2))
    other = exprgrad.fit("y ~ a*exp(-b*x) + c", {**data, "s": sigma}, sigma="s")
    for name in ("rss", "r2", "adjusted_r2", "aic", "bic", "residual_std_error", "dof"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9)
    for name, each in one.parameters.items():
        assert each == pytest.approx(other.parameters[name], rel=1e-6)
    left = exprgrad.residuals(one, data, covariance=np.diag(sigma**2))
    theirs = exprgrad.residuals(other, {**data, "s": sigma})
    for name, column in left.items():
        assert column == pytest.approx(theirs[name], rel=1e-5, abs=1e-9)


def test_what_is_left_of_a_row_is_what_leaving_it_out_changes() -> None:
    data, spread = _drawn(3)
    found = exprgrad.fit("y ~ a + b*x", data, covariance=spread)
    left = exprgrad.residuals(found, data, covariance=spread)
    values = np.array([each.value for each in found.parameters.values()])
    slopes = np.column_stack([np.ones(12), data["x"]])
    information = slopes.T @ np.linalg.inv(spread) @ slopes
    for row in (0, 5):
        rest = np.arange(12) != row
        less = {name: column[rest] for name, column in data.items()}
        other = exprgrad.fit("y ~ a + b*x", less, covariance=spread[np.ix_(rest, rest)])
        moved = values - [each.value for each in other.parameters.values()]
        cook = moved @ information @ moved / (2 * found.residual_std_error**2)
        assert left["cook"][row] == pytest.approx(cook, rel=1e-8)
    assert left["leverage"].sum() == pytest.approx(2, rel=1e-10)
    with pytest.raises(UsageError, match="give it here, too"):
        exprgrad.residuals(found, data)


def test_large_residuals_and_intervals_by_profile() -> None:
    """The profile of a linear model is the symmetric interval, and a curve far from its data ends in a minimum."""
    data, spread = _drawn(4)
    symmetric = exprgrad.fit("y ~ a + b*x", data, covariance=spread)
    profile = exprgrad.fit("y ~ a + b*x", data, covariance=spread, intervals="profile")
    for name, each in profile.parameters.items():
        assert (each.low, each.high) == pytest.approx(symmetric.parameters[name][4:], rel=1e-9)
    far = exprgrad.fit("y ~ 10*b*exp(-b*x) + 4", {**data, "b": 2.0}, covariance=spread, backend="interpreter")
    assert far.converged
    inverse = np.linalg.inv(spread)

    def cost(b: float) -> Any:
        left = data["y"] - 10 * b * np.exp(-b * data["x"]) - 4
        return left @ inverse @ left

    best = far.parameters["b"].value
    assert far.rss == pytest.approx(cost(best), rel=1e-10)
    assert min(cost(best * (1 - 1e-4)), cost(best * (1 + 1e-4))) >= cost(best)


def test_constraints_priors_and_ties_hold() -> None:
    def fitted(**options: Any) -> Any:
        return exprgrad.fit("employed ~ a + b*gnp + c*population", LONGLEY, covariance=AR1, **options).parameters

    tied, held = fitted(tie={"a": "1000*b"}), fitted(where="a = 1000*b")
    for name, each in tied.items():
        assert each == pytest.approx(held[name], rel=1e-6)
    assert fitted(prior={"a": (90, 0.01)})["a"].value == pytest.approx(90, abs=0.01)


def test_matrices_that_are_none(tmp_path: Path) -> None:
    good = [[1.0, 0.5], [0.5, 1.0]]
    for matrix, message in (
        (
            [[1, 0.5], [0.4, 1]],
            "the covariance matrix is not symmetric: row 1, column 2 is 0.5, and row 2, column 1 is 0.4",
        ),
        (
            [[1, 1.5], [1.5, 1]],
            "the covariance matrix is not positive definite: it gives rows 1 and 2 a correlation of 1.5",
        ),
        (
            [[1, 1], [1, 1]],
            "the covariance matrix is not positive definite: the least eigenvalue of its correlations is 0",
        ),
        ([[0, 0], [0, 1]], "row 1, column 1 is 0; what stands on the diagonal is a variance"),
        ([[1, np.nan], [np.nan, 1]], "row 1, column 2 is nan"),
        (np.eye(3), "the covariance matrix is 3 by 3, and 2 rows of the data are fitted"),
        (np.ones((2, 3)), "the covariance matrix has 2 rows and 3 columns"),
    ):
        with pytest.raises(DataError, match=message):
            exprgrad.fit("y ~ m", y=[1.0, 2.0], covariance=matrix)
    with pytest.raises(UsageError, match="covariance is a matrix"):
        exprgrad.fit("y ~ m", y=[1.0, 2.0], covariance=[1.0, 2.0])
    with pytest.raises(LimitError, match="up to 10,000 rows"):
        exprgrad.fit("y ~ m", y=[1.0, 2.0], covariance=np.ones((1, 10_001)))
    for options, message in (
        ({"sigma": 1}, "take covariance, whose diagonal has the variances, and leave out sigma"),
        ({"weights": 1}, "leave out weights"),
        ({"by": "g", "g": [1.0, 2.0]}, "each of the groups would need its own"),
        ({"intervals": "bootstrap"}, "take intervals=.profile"),
        ({"robust": "huber"}, "do not go together"),
        ({"likelihood": "student"}, "do not go together"),
    ):
        with pytest.raises(UsageError, match=message):
            exprgrad.fit("y ~ m", y=[1.0, 2.0], covariance=good, **options)
    file = tmp_path / "named.csv"
    file.write_text(",a,b\na,1,0.5\nb,0.5,1\n")
    named = exprgrad.fit("y ~ m", y=[1.0, 2.0], covariance=file)
    assert named.parameters == exprgrad.fit("y ~ m", y=[1.0, 2.0], covariance=good).parameters
    file.write_text("1,0.5\n0.5,x\n")
    found = command("fit", "y ~ m", "--y", "1,2", "--covariance", str(file))
    assert (found.returncode, found.stdout) == (3, "")
    assert found.stderr.endswith('row 2, column "c2": "x" is not a number\n')
