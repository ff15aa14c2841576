"""Fits without starts, or with starts that lead to a bound: where they end, and what they say."""

from __future__ import annotations

import csv
import json
import re
from math import inf, isnan, log10, pi
from pathlib import Path
from typing import Any

import mpmath  # type: ignore[import-untyped]
import numpy as np
import pytest

import exprgrad
from exprgrad.jobs.fit.reduction import Reduced
from exprgrad.jobs.fit.search.data.frequencies import even, strongest
from exprgrad.jobs.fit.search.data.positions import places
from exprgrad.jobs.fit.second.newton import Newton

FOLDER = Path(__file__).parent
NIST: dict[str, Any] = json.loads((FOLDER / "nist.json").read_text("utf-8"))
SPACED = np.linspace(0, 10, 81)
NOISE = np.random.default_rng(5).normal(0, 0.02, 81)


def table(name: str) -> dict[str, Any]:
    with (FOLDER / "data" / name).open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: [float(row[column]) for row in rows] for column in rows[0]}


def values(fit: exprgrad.Fit) -> dict[str, float]:
    return {name: row.value for name, row in fit.parameters.items()}


@pytest.mark.parametrize(
    ("formula", "file", "expected"),
    [
        ("y ~ sin(w*x)*3", "sine.csv", {"w": 1.75999937}),
        ("y ~ a*sin(2*pi*f*x+p)+c", "sampled-sine.csv", {"f": 1.699885944, "a": 2.0019193, "p": 0.608065}),
        ("y ~ a*cos(2*pi*x/T + p) + c", "sampled-sine.csv", {"T": 1 / 1.699885944, "a": 2.0019193}),
        (
            "y ~ A0*exp(-(x-x0)^2/(2*s^2))+A1*exp(-(x-x1)^2/(2*s^2))+c",
            "narrow-peaks.csv",
            {"x0": 574.1771501, "x1": 574.2091883, "s": 0.01006847},
        ),
    ],
)
def test_narrow_basins_are_found(formula: str, file: str, expected: dict[str, float]) -> None:
    fit = exprgrad.fit(formula, table(file))
    assert fit.converged
    assert {name: values(fit)[name] for name in expected} == pytest.approx(expected, rel=1e-6)


def test_aliases_are_said() -> None:
    fit = exprgrad.fit("y ~ a*sin(2*pi*f*x+p)+c", table("sampled-sine.csv"))
    assert "cannot tell f = 1.69989 from its aliases 8.30011, 11.6999" in fit.notes[0]
    draw = np.random.default_rng(3)
    x = np.sort(draw.uniform(0, 10, 60))
    uneven = exprgrad.fit("y ~ a*sin(w*x)", {"x": x, "y": 2 * np.sin(7 * x) + draw.normal(0, 0.1, 60)})
    assert values(uneven) == pytest.approx({"a": 2, "w": 7}, rel=0.05)
    assert uneven.notes == ()


@pytest.mark.parametrize(
    ("formula", "truth"),
    [
        ("y ~ a*exp(-((x - m)/s)^2)", {"a": 2.0, "m": 4.0, "s": 0.7}),
        ("y ~ a*s^2/((x - m)^2 + s^2)", {"a": 2.0, "s": 0.7, "m": 4.0}),
        ("y ~ a*tanh(k*(x - m))", {"a": 2.0, "k": 1.5, "m": 4.0}),
        ("y ~ a*cos(w*x + p)", {"a": 2.0, "w": 5.0, "p": -1.0}),
        ("y ~ a*exp(-k*x) + b*exp(-l*x)", {"a": 2.0, "k": 0.4, "b": 3.0, "l": 4.0}),
        ("y ~ a*sin(w*x) + b*sin(v*x)", {"a": 2.0, "w": 1.3, "b": 1.0, "v": 4.1}),
    ],
)
def test_of_equal_minima_the_expected_one(formula: str, truth: dict[str, float]) -> None:
    """Positive widths, rates, frequencies and amplitudes, small phases, and terms of one shape in order."""
    curve: Any = exprgrad.parse(formula.partition("~")[2]).evaluate(x=SPACED, **truth)
    fit = exprgrad.fit(formula, {"x": SPACED, "y": curve + NOISE})
    assert values(fit) == pytest.approx(truth, abs=0.12)


@pytest.mark.parametrize("low", [0.0, -pi])
def test_an_end_at_a_bound_is_not_taken_as_final(low: float) -> None:
    starts = {"amp": 1, "freq": 1, "shift": 1}
    bound = {"amp": (0, inf), "shift": (low, low + 2 * pi)}
    fit = exprgrad.fit("y ~ amp*sin(freq*x+shift)", {**table("bounded-sine.csv"), **starts}, bound=bound)
    expected = {"amp": 0.99642909, "freq": 1.0017467, "shift": 5.2879048 if low == 0 else 5.2879048 - 2 * pi}
    assert values(fit) == pytest.approx(expected, rel=1e-7)
    assert fit.rss == pytest.approx(0.4743, rel=1e-4)


@pytest.mark.parametrize(
    ("formula", "starts", "held", "said"),
    [
        ("y ~ a*exp(d*(x+b)) + c", {}, {"b": 0.0}, "a and b are not determined by the data: they are one parameter"),
        ("y ~ a*exp(-k*t*x)", {"t": 2.0}, {"t": 2.0}, "k and t are not determined by the data: they are one"),
        ("y ~ a/(b + c*x)", {}, {"c": 1.0}, "a, b and c are not determined by the data: they are 2 parameters, not 3"),
        ("y ~ a*(x*h)^2/((1+x)^1*h^2)", {"a": 1.0, "h": 3.0}, {"h": 3.0}, "it cancels out of the model"),
        ("y ~ a*b*x + c*x^2 + b - b", {}, {"b": 1.0}, "a and b are not determined by the data: they are one parameter"),
    ],
)
def test_redundant_parameters_are_named_and_the_reduced_fit_is_shown(
    formula: str, starts: dict[str, float], held: dict[str, float], said: str
) -> None:
    x = np.arange(1.0, 13)
    fit = exprgrad.fit(formula, {"x": x, "y": 3 * np.exp(-0.3 * x) + 1, **starts})
    assert fit.stopped == "singular"
    assert said in fit.notes[0]
    assert "shown is the fit with" in fit.notes[0]
    for name, row in fit.parameters.items():
        assert isnan(row.std_error) == (name in held)
    assert {name: values(fit)[name] for name in held} == held
    again = exprgrad.fit(formula, {"x": x, "y": 3 * np.exp(-0.3 * x) + 1, **starts, **held}, fix=list(held))
    assert fit.rss == pytest.approx(again.rss, rel=1e-9)


def test_rows_that_leave_something_open_are_no_redundancy() -> None:
    """In the first the column is to blame; the second is badly conditioned and determined."""
    fit = exprgrad.fit("y ~ a + b*x", {"x": [2.0, 2, 2], "y": [5.0, 6, 7]})
    assert fit.notes == ("a and b are not determined by the data: only a combination of them is",)
    years = 1990 + np.arange(34.0)
    fit = exprgrad.fit("y ~ a + b*x + c*x^2 + d*x^3", {"x": years, "y": np.sin(years)})
    assert fit.converged


def test_advice_looks_at_the_columns() -> None:
    x, step = SPACED + 1, (SPACED > 5) + NOISE
    fit = exprgrad.fit("y ~ V*x^n/(K^n + x^n)", {"x": x, "y": step})
    assert fit.stopped == "stuck"
    assert re.search(r"the model is not finite near n = \d+: .* --bound n=LOW:HIGH$", fit.notes[0])
    far = exprgrad.fit("y ~ a*exp(-b*x) + c", {"x": 10000 + SPACED, "y": 3 * np.exp(-0.5 * SPACED) + 1})
    assert "subtract an offset from x, which is far from 0: x - 10000" in far.notes[0]


@pytest.mark.parametrize("last", [3.0, -1.0, -4.0])
def test_large_residuals_end_in_a_true_minimum(last: float) -> None:
    """Dennis and Schnabel 1983, example 10.2.4: Gauss and Newton's steps get slower as the last response falls, and
    lead away from the minimum for -4."""
    fit = exprgrad.fit("y ~ exp(b*t)", {"t": [1.0, 2, 3], "y": [2.0, 4, last], "b": 1.0})
    b = mpmath.findroot(
        lambda b: sum((mpmath.exp(b * t) - y) * t * mpmath.exp(b * t) for t, y in ((1, 2), (2, 4), (3, last))),
        values(fit)["b"],
    )
    assert fit.converged
    assert values(fit)["b"] == pytest.approx(float(b), rel=1e-10, abs=1e-10)


def test_newton_leaves_a_saddle_and_knows_a_minimum() -> None:
    """Half the cost is (x^2 - 1)^2 + (y - 2)^2 + 1/2, as squares of three rows: at x = 0 nothing pulls."""

    def reduce(at: np.ndarray[Any, Any]) -> Reduced:
        x, y = at
        rows = np.array([[-(x**2 - 1), -(y - 2), 1 / 2**0.5]]).T * 2**0.5
        slopes = np.array([[2 * x, 0], [0, 1], [0, 0]]) * 2**0.5
        upper = np.asarray(np.linalg.qr(np.hstack([slopes, rows]), mode="r"))
        return Reduced(upper[:2, :2], upper[:2, 2], float((rows**2).sum()))

    def hessian(at: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.diag([12 * at[0] ** 2 - 4, 2.0])

    wide = np.full(2, inf)
    start = np.array([0.0, 0.3])
    ended = Newton(reduce, hessian, -wide, wide, 1e-6).ended(start, reduce(start), 3, 60)
    assert ended.minimum
    assert np.abs(ended.values) == pytest.approx([1, 2], abs=1e-9)


def test_a_minimum_at_infinity_is_none() -> None:
    """With noise for data a logistic curve is a step between two rows, at any rate that is large enough."""
    for seed in (2, 37, 51):
        draw = np.random.default_rng(seed)
        x, y = np.sort(draw.uniform(0.1, 10, 10)), draw.normal(3, 1, 10)
        fit = exprgrad.fit("y ~ L/(1 + exp(-k*(x - m)))", {"x": x, "y": y})
        open_ones = [name for name, each in fit.parameters.items() if not each.std_error <= 1e4 * abs(each.value)]
        assert not (fit.converged and open_ones), fit.parameters


def test_no_r2_of_0_without_a_word() -> None:
    for formula in ("y ~ a", "y ~ a*x", "y ~ exp(-b*x)/9"):
        fit = exprgrad.fit(formula, {"x": [1.0, 2, 3, 4], "y": [4.0, 1, 4, 1]})
        assert fit.r2 > 0 or "R2 is" in fit.notes[0], formula


def test_a_slope_of_0_times_infinity_is_0() -> None:
    """That of (x/t)^k at x = 0, where k is below 1."""
    x = np.linspace(0, 600, 41)
    y = 2 * (1 - np.exp(-((x / 150) ** 0.7))) + NOISE[:41] / 10
    fit = exprgrad.fit("y ~ a*(1 - exp(-(x/t)^k))", {"x": x, "y": y})
    assert fit.converged
    assert values(fit) == pytest.approx({"a": 2, "t": 150, "k": 0.7}, rel=0.02)


@pytest.mark.parametrize("name", NIST)
def test_certified_values_without_a_start(name: str) -> None:
    data = NIST[name]
    columns = zip(["y", *data["vars"]], map(list, zip(*data["data"], strict=True)), strict=True)
    fit = exprgrad.fit(f"{data['response']} ~ {data['expr']}", dict(columns))
    certified = [float(number) for number in data["cert"]]
    found = [fit.parameters[parameter].value for parameter in data["params"]]
    assert fit.converged
    assert min(-log10(max(abs(x / c - 1), 1e-16)) for x, c in zip(found, certified, strict=True)) >= 9.5


def test_frequencies_and_places_of_data() -> None:
    x = np.sort(np.random.default_rng(1).uniform(0, 20, 200))
    y = np.sin(3 * x) + 0.5 * np.cos(8 * x + 1)
    found = strongest(x, y, np.ones(200), 2)
    assert min(abs(w - 3) for w in found[:1]) < 0.01
    assert min(abs(w - 8) for w in found) < 0.01
    assert even(x) == 0
    assert even(np.array([1.0, 1.5, 2.5, 4.0])) == 0.5
    peaks = places(SPACED, np.exp(-((SPACED - 3) ** 2)) + 2 * np.exp(-((SPACED - 7) ** 2)))
    assert {round(place.where) for place in peaks[:2]} == {3, 7}
