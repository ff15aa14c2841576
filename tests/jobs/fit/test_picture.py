"""What is drawn of a fit: the band against its closed form, and rows thinned out."""

from __future__ import annotations

from math import exp, isnan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from exprgrad import parse
from exprgrad.jobs.fit.picture import SHOWN, sample
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Band, Fitted
from tests.handing import pictured

X = [0.0, 1.0, 2.5, 3.0, 4.5, 6.0, 7.0]
Y = [1.2, 2.9, 5.4, 7.3, 9.6, 13.4, 14.8]


def fitted(formula: str, request: Request | None = None, **bindings: float | list[float]) -> Fitted:
    expression = parse(formula, formula=True)
    return pictured(expression, expression.fit(bindings, request), bindings, request)


def band(record: Fitted) -> Band:
    assert record.curve is not None
    return record.curve


@pytest.mark.parametrize("confidence", [0.95, 0.5])
def test_the_band_of_a_straight_line_is_the_textbook_s(confidence: float) -> None:
    """s*t*sqrt(1/n + (x - mean)^2/S) (Draper and Smith 1998, Applied Regression Analysis, 1.4)"""
    record = fitted("y ~ a + b*x", Request(confidence=confidence), x=X, y=Y)
    mean, n = sum(X) / len(X), len(X)
    spread = sum((x - mean) ** 2 for x in X)
    slope = sum((x - mean) * y for x, y in zip(X, Y, strict=True)) / spread
    middle = sum(Y) / n
    error = sqrt(sum((y - middle - slope * (x - mean)) ** 2 for x, y in zip(X, Y, strict=True)) / (n - 2))
    quantile = student.ppf((1 + confidence) / 2, n - 2)
    curve = band(record)
    for x, value, low, high in zip(*curve, strict=True):
        half = quantile * error * sqrt(1 / n + (x - mean) ** 2 / spread)
        assert value == pytest.approx(middle + slope * (x - mean), rel=1e-12)
        assert (low, high) == pytest.approx((value - half, value + half), rel=1e-10)
    assert (curve.points[0], curve.points[-1]) == (X[0], X[-1])
    assert (list(record.points), list(record.observed)) == (X, Y)


def test_the_band_of_a_curve_goes_by_its_derivatives() -> None:
    formula, rates = "y ~ a*exp(-b*x)", [5.1, 3.9, 2.2, 2.0, 1.1, 0.7, 0.4]
    fit = parse(formula, formula=True).fit({"x": X, "y": rates})
    a, b = (estimate.value for estimate in fit.parameters.values())
    curve = band(fitted(formula, x=X, y=rates))
    quantile = student.ppf(0.975, fit.dof)
    for x, value, _, high in zip(*curve, strict=True):
        row = np.array([exp(-b * x), -a * x * exp(-b * x)])
        assert high - value == pytest.approx(quantile * sqrt(row @ np.array(fit.covariance) @ row), rel=1e-9)


def test_weights_and_sigmas_leave_the_data_as_they_are() -> None:
    plain = fitted("y ~ a + b*x", x=X, y=Y)
    for request in (Request(sigma="s"), Request(weights="s"), Request(sigma="s", absolute=True)):
        record = fitted("y ~ a + b*x", request, x=X, y=Y, s=[0.5] * len(X))
        assert list(record.observed) == Y
        assert list(record.predicted) == pytest.approx(list(plain.predicted), rel=1e-12)
    low = band(record).low  # of absolute sigmas, by the normal distribution
    half = 1.959963984540054 * 0.5 * sqrt(1 / len(X) + (X[0] - 24 / 7) ** 2 / sum((x - 24 / 7) ** 2 for x in X))
    assert band(record).values[0] - low[0] == pytest.approx(half, rel=1e-9)


def test_a_parameter_at_a_bound_is_taken_as_known_and_one_left_open_spoils_the_band() -> None:
    held = band(fitted("y ~ a + b*x", Request(bound={"a": (2.0, 3.0)}), x=X, y=Y, a=2.5, b=1.0))
    assert held.high[0] - held.low[0] == pytest.approx(0.0, abs=1e-12), "at x = 0 there is a alone"
    assert held.high[-1] - held.low[-1] > 0.1
    assert all(map(isnan, band(fitted("y ~ a*x + b*x", x=X, y=Y, a=1.0, b=1.0)).low))
    assert all(map(isnan, band(fitted("y ~ a + b*x", x=X[:2], y=Y[:2])).high)), "nothing is left to tell errors by"


@pytest.mark.parametrize(
    ("formula", "variable"),
    [("y ~ a + b*x", "x"), ("y ~ a", "row"), ("y ~ a + b*x + c*z", ""), ("y ~ a + b*(x - mean(x))", "")],
)
def test_what_it_is_drawn_along(formula: str, variable: str) -> None:
    columns = {name: column for name, column in {"x": X, "z": X[::-1] * 2}.items() if name in formula}
    if "z" in columns:
        columns["z"] = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0]
    record = fitted(formula, y=Y, **columns)
    assert record.variable == variable
    assert (record.curve is None) == (variable == "")
    if variable == "row":
        assert list(record.points) == [1, 2, 3, 4, 5, 6, 7]


@given(st.lists(st.integers(1, 2500), max_size=12), st.integers(0, 3))
def test_of_many_rows_every_nth_is_shown(sizes: list[int], extra: int) -> None:
    rows = np.arange(sum(sizes) + extra + 1, dtype=float)[:, None]
    blocks = np.split(rows, np.cumsum(sizes))
    shown, stride, count, reach = sample(blocks)
    assert count == len(rows)
    assert reach == (0.0, len(rows) - 1.0)
    assert (shown == rows[::stride]).all()
    assert len(shown) <= 2 * SHOWN
    assert stride == 1 or len(shown) >= SHOWN // 2
