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
from exprgrad.jobs.fit.search.data.spectrum import even_spectrum, spectrum
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


DRAWN = np.random.default_rng(8)
UNEVEN = np.sort(DRAWN.uniform(0, 100, 60))
LOGS = np.logspace(-3, 4, 60)


@pytest.mark.parametrize(
    ("formula", "x", "truth", "noise"),
    [
        ("y ~ a*sin(2*pi*f*x + p) + c", UNEVEN, {"a": 2, "f": 7.77, "p": -1, "c": 5}, 0.1),
        ("y ~ a*cos(2*pi*(x - T0)/P) + c", 2450000 + UNEVEN, {"a": 5, "T0": 2450003.2, "P": 17.3, "c": 12}, 0.1),
        ("y ~ a*sin(w*x)^2", np.linspace(0, 20, 150), {"a": 3, "w": 2.7}, 0.02),
        ("y ~ a*sin(w*x)*cos(v*x)", np.linspace(0, 40, 300), {"a": 2, "w": 5, "v": 0.4}, 0.03),
        ("y ~ a*cos(w*x + b*x^2 + p)", np.linspace(0, 10, 99), {"a": 1, "w": 8, "b": 2, "p": 0.3}, 0.03),
        (
            "y ~ a*x^n/(K^n + x^n) + b*x^m/(L^m + x^m)",
            LOGS,
            {"a": 3, "n": 1.2, "K": 60, "b": 2, "m": 1.5, "L": 0.05},
            0.01,
        ),
        ("y ~ lo + (hi - lo)/(1 + exp((m - x)*h))", SPACED, {"lo": 2, "hi": 98, "m": 6, "h": 1.1}, 0.1),
        ("y ~ a*(q + (x - m)/g)^2/(1 + ((x - m)/g)^2) + c", SPACED, {"a": 1, "q": 2, "m": 4, "g": 0.5, "c": 0.4}, 0.02),
        ("y ~ where(x < m, a, b + c*x)", SPACED, {"m": 6.31, "a": 1, "b": 2, "c": 0.5}, 0.05),
        ("y ~ a*(x/P - floor(x/P + 0.3)) + c", np.linspace(0, 30, 200), {"a": 3, "P": 4.4, "c": 2}, 0.05),
        ("y ~ a*sign(sin(w*x + p)) + c", np.linspace(0, 30, 200), {"a": 1, "w": 2, "p": 0.3, "c": 2}, 0.05),
    ],
)
def test_kinds_of_formulas(formula: str, x: Any, truth: dict[str, float], noise: float) -> None:
    """Each fit reaches the residual of the parameters that the rows were made from, and their values."""
    curve: Any = np.asarray(exprgrad.parse(formula.partition("~")[2]).evaluate(x=x, **truth))
    y = curve + np.random.default_rng(4).normal(0, noise, len(x))
    fit = exprgrad.fit(formula, {"x": x, "y": y})
    assert fit.converged
    assert fit.rss <= ((y - curve) ** 2).sum() * (1 + 1e-9)
    assert values(fit) == pytest.approx(truth, rel=0.1)


def test_where_a_model_jumps() -> None:
    """What moves a jump has no derivative: it is found, and told up to where the model is the same."""
    y = np.where(SPACED < 6.3, 1, 2) + NOISE
    for start in (None, 1.0):
        given = {} if start is None else {"m": start}
        fit = exprgrad.fit("y ~ where(x < m, a, b)", {"x": SPACED, "y": y, **given})
        assert fit.converged
        assert values(fit) == pytest.approx({"m": 6.3125, "a": 1, "b": 2}, rel=0.01)
        assert isnan(fit.parameters["m"].std_error)
        assert fit.notes[0].endswith(
            "only moves where the model jumps: from 6.25 to 6.375 the model is the same in each row"
        )
        assert fit.dof == len(y) - 3
    with pytest.raises(exprgrad.UsageError, match="m only moves where the model jumps"):
        exprgrad.fit("y ~ where(x < m, a, b)", {"x": SPACED, "y": y}, intervals="bootstrap")


@pytest.mark.long
def test_a_sawtooth() -> None:
    again = exprgrad.fit("y ~ a*mod(x - m, P) + c", {"x": SPACED, "y": 2 * ((SPACED - 0.7) % 3.1) + NOISE})
    assert again.r2 > 0.99
    assert "m and c are not determined by the data: only a combination" in again.notes[0]


def test_held_values_are_beside_the_rows() -> None:
    """A place that is no parameter of its own is held near dates, not at 0, where the model would overflow."""
    fit = exprgrad.fit("y ~ a*exp(-(x - m)/t)", {"x": 1.7e9 + 1000 * SPACED, "y": 5 * np.exp(-SPACED / 2)})
    assert values(fit) == pytest.approx({"a": 5, "m": 1.7e9, "t": 2000}, rel=1e-6)
    assert fit.notes[0].endswith("y ~ a*exp(-(x - 1700000000)/t)")


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


def test_exact_rows_and_a_constant_response_are_said() -> None:
    exact = exprgrad.fit("y ~ a*exp(-b*x)", {"x": SPACED, "y": 3 * np.exp(-0.3 * SPACED)})
    assert "up to rounding" in exact.notes[0]
    for formula, names in (
        ("y ~ a*sin(w*x + p) + c", "a, w and p are"),
        ("y ~ a*exp(-((x - m)/s)^2) + c", "a, m and s"),
    ):
        flat = exprgrad.fit(formula, {"x": SPACED, "y": np.full(81, 5.0)})
        assert flat.stopped == "singular"
        assert flat.notes[0].startswith(names)
        assert "y is 5 in each row" in flat.notes[0]


def test_responses_of_0_and_1_lead_to_their_likelihood() -> None:
    draw = np.random.default_rng(2)
    y = (draw.random(81) < 1 / (1 + np.exp(5 - SPACED))).astype(float)
    assert "--likelihood bernoulli" in exprgrad.fit("y ~ sigmoid(a + b*x)", {"x": SPACED, "y": y}).notes[-1]
    assert exprgrad.fit("y ~ sigmoid(a + b*x)", {"x": SPACED, "y": y / 2}).notes == ()


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


def test_powers_are_those_of_least_squares() -> None:
    """Of a wave and a constant, at even and at uneven rows, some left out."""
    x, draw = np.delete(3 + 0.1 * np.arange(80), [4, 9]), np.random.default_rng(6)
    weight, y = draw.uniform(0.5, 2, 78), draw.normal(0, 1, 78) + 0.1 * x
    root = np.sqrt(weight)
    for look in (even_spectrum(x, weight, 0.1, 4), spectrum(x, weight, 0.07, 300)):
        for k in (3, 100, 299):
            wave = np.stack([np.cos(look.grid[k] * x), np.sin(look.grid[k] * x), np.ones(78)], axis=1)
            left = np.linalg.lstsq(wave * root[:, None], y * root, rcond=None)[1][0]
            assert look.powers(y)[k] == pytest.approx(look.squares(y) - left, rel=1e-9)
    drawn = np.sort(draw.choice(100_000, 600, replace=False)) * 1e-3
    assert even(drawn, 100_000) == pytest.approx(1e-3, rel=1e-12)
    found = strongest(drawn, np.sin(2 * pi * 311.7 * drawn), np.ones(600), 1, 100_000)
    assert found[0] == pytest.approx(2 * pi * 311.7, rel=1e-5)


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
