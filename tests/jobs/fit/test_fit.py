"""Fits against SciPy and closed forms, and what must not depend on how the rows come."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import hypot, inf, isfinite, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

import exprgrad
from exprgrad.backends.engine import Engine
from exprgrad.cli.process import execute
from exprgrad.columns.memory import Columns
from exprgrad.columns.rows import Batch
from exprgrad.errors import DataError
from exprgrad.jobs.fit import reduction
from exprgrad.jobs.fit.outliers import median
from exprgrad.jobs.fit.reduction import norm
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.trust import Step
from exprgrad.render.progress import Bar
from tests.expressions import texts

DRAW = np.random.default_rng(7)
X = np.linspace(0, 5, 60)
Y = 3 * np.exp(-1.2 * X) + 0.5 + DRAW.normal(0, 0.05, 60)
S = DRAW.uniform(0.5, 2, 60)
DECAY = "y ~ a*exp(-b*x) + c"
STARTS = {"a": 1, "b": 1, "c": 0}


def decay(x: np.ndarray, a: float, b: float, c: float) -> np.ndarray:
    return a * np.exp(-b * x) + c


def residual(values: np.ndarray, y: np.ndarray) -> np.ndarray:
    return decay(X, *values) - y


def values(fit: exprgrad.Fit) -> list[float]:
    return [row.value for row in fit.parameters.values()]


def errors(fit: exprgrad.Fit) -> list[float]:
    return [row.std_error for row in fit.parameters.values()]


@pytest.mark.parametrize("absolute", [False, True])
def test_sigmas_as_curve_fit(absolute: bool) -> None:
    fit = exprgrad.fit(DECAY, {"x": X, "y": Y, "s": S, **STARTS}, sigma="s", absolute=absolute)
    expected, covariance = optimize.curve_fit(decay, X, Y, [1, 1, 0], sigma=S, absolute_sigma=absolute, xtol=1e-14)
    assert values(fit) == pytest.approx(expected, rel=1e-6)
    assert errors(fit) == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-5)
    weighed = exprgrad.fit(DECAY, {"x": X, "y": Y, "w": S**-2.0, **STARTS}, weights="w")
    assert values(weighed) == pytest.approx(values(fit), rel=1e-9)


@pytest.mark.parametrize("loss", ["huber", "cauchy", "soft_l1"])
def test_robust_losses_as_least_squares(loss: str) -> None:
    tuning = {"huber": 1.345, "cauchy": 2.385, "soft_l1": 1.2871}[loss]
    y = Y.copy()
    y[::9] += 4
    fit = exprgrad.fit(DECAY, {"x": X, "y": y, **STARTS}, robust=loss, scale=0.05)
    expected = optimize.least_squares(
        residual, values(fit), args=(y,), loss=loss, f_scale=tuning * 0.05, xtol=1e-15, ftol=1e-15, gtol=1e-15
    )
    assert values(fit) == pytest.approx(expected.x, rel=1e-5)
    assert values(exprgrad.fit(DECAY, {"x": X, "y": y, **STARTS}, robust=loss)) == pytest.approx([3, 1.2, 0.5], rel=0.1)


def test_bounds_as_least_squares() -> None:
    fit = exprgrad.fit(DECAY, {"x": X, "y": Y, "a": 1, "b": 1, "c": 0.1}, bound={"c": (0, 0.4), "a": (0, inf)})
    expected = optimize.least_squares(
        residual, [1, 1, 0.1], args=(Y,), bounds=([0, -inf, 0], [inf, inf, 0.4]), xtol=1e-14, ftol=1e-14, gtol=1e-14
    )
    assert fit.converged
    assert values(fit) == pytest.approx(expected.x, rel=1e-5)
    assert fit.parameters["c"].value == 0.4
    assert np.isnan(fit.parameters["c"].std_error)
    held = exprgrad.fit(DECAY, {"x": X, "y": Y, "a": 1, "b": 1, "c": 0.4}, fix=["c"])
    assert errors(fit)[:2] == pytest.approx(errors(held), rel=1e-8)


def test_statistics_of_a_line() -> None:
    x, y = np.array([1.0, 2, 3, 4, 5, 6]), np.array([1.1, 1.9, 3.2, 3.9, 5.3, 5.8])
    fit = exprgrad.fit("y ~ a + b*x", {"x": x, "y": y}, confidence=0.9)
    line = stats.linregress(x, y)
    b = fit.parameters["b"]
    assert (b.value, b.std_error, b.p) == pytest.approx((line.slope, line.stderr, line.pvalue), rel=1e-10)
    assert fit.r2 == pytest.approx(line.rvalue**2)
    half = stats.t.ppf(0.95, 4) * line.stderr
    assert (b.low, b.high) == pytest.approx((line.slope - half, line.slope + half))
    likelihood = stats.norm.logpdf(y - line.intercept - line.slope * x, scale=(fit.rss / 6) ** 0.5).sum()
    assert (fit.aic, fit.bic) == pytest.approx((6 - 2 * likelihood, 3 * np.log(6) - 2 * likelihood))
    assert fit.correlation[0][1] == pytest.approx(-x.mean() / np.sqrt((x**2).mean()))


@pytest.mark.parametrize(
    ("start", "step", "rows", "degree"),
    [(1990, 1, 34, 3), (1990, 1, 34, 4), (2000, 1, 11, 2), (1e7, 1, 11, 1), (1.7e9, 1, 11, 1), (1.7e12, 1e3, 50, 1)],
)
def test_polynomials_far_from_0(start: float, step: float, rows: int, degree: int) -> None:
    """However much of the steps is rounding, the minimum is known as one: that of the same polynomial near 0."""
    x = start + step * np.arange(rows)
    model = "y ~ " + " + ".join(f"b{k}*x^{k}" for k in range(degree + 1))
    for seed in range(5):
        y = 2 + 0.3 * np.arange(rows) + np.random.default_rng(seed).normal(0, 1, rows)
        far, near = exprgrad.fit(model, {"x": x, "y": y}), exprgrad.fit(model, {"x": x - start, "y": y})
        assert far.converged
        assert far.notes == ()
        assert far.rss == pytest.approx(near.rss, rel=1e-3)
        last = f"b{degree}"
        assert far.parameters[last].value == pytest.approx(
            near.parameters[last].value, abs=1e-3 * near.parameters[last].std_error
        )


def test_residuals_that_are_rounding_are_said_to_be() -> None:
    """Terms of 1e16 cannot be added up to residuals of 1."""
    x = 1.7e9 + 3600 * np.arange(50.0)
    fit = exprgrad.fit("y ~ a + b*x + c*x^2", {"x": x, "y": 0.02 * (x - x[0]) ** 2})
    assert fit.converged
    assert "subtract an offset" in fit.notes[0]


@pytest.mark.parametrize("loss", ["cauchy", "soft_l1"])
@pytest.mark.parametrize("limit", [1, 10, 25])
def test_all_turns_of_a_robust_fit_count(loss: str, limit: int) -> None:
    data = {"x": [1, 2, 3, 4, 5], "y": [2, 4.1, 5.9, 8.2, 40]}
    cut = exprgrad.fit("y ~ a + b*x", data, robust=loss, max_iterations=limit)
    assert (cut.iterations, cut.stopped) == (limit, "iterations")
    assert f"not converged in {limit} iteration" in cut.notes[0]
    whole = exprgrad.fit("y ~ a + b*x", data, robust=loss)
    assert whole.converged
    assert whole.iterations < 200
    scaled = exprgrad.fit("y ~ a + b*x", data, robust=loss, scale=whole.scale)
    assert values(whole) == pytest.approx(values(scaled), rel=1e-8)


@pytest.mark.parametrize("limit", [1, 20, 250])
def test_a_search_goes_on_as_long_as_iterations_are_left(limit: int) -> None:
    """Each step adds 100 to b, and nothing ends that."""
    cut = exprgrad.fit("y ~ exp(-b/100)*x", {"x": [1, 2], "y": [0, 0]}, max_iterations=limit)
    assert (cut.iterations, cut.stopped) == (limit, "iterations")


RANGE_X, RANGE_Y = np.arange(1.0, 9), np.array([2.2, 2.7, 2.9, 3.1, 3.6, 3.7, 4.2, 4.3])


@pytest.mark.parametrize("size", [1e-170, 1e-160, 1e-153, 1e155, 1e200])
def test_responses_whose_squares_are_no_numbers_are_refused(size: float) -> None:
    with pytest.raises(DataError, match="square"):
        exprgrad.fit("y ~ a + b*x", {"x": RANGE_X, "y": RANGE_Y * size})
    scaled = exprgrad.fit(f"y/{size!r} ~ a + b*x", {"x": RANGE_X, "y": RANGE_Y * size})
    assert errors(scaled) == pytest.approx(errors(exprgrad.fit("y ~ a + b*x", {"x": RANGE_X, "y": RANGE_Y})))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e-300, 1e-200, 1e-160, 1e160, 1e200, 1e300])
def test_slopes_whose_squares_are_no_numbers_are_refused(size: float) -> None:
    data = {"x": RANGE_X * size, "y": RANGE_Y}
    with pytest.raises(DataError, match="the standard error of b is too"):
        exprgrad.fit("y ~ a + b*x", data)
    scaled = exprgrad.fit(f"y ~ a + b*(x/{size!r})", data)
    assert scaled.converged
    assert errors(scaled) == pytest.approx(errors(exprgrad.fit("y ~ a + b*x", {"x": RANGE_X, "y": RANGE_Y})))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e-145, 1e-100, 1e100, 1e145])
def test_slopes_of_any_size(size: float) -> None:
    fit = exprgrad.fit("y ~ a + b*x", {"x": RANGE_X * size, "y": RANGE_Y})
    plain = exprgrad.fit("y ~ a + b*x", {"x": RANGE_X, "y": RANGE_Y})
    assert fit.converged
    assert values(fit) == pytest.approx([value / by for value, by in zip(values(plain), (1, size), strict=True)])
    assert errors(fit) == pytest.approx([error / by for error, by in zip(errors(plain), (1, size), strict=True)])


def test_an_exponential_far_from_0_is_told_what_helps() -> None:
    """Its factor, 3*exp(5000), is no number."""
    x = 10000 + np.arange(12.0)
    y = 3 * np.exp(-0.5 * (x - 10000)) + 1
    fit = exprgrad.fit(DECAY, {"x": x, "y": y})
    assert not fit.converged
    assert "a grew beyond measure: subtract an offset" in fit.notes[0]
    assert exprgrad.fit("y ~ a*exp(-b*(x - 10000)) + c", {"x": x, "y": y}).converged


def test_a_start_that_sees_nothing_is_not_the_end() -> None:
    """At the start the peak lies where there are no rows: all derivatives vanish there."""
    x = np.linspace(0, 10, 41)
    y = 2 * np.exp(-(((x - 4) / 0.7) ** 2)) + 0.01 * np.sin(9 * x)
    fit = exprgrad.fit("y ~ a*exp(-((x - m)/s)^2)", {"x": x, "y": y, "a": 1, "m": 9, "s": 0.5})
    assert list(map(abs, values(fit))) == pytest.approx([2, 4, 0.7], rel=0.02)


@pytest.mark.parametrize(
    ("formula", "bindings", "expected", "spread"),
    [
        (  # without a start some of the rates that are tried leave slopes of 1e-300
            "y ~ b1*(1-exp(-b2*x))",
            {"x": [1, 2, 3, 5, 7, 10], "y": [109, 149, 149, 191, 213, 224]},
            [213.80940889, 0.54723748542],
            [12.354515176, 0.10455993237],
        ),
        (
            "y ~ a*x^(-b)",
            {"x": [1, 10, 100, 1000], "y": [1.3, 0.012, 0.00011, 1e-6]},
            [1.3, 2.03476262],
            [5.440679e-7, 1.968798e-5],
        ),
        (  # exp(99) is the start, and the way from it
            "y ~ exp(k*x)/h",
            {"x": [90, 99], "y": [7210, 11163], "k": 1, "h": 1},
            [0.04857064297, 0.0109779522],
            [nan, nan],
        ),
    ],
)
def test_slopes_of_any_size_on_the_way(
    formula: str, bindings: dict[str, object], expected: list[float], spread: list[float]
) -> None:
    fit = exprgrad.fit(formula, bindings)  # type: ignore[arg-type]
    assert fit.converged
    assert values(fit) == pytest.approx(expected, rel=1e-9)
    assert errors(fit) == pytest.approx(spread, rel=1e-6, nan_ok=True)


@pytest.mark.parametrize("model", ["tanh(a^2)", "norm(a^1e-300)", "a^1e300", "a*1e-320", "exp(1e300*a)", "1e154*a^2"])
@pytest.mark.parametrize("start", [1.0, 1e-300, 1e150, None])
def test_what_leaves_the_range_of_numbers_ends(model: str, start: float | None) -> None:
    bindings = {"y": [1.0, 2.0, 4.0]} | ({} if start is None else {"a": start})
    try:
        fit = exprgrad.fit(f"y ~ {model}", bindings, max_iterations=200)  # type: ignore[arg-type]
    except exprgrad.ExprgradError:
        return
    assert fit.stopped in ("converged", "singular", "stuck", "iterations")


@settings(max_examples=100, deadline=None)
@given(texts(max_leaves=6), st.sampled_from([{}, {"y": 1.0, "z": 1e300}, {"y": -2.0}]))
def test_random_models_have_a_fit_or_an_error(model: str, starts: dict[str, float]) -> None:
    """`python -m benchmarks.fit_fuzz` tries many more."""
    try:
        expression = exprgrad.parse(f"r ~ {model}", formula=True)
        columns = {"x": [0.0, 1e-200, 1.0, 3.0, 1e100], "r": [1.0, 2.0, 0.5, 3.0, 4.0]}
        used = {name: column for name, column in {**columns, **starts}.items() if name in (*expression.variables, "r")}
        expression.fit(used, Request(max_iterations=20))
    except exprgrad.ExprgradError:
        pass


exponents = st.integers(-140, 140)


@given(
    st.lists(st.floats(-1, 1), min_size=12, max_size=12),
    exponents,
    exponents,
    st.floats(-30, 30),
    st.integers(0, 10**6),
)
def test_steps_are_as_long_as_the_radius(
    numbers: list[float], triangle: int, rotated: int, radius: float, seed: int
) -> None:
    """In any units: of the matrix, of the residuals, and so of the step."""
    draw = np.random.default_rng(seed)
    matrix = (np.reshape(numbers[:9], (3, 3)) + draw.normal(0, 1, (3, 3))) * 10.0**triangle
    step = Step(matrix, (np.array(numbers[9:]) + draw.normal(0, 1, 3)) * 10.0**rotated)
    limit = 10.0 ** (radius + rotated - triangle)
    length = norm(step.within(limit))
    assert length <= limit * 1.0101
    assert step.full or length >= limit * 0.9899


@given(st.lists(st.floats(-1e308, 1e308), min_size=1, max_size=5))
def test_norms_as_hypot(vector: list[float]) -> None:
    assert norm(np.array(vector)) == pytest.approx(hypot(*vector), rel=1e-14, abs=5e-324)


@pytest.mark.parametrize("loss", ["huber", "cauchy", "soft_l1"])
@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_scales_whose_squares_are_no_numbers_are_refused(loss: str, scale: float) -> None:
    with pytest.raises(exprgrad.UsageError, match="another scale"):
        exprgrad.fit("y ~ a + b*x", {"x": RANGE_X, "y": RANGE_Y}, robust=loss, scale=scale)


def test_a_search_that_finds_no_place_keeps_to_the_bounds() -> None:
    """The model is finite at b = 0 alone, outside of them."""
    with pytest.raises(exprgrad.NumbersError, match="cannot be fitted"):
        exprgrad.fit("y ~ b == 0 ? a*x : x/0", {"x": [1.0, 2], "y": [1.0, 2]}, bound={"b": (1, 5)})


class Batched(Columns):
    """Columns that come in batches of some size."""

    def __init__(self, columns: dict[str, np.ndarray], size: int) -> None:
        super().__init__(columns)
        self.size = size

    def read(self, names: Sequence[str]) -> Iterator[Batch]:
        (whole,) = super().read(names)
        for start in range(0, self.rows, self.size):
            yield {name: column[start : start + self.size] for name, column in whole.items()}


@pytest.mark.parametrize("small", [0, reduction.SMALL])
def test_batches_and_threads_do_not_matter(small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduction, "SMALL", small)
    x = np.random.default_rng(3).uniform(0, 5, 40_000)
    y = decay(x, 3, 1.2, 0.5) + np.random.default_rng(4).normal(0, 0.1, 40_000)
    expression = exprgrad.parse(DECAY, formula=True)
    found = [
        expression.fit(STARTS, data=Batched({"x": x, "y": y}, size), engine=Engine("llvm", threads))
        for size, threads in ((40_000, 1), (40_000, 2), (777, 2), (16_384, 1))
    ]
    assert len({(tuple(values(fit)), tuple(errors(fit)), fit.rss) for fit in found}) == 1


def test_both_reductions_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = exprgrad.fit(DECAY, {"x": X, "y": Y, **STARTS})
    monkeypatch.setattr(reduction, "SMALL", 0)
    sums = exprgrad.fit(DECAY, {"x": X, "y": Y, **STARTS})
    assert values(sums) == pytest.approx(values(exact), rel=1e-12)
    assert errors(sums) == pytest.approx(errors(exact), rel=1e-10)


def test_sums_give_way_where_they_are_too_inaccurate(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line far from the origin: the columns of J are nearly parallel, and their squares more so."""
    monkeypatch.setattr(reduction, "SMALL", 0)
    x = 1e6 + np.arange(50.0)
    fit = exprgrad.fit("y ~ a + b*x", {"x": x, "y": 3.0 + 2 * x})
    assert fit.converged
    assert fit.parameters["b"].value == pytest.approx(2, rel=1e-9)


numbers = st.integers(-1000, 1000)


@settings(max_examples=60, deadline=None)
@given(st.tuples(numbers, numbers, numbers), st.integers(4, 30))
def test_exact_data_are_met(truth: tuple[int, int, int], rows: int) -> None:
    x = np.arange(rows, dtype=float)
    a, b, c = truth
    fit = exprgrad.fit("y ~ a + b*x + c*x^2", {"x": x, "y": a + b * x + c * x**2})
    assert fit.converged
    assert values(fit) == pytest.approx(truth, abs=1e-9 * max(map(abs, (*truth, 1))))


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(20)), st.sampled_from([1e-150, 1e-9, 1e12, 1e150]))
def test_order_and_units_do_not_matter(order: list[int], unit: float) -> None:
    before = exprgrad.fit(DECAY, {"x": X[:20], "y": Y[:20], **STARTS})
    moved = {"x": X[:20][order], "y": Y[:20][order] * unit, "a": unit, "b": 1, "c": 0}
    after = exprgrad.fit(DECAY, moved)
    assert after.converged
    assert values(after) == pytest.approx(
        [v * f for v, f in zip(values(before), (unit, 1, unit), strict=True)], rel=1e-9
    )
    assert after.r2 == pytest.approx(before.r2)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=200))
def test_a_median_in_bins_is_the_median(sample: list[float]) -> None:
    from exprgrad.jobs.fit import outliers

    kept, outliers._KEPT = outliers._KEPT, 3
    try:
        found = median(lambda: iter([np.array(sample)]), len(sample))
    finally:
        outliers._KEPT = kept
    assert found == sorted(sample)[(len(sample) - 1) // 2] or len(sample) <= 3


def test_unknown_requests() -> None:
    for wrong in (
        {"robust": "tukey"},
        {"method": "newton"},
        {"scale": 1.0},
        {"absolute": True},
        {"confidence": nan},
    ):
        with pytest.raises(exprgrad.UsageError):
            exprgrad.fit(DECAY, {"x": X, "y": Y, **STARTS}, **wrong)  # type: ignore[arg-type]


def test_a_search_tells_which_start_of_how_many_it_is_at() -> None:
    class Told(exprgrad.Observer):
        def __init__(self) -> None:
            self.parameters: list[str] = []
            self.starts: list[tuple[int, int]] = []

        def begin(self, names: Sequence[str], epoch: int) -> None:
            self.parameters += names

        def start(self, number: int, total: int) -> None:
            self.starts.append((number, total))

    told = Told()
    formula = exprgrad.parse(DECAY, formula=True)
    formula.fit({"x": X, "y": Y}, observer=told)
    assert told.parameters == ["a", "b", "c"]
    assert told.starts[0][0] == 1
    assert all(number <= total for number, total in told.starts)
    known = Told()
    formula.fit({"x": X, "y": Y, **STARTS}, observer=known)
    assert not known.starts, "the starts were given"


class _CtrlC(exprgrad.Observer):
    """A user who loses patience after so many steps."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.costs: list[float] = []
        self.last: exprgrad.Epoch | None = None

    def look(self, number: int, total: int) -> None:
        assert 1 <= number <= total
        self._step()

    def progress(self, step: int, loss: float) -> None:
        self.costs.append(loss)
        self._step()

    def _step(self) -> None:
        self.steps -= 1
        if not self.steps:
            raise KeyboardInterrupt

    def left(self, epoch: exprgrad.Epoch) -> None:
        self.last = epoch


@pytest.mark.parametrize("robust", [None, "huber"])
@pytest.mark.parametrize("steps", [2, 3, 5])
def test_a_fit_that_is_ended_from_outside_leaves_the_best_parameters(steps: int, robust: str | None) -> None:
    """Those of the least cost that was told, with this cost; from there a fit goes on."""
    told = _CtrlC(steps)
    data: dict[str, Any] = {"x": X, "y": Y}
    with pytest.raises(KeyboardInterrupt):
        exprgrad.fit("y ~ a*exp(-b*x) + c*sin(d*x)", data, robust=robust, observer=told)
    assert told.last is not None
    parameters = told.last.parameters
    assert list(parameters) == ["a", "b", "c", "d"]
    assert told.last.loss <= min(told.costs, default=inf)
    residuals = exprgrad.parse("sum((a*exp(-b*x) + c*sin(d*x) - y)^2)").evaluate(x=X, y=Y, **parameters)
    assert residuals == pytest.approx(told.last.loss, rel=1e-9)


def test_ctrl_c_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    told = iter(range(20))

    def end(*_: object) -> None:
        if next(told) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(Bar, "__call__", end)
    with pytest.raises(KeyboardInterrupt):
        execute(["fit", "y ~ a*exp(-value*x) + c", "--x", "0,1,2,3", "--y", "2.1,1.3,0.9,0.6"])
    message = capfd.readouterr().err.strip().splitlines()[-1]
    said = r"stopped by a signal at iteration 2, least cost \S+; to go on: --a \S+ -s value=\S+ --c \S+"
    assert re.fullmatch(f"exprgrad: {said}", message)


def test_slopes_near_the_end_of_the_range_of_numbers() -> None:
    """Householder's reflections of columns near 1e308 overflow unless the columns are scaled."""
    x = [0.26235375155515867, -0.7084044591250757, 0.43080227911401, -0.6782649954881009, -0.5077107957152966]
    bindings = {"y": [0, 0, 0, -1, 0], "x": x, "b": 2, "c": 2, "d": 10}
    fit = exprgrad.fit("y ~ a*exp(-b*x) + c*exp(-d*x)", bindings, bound={"b": (-inf, 3)}, robust="soft_l1")
    assert fit.stopped == "stuck"
    assert all(isfinite(estimate.value) for estimate in fit.parameters.values())
