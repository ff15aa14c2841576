"""Fits by maximum likelihood: against the same sums at 40 digits and what R prints, and where there is no maximum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import mpmath  # type: ignore[import-untyped]
import numpy as np
import pytest
from scipy import optimize, stats

import exprgrad
from exprgrad.errors import ExprgradError, UsageError
from exprgrad.jobs.fit.result import Fit

DOBSON = {
    "counts": [18.0, 17, 15, 20, 10, 20, 25, 13, 12],
    "o2": [0.0, 1, 0] * 3,
    "o3": [0.0, 0, 1] * 3,
    "t2": [0.0, 0, 0, 1, 1, 1, 0, 0, 0],
    "t3": [0.0, 0, 0, 0, 0, 0, 1, 1, 1],
}
"""Dobson 1990, An Introduction to Generalized Linear Models, p. 93: the first example of R's glm."""
BUDWORM = {
    "dead": [1.0, 4, 9, 13, 18, 20, 0, 2, 6, 10, 12, 16],
    "male": [1.0] * 6 + [0.0] * 6,
    "ldose": [0.0, 1, 2, 3, 4, 5] * 2,
}
"""Collett 1991, Modelling Binary Data, p. 75; Venables and Ripley 2002, 7.2."""
BEETLES = {
    "dose": [1.6907, 1.7242, 1.7552, 1.7842, 1.8113, 1.8369, 1.8610, 1.8839],
    "n": [59.0, 60, 62, 56, 63, 59, 62, 60],
    "killed": [6.0, 13, 18, 28, 52, 53, 61, 60],
}
"""Bliss 1935, Annals of Applied Biology 22; Dobson 1990, p. 109."""
MENARCHE = {
    "age": [9.21, 10.21, *(10.58 + 0.25 * k for k in range(22)), 17.58],
    "total": [376.0, 200, 93, 120, 90, 88, 105, 111, 100, 93, 100, 108, 99, 106, 105, 117, 98, 97, 120, 102, 122, 111,
              94, 114, 1049],
    "menarche": [0.0, 0, 0, 2, 2, 5, 10, 17, 16, 29, 39, 51, 47, 67, 81, 88, 79, 90, 113, 95, 117, 107, 92, 112, 1049],
}  # fmt: skip
"""Milicer and Szczotka 1966; Venables and Ripley 2002, 7.2."""
HEAVY = {"x": [float(k) for k in range(1, 11)], "y": [1.1, 2.3, 2.9, 4.2, 30, 6.1, 6.8, 8.3, 9.1, 9.7]}

PUBLISHED: dict[str, tuple[Callable[[], Fit], list[float], list[float], list[float]]] = {
    "Dobson's counts": (
        lambda: exprgrad.fit("counts ~ exp(a + b2*o2 + b3*o3 + c2*t2 + c3*t3)", DOBSON, likelihood="poisson"),
        [3.045, -0.4543, -0.293, 0.0, 0.0],
        [0.1709, 0.2022, 0.1927, 0.2, 0.2],
        [5.1291, 10.5814, 56.76],
    ),
    "budworms": (
        lambda: exprgrad.fit("dead ~ sigmoid(a + m*male + b*ldose)", BUDWORM, likelihood="binomial", trials=20),
        [-3.4732, 1.1007, 1.0642],
        [0.4685, 0.3558, 0.1311],
        [6.7571, 124.8756, 42.867],
    ),
    "menarche": (
        lambda: exprgrad.fit("menarche ~ sigmoid(a + b*age)", MENARCHE, likelihood="binomial", trials="total"),
        [-21.22639, 1.63197],
        [0.77068, 0.05895],
        [26.703, 3693.884, 114.76],
    ),
    "beetles": (
        lambda: exprgrad.fit("killed ~ 1/(1 + exp(-(a + b*dose)))", BEETLES, likelihood="binomial", trials="n"),
        [-60.717, 34.270],
        [5.181, 2.912],
        [11.232, 284.202, 41.430],
    ),
}
"""What R prints: coefficients, standard errors; residual and null deviance, AIC."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_r_prints(name: str) -> None:
    run, values, errors, rest = PUBLISHED[name]
    fit = run()
    assert fit.converged
    assert fit.likelihood is not None
    found = [fit.likelihood.deviance, fit.likelihood.null_deviance, fit.aic]
    for numbers, printed in ((values_of(fit), values), (errors_of(fit), errors), (found, rest)):
        for number, text in zip(numbers, printed, strict=True):
            assert number == pytest.approx(text, rel=6e-5, abs=6e-4)


def values_of(fit: Fit) -> list[float]:
    return [estimate.value for estimate in fit.parameters.values()]


def errors_of(fit: Fit) -> list[float]:
    return [estimate.std_error for estimate in fit.parameters.values()]


def scored(columns: Sequence[Sequence[float]], y: Sequence[float], n: Sequence[float] | None) -> tuple[Any, Any, Any]:
    """Coefficients, standard errors and deviance of a canonical link, by Newton's steps at 40 digits: of Poisson
    counts, or of y successes of n trials."""
    with mpmath.workdps(40):
        design = mpmath.matrix([[mpmath.mpf(cell) for cell in row] for row in zip(*columns, strict=True)])
        beta = mpmath.matrix(design.cols, 1)
        for _ in range(60):
            eta = design * beta
            if n is None:
                mean = [mpmath.exp(each) for each in eta]
                weight = mean
            else:
                odds = [1 / (1 + mpmath.exp(-each)) for each in eta]
                mean = [m * p for m, p in zip(n, odds, strict=True)]
                weight = [m * p * (1 - p) for m, p in zip(n, odds, strict=True)]
            information = design.T * mpmath.diag(weight) * design
            step = mpmath.lu_solve(information, design.T * mpmath.matrix([a - b for a, b in zip(y, mean, strict=True)]))
            beta += step
            if mpmath.norm(step) < 1e-35:
                break
        inverse = information**-1

        def term(a: Any, b: Any) -> Any:
            return a * mpmath.log(a / b) if a else mpmath.mpf(0)

        if n is None:
            deviance = sum(term(a, m) - (a - m) for a, m in zip(y, mean, strict=True))
        else:
            deviance = sum(term(a, m) + term(t - a, t - m) for a, m, t in zip(y, mean, n, strict=True))
        errors = [mpmath.sqrt(inverse[k, k]) for k in range(design.cols)]
        return [float(each) for each in beta], [float(each) for each in errors], float(2 * deviance)


ONES = [1.0] * 30
CANONICAL: dict[str, tuple[Callable[[], Fit], list[Sequence[float]], Sequence[float], Sequence[float] | None]] = {
    "Dobson's counts": (
        PUBLISHED["Dobson's counts"][0],
        [ONES[:9], DOBSON["o2"], DOBSON["o3"], DOBSON["t2"], DOBSON["t3"]],
        DOBSON["counts"],
        None,
    ),
    "budworms": (PUBLISHED["budworms"][0], [ONES[:12], BUDWORM["male"], BUDWORM["ldose"]], BUDWORM["dead"], [20] * 12),
    "menarche": (PUBLISHED["menarche"][0], [ONES[:25], MENARCHE["age"]], MENARCHE["menarche"], MENARCHE["total"]),
    "beetles": (PUBLISHED["beetles"][0], [ONES[:8], BEETLES["dose"]], BEETLES["killed"], BEETLES["n"]),
}


@pytest.mark.parametrize("name", CANONICAL)
def test_the_same_sums_at_40_digits(name: str) -> None:
    run, columns, y, n = CANONICAL[name]
    fit = run()
    values, errors, deviance = scored(columns, y, n)
    assert values_of(fit) == pytest.approx(values, rel=1e-11, abs=1e-13)
    assert errors_of(fit) == pytest.approx(errors, rel=1e-11)
    assert fit.likelihood is not None
    assert fit.likelihood.deviance == pytest.approx(deviance, rel=1e-10)
    assert fit.errors == "observed information"


@pytest.mark.parametrize(
    ("formula", "cdf", "starts"),
    [
        ("killed ~ normal_cdf(a + b*dose)", mpmath.ncdf, {}),
        ("killed ~ 1 - exp(-exp(a + b*dose))", lambda x: 1 - mpmath.exp(-mpmath.exp(x)), {}),
        ("killed ~ exp(-exp(-(a + b*dose)))", lambda x: mpmath.exp(-mpmath.exp(-x)), {"a": -30.0, "b": 17.0}),
    ],
)
def test_other_links_have_the_errors_of_the_exact_hessian(formula: str, cdf: Any, starts: dict[str, float]) -> None:
    fit = exprgrad.fit(formula, {**BEETLES, **starts}, likelihood="binomial", trials="n")
    assert fit.converged

    def minus_log(a: Any, b: Any) -> Any:
        total = mpmath.mpf(0)
        for x, n, y in zip(BEETLES["dose"], BEETLES["n"], BEETLES["killed"], strict=True):
            p = cdf(a + b * mpmath.mpf(x))
            total -= y * mpmath.log(p) + (n - y) * mpmath.log(1 - p)
        return total

    with mpmath.workdps(40):
        place = tuple(mpmath.mpf(value) for value in values_of(fit))
        orders = [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]
        one, two, *second = (mpmath.diff(minus_log, place, order) for order in orders)
        hessian = mpmath.matrix([[second[0], second[1]], [second[1], second[2]]])
        step = mpmath.lu_solve(hessian, mpmath.matrix([one, two]))
        errors = [float(mpmath.sqrt((hessian**-1)[k, k])) for k in (0, 1)]
    assert [abs(float(each)) for each in step] < [1e-10 * error for error in errors]
    assert errors_of(fit) == pytest.approx(errors, rel=1e-9)


def test_a_decay_of_counts_needs_no_start() -> None:
    counts = {"t": [float(k) for k in range(8)], "y": [102.0, 60, 35, 24, 18, 9, 12, 8]}
    fit = exprgrad.fit("y ~ a*exp(-b*t) + c", counts, likelihood="poisson")
    t, y = np.array(counts["t"]), np.array(counts["y"])

    def minus_log(values: np.ndarray) -> float:
        mean = values[0] * np.exp(-values[1] * t) + values[2]
        return float(-stats.poisson.logpmf(y, mean).sum())

    found = optimize.minimize(minus_log, [90, 0.5, 5], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-13})
    assert values_of(fit) == pytest.approx(found.x, rel=1e-5)
    assert fit.likelihood is not None
    assert fit.likelihood.log_likelihood == pytest.approx(-found.fun, rel=1e-12)
    assert fit.aic == pytest.approx(2 * found.fun + 6)


def test_weights_are_so_many_rows() -> None:
    weighed = exprgrad.fit(
        "y ~ exp(a + b*x)", {"x": [1, 2, 3, 4], "y": [1, 2, 3, 9], "w": [1, 3, 2, 0]}, likelihood="poisson", weights="w"
    )
    written = exprgrad.fit("y ~ exp(a + b*x)", {"x": [1, 2, 2, 2, 3, 3], "y": [1, 2, 2, 2, 3, 3]}, likelihood="poisson")
    assert values_of(weighed) == pytest.approx(values_of(written), rel=1e-12)
    assert errors_of(weighed) == pytest.approx(errors_of(written), rel=1e-12)
    assert weighed.n == 3


@pytest.mark.parametrize("degrees", [1.0, 4.0])
def test_students_errors(degrees: float) -> None:
    fit = exprgrad.fit("y ~ a + b*x", HEAVY, likelihood=f"student,dof={degrees}")
    x, y = np.array(HEAVY["x"]), np.array(HEAVY["y"])

    def minus_log(values: np.ndarray) -> float:
        residual = y - values[0] - values[1] * x
        return float(-stats.t.logpdf(residual, degrees, scale=values[2]).sum())

    assert fit.converged
    assert fit.likelihood is not None
    best = [*values_of(fit), fit.likelihood.scale]
    assert -minus_log(np.array(best)) == pytest.approx(fit.likelihood.log_likelihood, rel=1e-13)
    assert optimize.approx_fprime(best, minus_log, 1e-7) == pytest.approx([0, 0, 0], abs=2e-3)
    hessian = np.array(
        [
            optimize.approx_fprime(best, lambda v, k=k: optimize.approx_fprime(v, minus_log, 1e-5)[k], 1e-5)
            for k in range(3)
        ]
    )
    assert errors_of(fit) == pytest.approx(np.sqrt(np.diag(np.linalg.inv(hessian)))[:2], rel=2e-2)


def test_laplaces_errors_are_least_magnitudes() -> None:
    draw = np.random.default_rng(3)
    for rows, columns in ((10, 1), (41, 2), (60, 3)):
        x = draw.normal(size=(columns, rows))
        y = 1 + x.sum(axis=0) + draw.standard_t(2, rows)
        design = np.concatenate([np.ones((1, rows)), x]).T
        size = columns + 1
        cost = np.concatenate([np.zeros(size), np.ones(2 * rows)])
        bounds = [(None, None)] * size + [(0, None)] * (2 * rows)
        equal = np.concatenate([design, np.eye(rows), -np.eye(rows)], axis=1)
        best = optimize.linprog(cost, A_eq=equal, b_eq=y, bounds=bounds)
        model = "y ~ a + " + " + ".join(f"b{k}*x{k}" for k in range(columns))
        fit = exprgrad.fit(model, {"y": y, **{f"x{k}": x[k] for k in range(columns)}}, likelihood="laplace")
        assert fit.converged
        assert values_of(fit) == pytest.approx(best.x[:size], rel=1e-9, abs=1e-9)
        assert fit.likelihood is not None
        assert fit.likelihood.scale == pytest.approx(best.fun / rows, rel=1e-12)
        assert errors_of(fit) == pytest.approx(
            fit.likelihood.scale * np.sqrt(np.diag(np.linalg.inv(design.T @ design))), rel=1e-9
        )


@pytest.mark.parametrize(
    ("formula", "y", "likelihood", "going"),
    [
        ("y ~ sigmoid(a + b*x)", [0, 0, 0, 1, 1, 1], "bernoulli", "a and b go to"),
        ("param k = 1; param m = 3; y ~ 1/(1 + exp(-k*(x - m)))", [0, 0, 0, 1, 1, 1], "bernoulli", "as k "),
        ("y ~ normal_cdf(a + b*x)", [0, 0, 0, 1, 1, 1], "bernoulli", "a and b go to"),
        ("y ~ sigmoid(a + b*(x > 3))", [0, 1, 0, 1, 1, 1], "bernoulli", "b goes to"),
        ("y ~ exp(a + b*(x > 3))", [2, 4, 3, 0, 0, 0], "poisson", "b goes to"),
        ("y ~ exp(a)", [0, 0, 0, 0, 0, 0], "poisson", "a goes to"),
    ],
)
def test_no_maximum_is_said(formula: str, y: list[float], likelihood: str, going: str) -> None:
    fit = exprgrad.fit(formula, {"x": [1, 2, 3, 4, 5, 6], "y": y}, likelihood=likelihood)
    assert fit.stopped == "separated"
    assert going in fit.notes[0]
    assert all(np.isnan(errors_of(fit)))


def test_a_bound_ends_a_separation() -> None:
    data = {"x": [1, 2, 3, 4, 5, 6], "y": [0, 0, 0, 1, 1, 1]}
    fit = exprgrad.fit("y ~ sigmoid(a + b*x)", data, likelihood="bernoulli", bound={"b": (-10, 10)})
    assert fit.converged
    assert values_of(fit) == pytest.approx([-35, 10])


@pytest.mark.parametrize(
    ("formula", "columns", "options", "message"),
    [
        ("y ~ exp(a*x)", {"y": [1, -2]}, {"likelihood": "poisson"}, r"the count y is -2, below 0 \(row 2"),
        ("y ~ exp(a*x)", {"y": [1, 2.5]}, {"likelihood": "poisson"}, r"the count y is 2.5, no whole number \(row 2"),
        ("y ~ sigmoid(a*x)", {"y": [1, 3]}, {"likelihood": "binomial", "trials": 2}, "3 successes y of 2 trials"),
        ("y ~ sigmoid(a*x)", {"y": [1, 1]}, {"likelihood": "binomial", "trials": "x + 0.5"}, "the trials .* are 1.5"),
        ("y ~ sigmoid(a*x)", {"y": [1, 1]}, {"likelihood": "binomial"}, "add --trials N|trials"),
        (
            "y ~ sigmoid(a*x)",
            {"y": [1, 2]},
            {"likelihood": "bernoulli"},
            r"y is 2, and bernoulli knows 0 and 1 \(row 2",
        ),
        ("y ~ a - x", {"y": [1, 2], "a": 1}, {"likelihood": "poisson"}, r"the mean a - x is 0 at the start \(row 1"),
        ("y ~ a + x", {"y": [1, 0], "a": 0}, {"likelihood": "bernoulli"}, r"the mean a \+ x is 1 at the start \(row 1"),
        ("y ~ a*x", {"y": [1, 2]}, {"likelihood": "poison"}, "did you mean poisson"),
        ("y ~ a*x", {"y": [1, 2]}, {"likelihood": "student,nu=3"}, "for example student,dof=3"),
        ("y ~ a*x", {"y": [1, 2]}, {"likelihood": "student"}, "the scale of the errors is 0"),
        ("y ~ a*x", {"y": [1, 2]}, {"likelihood": "laplace"}, "the scale of the errors is 0"),
        ("y ~ a*x", {"y": [1, 2]}, {"likelihood": "poisson", "sigma": 1}, "sigmas make no sense"),
        ("y ~ a*x", {"y": [1, 2]}, {"likelihood": "poisson", "robust": "huber"}, "say the same in two ways"),
        ("y ~ a*x", {"y": [1, 2]}, {"trials": 3}, "add --likelihood binomial|likelihood"),
    ],
)
def test_bad_input(formula: str, columns: dict[str, Any], options: dict[str, Any], message: str) -> None:
    with pytest.raises(ExprgradError, match=message):
        exprgrad.fit(formula, {"x": [1, 2], **columns}, **options)


def test_the_end_of_the_range_is_said() -> None:
    fit = exprgrad.fit("y ~ a + b*x", {"x": [0, 1, 2, 3, 4], "y": [0, 0, 3, 3, 4]}, likelihood="poisson")
    assert not fit.converged
    assert "the likelihood grows up to where a + b*x is 0 (row 1)" in fit.notes[0]


def test_degrees_of_freedom_that_are_fitted() -> None:
    """The stack loss data of Brownlee, for which Lange, Little and Taylor 1989 (J. Am. Stat. Assoc. 84) found 1.1
    degrees of freedom."""
    stackloss = Path(__file__).parents[3] / "examples" / "stackloss.csv"
    fit = exprgrad.fit("loss ~ a + b*air + c*water + d*acid", stackloss, likelihood="student,dof=fit")
    assert fit.likelihood is not None
    assert [round(each.value, 2) for each in fit.parameters.values()] == [-38.48, 0.85, 0.49, -0.07]
    assert round(fit.likelihood.degrees, 1) == 1.1
    assert fit.fixed == {}
    data = np.loadtxt(stackloss, delimiter=",", skiprows=1)
    values = [each.value for each in fit.parameters.values()]
    left = data[:, 3] - values[0] - data[:, :3] @ values[1:]

    def likelihood(scale: float, degrees: float) -> float:
        return float(np.sum(stats.t.logpdf(left, degrees, scale=scale)))

    scale, degrees = fit.likelihood.scale, fit.likelihood.degrees
    most = likelihood(scale, degrees)
    assert fit.likelihood.log_likelihood == pytest.approx(most, rel=1e-10)
    assert fit.aic == pytest.approx(2 * 6 - 2 * most, rel=1e-10)
    for factor in (1 - 1e-4, 1 + 1e-4):
        assert likelihood(scale * factor, degrees) < most
        assert likelihood(scale, degrees * factor) < most


def test_errors_without_heavy_tails_have_no_degrees_of_freedom() -> None:
    x = np.arange(30.0)
    fit = exprgrad.fit("y ~ a + b*x", x=x, y=x + np.sin(7 * x), likelihood="student,dof=fit")
    assert any("the errors have no heavy tails" in note for note in fit.notes)
    with pytest.raises(UsageError, match="profile intervals take the degrees of freedom as known"):
        exprgrad.fit("y ~ a + b*x", x=x, y=x, likelihood="student,dof=fit", intervals="profile")
