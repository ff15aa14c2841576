"""Profile and bootstrap intervals."""

from __future__ import annotations

import json
from math import inf
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import exprgrad
from exprgrad.errors import ExprgradError, UsageError
from exprgrad.jobs.fit.intervals.contour import squared_radius
from exprgrad.jobs.fit.intervals.result import Contour
from exprgrad.jobs.fit.result import Fit
from tests.command import exprgrad as command

PUROMYCIN = {
    "conc": [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10],
    "rate": [76.0, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200],
}
"""Bates and Watts 1988, treated; the intervals are what R's uniroot finds on the profile (its confint interpolates)."""
MODEL = "rate ~ V*conc/(K + conc)"
BEETLES = {
    "dose": [1.6907, 1.7242, 1.7552, 1.7842, 1.8113, 1.8369, 1.8610, 1.8839],
    "n": [59.0, 60, 62, 56, 63, 59, 62, 60],
    "killed": [6.0, 13, 18, 28, 52, 53, 61, 60],
}
LOGISTIC = "killed ~ sigmoid(a + b*dose)"


def ends(fit: Fit) -> list[float]:
    return [end for estimate in fit.parameters.values() for end in (estimate.low, estimate.high)]


@pytest.mark.parametrize("fold", ["triangle", "sums"])
def test_puromycin_as_r(fold: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if fold == "sums":
        monkeypatch.setattr("exprgrad.jobs.fit.reduction.SMALL", 0)
    fit = exprgrad.fit(MODEL, {**PUROMYCIN, "V": 200.0, "K": 0.1}, intervals="profile")
    expected = [197.3019329002, 229.2890550551, 0.0469203420352, 0.0861569134271]
    assert ends(fit) == pytest.approx(expected, rel=1e-11)
    assert fit.parameters["V"].std_error == pytest.approx(6.947155, rel=1e-6)


def test_a_profile_is_where_the_deviance_has_grown() -> None:
    fit = exprgrad.fit(LOGISTIC, BEETLES, likelihood="binomial", trials="n", intervals="profile")
    assert fit.likelihood is not None
    assert ends(fit) == pytest.approx([-71.44, -51.08, 28.854, 40.30], rel=1e-4)  # as R's confint, which interpolates
    for name, estimate in fit.parameters.items():
        for end in (estimate.low, estimate.high):
            held = exprgrad.fit(
                LOGISTIC, {**BEETLES, name: end}, likelihood="binomial", trials="n", fix=[name]
            ).likelihood
            assert held is not None
            assert held.deviance - fit.likelihood.deviance == pytest.approx(3.841458820694124, rel=1e-9)


@pytest.mark.parametrize("options", [{}, {"absolute": True, "sigma": "s"}, {"weights": "s"}, {"confidence": 0.5}])
def test_profiles_of_a_line_are_symmetric(options: dict[str, object]) -> None:
    columns = {"x": [1.0, 2, 3, 4, 5], "y": [1.0, 3, 2, 7, 6], "s": [1.0, 2, 1, 0.5, 1]}
    plain = exprgrad.fit("y ~ a + b*x", columns, **options)  # type: ignore[arg-type]
    profile = exprgrad.fit("y ~ a + b*x", columns, intervals="profile", **options)  # type: ignore[arg-type]
    assert ends(profile) == pytest.approx(ends(plain), rel=1e-10)


def test_the_scale_follows_in_a_profile() -> None:
    columns = {"x": [float(k) for k in range(1, 11)], "y": [1.1, 2.3, 2.9, 4.2, 30, 6.1, 6.8, 8.3, 9.1, 9.7]}
    fit = exprgrad.fit("y ~ a + b*x", columns, likelihood="student", intervals="profile")
    assert fit.likelihood is not None
    for end in (fit.parameters["b"].low, fit.parameters["b"].high):
        held = exprgrad.fit("y ~ a + b*x", {**columns, "b": end}, likelihood="student", fix=["b"]).likelihood
        assert held is not None
        assert 2 * (fit.likelihood.log_likelihood - held.log_likelihood) == pytest.approx(3.841458820694124, rel=1e-7)


def test_ends_that_are_no_crossings_are_said() -> None:
    fit = exprgrad.fit(
        "y ~ a*exp(-b*x)", {"x": [0.0, 1, 2, 3], "y": [1.0, 0.1, -0.05, 0.05], "a": 1, "b": 2}, intervals="profile"
    )
    assert fit.parameters["b"].high == inf
    assert fit.intervals is not None
    assert fit.intervals.open == ("high b",)
    assert "the interval of b has no end above" in fit.notes[0]
    fit = exprgrad.fit(MODEL, {**PUROMYCIN, "V": 200, "K": 0.07}, bound={"K": (0.05, 0.08)}, intervals="profile")
    assert ends(fit)[2:] == [0.05, 0.08]
    assert [note.partition(":")[0] for note in fit.notes] == [
        "the interval of K ends at the bound 0.05",
        "the interval of K ends at the bound 0.08",
    ]


def test_a_lower_minimum_is_told() -> None:
    x = np.arange(0, 6, 0.2)
    noise = np.random.default_rng(1).normal(0, 1, 30)
    data = {"x": x, "y": np.sin(2 * x) + noise}
    other = exprgrad.fit("y ~ a*sin(b*x)", {**data, "a": 0.5, "b": 2.9}, bound={"b": (2.5, 9)}, intervals="profile")
    assert not other.converged or np.isfinite(ends(other)).all()
    fit = exprgrad.fit("y ~ a*sin(b*x)", {**data, "a": 1.0, "b": 4.0}, intervals="profile")
    assert fit.stopped == "stuck"
    assert "the profile found a lower minimum; start there: --a " in fit.notes[-1]


def test_a_bootstrap_is_fits_to_drawn_rows() -> None:
    conc, rate = (np.array(PUROMYCIN[name]) for name in ("conc", "rate"))
    starts = {"V": 212.7, "K": 0.064}
    fit = exprgrad.fit(MODEL, {**PUROMYCIN, **starts}, intervals="bootstrap", resamples=30, seed=5)
    found = []
    for number in range(1, 31):
        rows = np.sort(np.random.default_rng([5, number]).integers(0, 12, 12))
        again = exprgrad.fit(MODEL, {"conc": conc[rows], "rate": rate[rows], **starts})
        found.append([estimate.value for estimate in again.parameters.values()])
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    assert ends(fit) == pytest.approx([low[0], high[0], low[1], high[1]], rel=1e-8)
    same = exprgrad.fit(MODEL, {**PUROMYCIN, **starts}, intervals="bootstrap", resamples=30, seed=5, threads=1)
    assert ends(same) == ends(fit)
    other = exprgrad.fit(MODEL, {**PUROMYCIN, **starts}, intervals="bootstrap", resamples=30, seed=6)
    assert ends(other) != ends(fit)


@pytest.mark.parametrize("options", [{"likelihood": "student"}, {"likelihood": "laplace"}, {"robust": "huber"}])
def test_a_bootstrap_of_other_errors_is_around_the_line(options: dict[str, str]) -> None:
    x = np.arange(12.0)
    y = 1 + 2 * x + np.random.default_rng(2).normal(0, 0.3, 12)
    fit = exprgrad.fit("y ~ a + b*x", {"x": x, "y": y}, intervals="bootstrap", resamples=20, **options)  # type: ignore[arg-type]
    assert fit.parameters["b"].low < 2.02
    assert fit.parameters["b"].high > 1.98


def test_no_intervals_without_degrees_of_freedom() -> None:
    for intervals in ("profile", "bootstrap"):
        fit = exprgrad.fit("y ~ a + b*x", {"x": [1, 2], "y": [1, 3]}, intervals=intervals)
        assert fit.notes[-1] == "there are no other intervals: there are as many parameters as rows"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"intervals": "wald"}, "there are no intervals 'wald'; choose one of symmetric, profile, bootstrap"),
        ({"intervals": "profile", "robust": "huber"}, "huber has no profile intervals; take intervals"),
        ({"intervals": "profile", "likelihood": "laplace"}, "laplace has no profile intervals"),
        ({"intervals": "bootstrap", "resamples": 1}, "resamples"),
        ({"intervals": "bootstrap", "seed": -1}, "seed"),
    ],
)
def test_bad_input(options: dict[str, object], message: str) -> None:
    with pytest.raises(ExprgradError, match=message):
        exprgrad.fit("y ~ a + b*x", {"x": [1, 2, 3], "y": [1, 3, 4]}, **options)  # type: ignore[arg-type]


def _region(fit: Fit) -> tuple[Contour, NDArray[np.float64]]:
    assert fit.intervals is not None
    (region,) = fit.intervals.contours
    return region, np.array(region.boundary)


def test_a_joint_region_is_where_the_cost_is_that_of_its_level() -> None:
    """The cost on the boundary computed by itself, of a curve with a third parameter."""
    x, y = np.arange(6.0), np.array([1, 0.4, 0.22, 0.1, 0.12, 0.05])
    fit = exprgrad.fit("y ~ a*exp(-b*x) + c", x=x, y=y, intervals="profile", contours=True, confidence=0.9)
    assert fit.intervals is not None
    assert [region.names for region in fit.intervals.contours] == [("a", "b"), ("a", "c"), ("b", "c")]
    level = fit.rss + fit.rss / 3 * squared_radius(0.9, 3)
    region = fit.intervals.contours[2]
    assert not region.open
    for b, c in np.transpose(region.boundary)[::4]:
        curve = np.exp(-b * x)
        a = curve @ (y - c) / (curve @ curve)
        assert np.sum((y - a * curve - c) ** 2) == pytest.approx(level, rel=1e-6)


def test_the_level_of_a_region() -> None:
    from scipy.stats import chi2, f

    assert squared_radius(0.95, inf) == pytest.approx(chi2.ppf(0.95, 2), rel=1e-12)
    assert squared_radius(0.9, 7) == pytest.approx(2 * f.ppf(0.9, 2, 7), rel=1e-12)


def test_the_joint_region_of_a_line_is_the_ellipse() -> None:
    fit = exprgrad.fit(
        "y ~ a + b*x", x=[0.0, 1, 2, 3, 4], y=[1.0, 2, 2.5, 4.2, 5.5], intervals="profile", contours=True
    )
    region, boundary = _region(fit)
    best, inverse = np.array([each.value for each in fit.parameters.values()]), np.linalg.inv(np.array(fit.covariance))
    for points in (boundary, np.array(region.ellipse)):
        away = points.T - best
        heights = np.einsum("ij,jk,ik->i", away, inverse, away)
        assert heights == pytest.approx(squared_radius(0.95, 3), rel=1e-6)
    assert (boundary[:, 0] == boundary[:, -1]).all()


def test_a_joint_region_ends_at_a_bound_or_nowhere() -> None:
    line = {"x": [0.0, 1, 2, 3, 4], "y": [1.0, 2, 2.5, 4.2, 5.5]}
    fit = exprgrad.fit("y ~ a + b*x", line, bound={"b": (1.0, 5.0)}, intervals="profile", contours=True)
    region, boundary = _region(fit)
    assert region.open
    assert boundary[1].min() == 1.0
    decay = exprgrad.fit(
        "y ~ a*exp(-b*x)", x=[0.0, 1, 2, 3], y=[1.0, 0.1, -0.05, 0.05], intervals="profile", contours=True
    )
    assert _region(decay)[0].open
    assert any("the region of a and b" in note for note in decay.notes)
    counts = exprgrad.fit(
        "y ~ exp(a + b*x)", x=[0.0, 1, 2, 3], y=[1.0, 2, 5, 9], likelihood="poisson", intervals="profile", contours=True
    )
    assert not _region(counts)[0].open
    with pytest.raises(UsageError, match="contours are drawn where the fit gets worse"):
        exprgrad.fit("y ~ a + b*x", line, contours=True)


def test_regions_are_drawn_below_the_fit(tmp_path: Path) -> None:
    line = ("--x", "0,1,2,3,4", "--y", "1,2,2.5,4.2,5.5", "--intervals", "profile")
    picture = tmp_path / "fit.svg"
    found = command("fit", "y ~ a + b*x", *line, "--plot", str(picture), "--json")
    assert found.returncode == 0
    assert picture.stat().st_size > 1000
    region = json.loads(found.stdout)["intervals"]["contours"][0]
    assert region["parameters"] == ["a", "b"]
    assert len(region["boundary"][0]) == 2
    assert "95% region of a and b" in command("fit", "y ~ a + b*x", *line, "--plot", "-q", "--param", "a").stderr
