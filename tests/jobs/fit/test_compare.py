"""Comparisons: R's anova and AIC on published data, which models contain which, and what cannot be compared."""

from __future__ import annotations

from math import exp
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2
from scipy.stats import f as fisher

import exprgrad
from exprgrad.errors import DataError, UsageError
from exprgrad.jobs.fit.after.nested import nested
from exprgrad.jobs.fit.after.saved import of_fit
from exprgrad.render.formats import render
from tests.jobs.fit.test_after import CARS

PUROMYCIN: dict[str, Any] = {
    "conc": ([0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.1, 1.1] * 2)[:23],
    "rate": [
        76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200, 67, 51, 84, 86, 98, 115, 131, 124, 144, 158, 160,
    ],
    "treated": [1] * 12 + [0] * 11,
}  # fmt: skip
"""Bates and Watts 1988, A1.3; R's Puromycin."""


def test_r_anova() -> None:
    """anova(lm(dist ~ speed - 1), lm(dist ~ speed), lm(dist ~ poly(speed, 2))) of R's cars, pair by pair."""
    found = exprgrad.compare("dist ~ a*speed", "dist ~ a*speed + b", "dist ~ a*speed + b + c*speed^2", data=CARS)
    first, second = found.tests
    assert (first.more, first.dof, second.more, second.dof) == (1, 48, 1, 47)
    assert found.models[1].rss == pytest.approx(11353.52, rel=1e-6)
    assert found.models[2].rss == pytest.approx(10824.72, rel=1e-6)
    assert second.value == pytest.approx(2.296, abs=5e-4)
    assert second.p == pytest.approx(0.1364, abs=5e-5)
    assert first.p == pytest.approx(0.01232, abs=5e-6)  # of the intercept in summary(lm(dist ~ speed))
    assert found.models[1].aic == pytest.approx(419.1569, abs=5e-5)
    aicc = [model.aic + 2 * k * (k + 1) / (50 - k - 1) for model, k in zip(found.models, (2, 3, 4), strict=True)]
    assert [model.aicc for model in found.models] == pytest.approx(aicc, rel=1e-12)
    weights = np.exp(-(np.array(aicc) - min(aicc)) / 2)
    assert [model.weight for model in found.models] == pytest.approx(weights / weights.sum(), rel=1e-9)


def test_one_curve_or_two() -> None:
    """The F test of two additional parameters of Puromycin: anova(nls, nls) of R 4.2.2."""
    one, two = "rate ~ V*conc/(K + conc)", "rate ~ (V + D*treated)*conc/(K + E*treated + conc)"
    found = exprgrad.compare(two, one, data=PUROMYCIN, V=150, K=0.05, D=50, E=0.01)
    (test,) = found.tests
    assert (test.simpler, test.fuller, test.statistic, test.more, test.dof) == (one, two, "F", 2, 19)
    small, large = found.models[1].rss, found.models[0].rss
    assert test.value == pytest.approx((small - large) / 2 / (large / 19), rel=1e-12)
    assert test.p == pytest.approx(fisher.sf(test.value, 2, 19), rel=1e-9)
    assert (small, large) == pytest.approx((7276.5, 2055.1), abs=0.05)
    assert (test.value, test.p) == pytest.approx((24.138, 6.075e-06), rel=1e-4)
    assert (found.models[0].aic, found.models[0].bic) == pytest.approx((178.6001, 184.2776), abs=5e-5)
    assert "D = 0" in test.how
    assert "E = 0" in test.how


def test_absolute_sigmas() -> None:
    rows: dict[str, Any] = {**CARS, "s": [15.0] * 50}
    found = exprgrad.compare("dist ~ a*speed", "dist ~ a*speed + b", data=rows, sigma="s", absolute=True)
    (test,) = found.tests
    assert test.statistic == "chi2"
    assert test.p == pytest.approx(chi2.sf(found.models[0].rss - found.models[1].rss, 1), rel=1e-9)
    assert found.models[0].aicc == pytest.approx(found.models[0].aic + 2 * 2 / (50 - 2), rel=1e-12)
    assert found.models[1].weight == pytest.approx(1 / (1 + exp(-found.models[0].delta / 2)), rel=1e-9)


def _of(formula: str) -> Any:
    """A saved fit of any formula of x and w, with whatever values."""
    line = of_fit(exprgrad.fit("y ~ a + b*x", x=[0, 1, 2], y=[0, 1, 3]))
    names = [name for name in exprgrad.parse(formula, formula=True).variables if name not in "xyw"]
    return line._replace(expression=formula, parameters={name: 0.7 + 0.1 * k for k, name in enumerate(names)})


@pytest.mark.parametrize(
    ("simpler", "fuller", "held"),
    [
        ("y ~ a*x", "y ~ m*x + b", {"m": "a", "b": 0.0}),
        ("y ~ a*x + b", "y ~ b + a*x^n", {"b": "b", "a": "a", "n": 1.0}),
        ("y ~ a*exp(-b*x)", "y ~ a*exp(-b*x) + c*exp(-d*x)", None),
        ("y ~ a*exp(-b*x) + c", "y ~ c + a*exp(-(b*x)^k)", {"c": "c", "a": "a", "b": "b", "k": 1.0}),
        ("y ~ p/(1 + q*x)", "y ~ p/(1 + q*x + r*x^2)", {"p": "p", "q": "q", "r": 0.0}),
        ("y ~ a*log(x) + b", "y ~ a*log(x) + b + c*w", {"a": "a", "b": "b", "c": 0.0}),
        ("y ~ a*exp(-b*x)", "y ~ p*exp(-q*(x - s)) + t", {"p": "a", "q": "b", "s": 0.0, "t": 0.0}),
    ],
)
def test_nested(simpler: str, fuller: str, held: Any) -> None:
    small, large = _of(simpler), _of(fuller)
    found = nested(small, large)
    assert found is not None
    assert held is None or found == held
    assert nested(large, small) is None


@pytest.mark.parametrize(
    ("simpler", "fuller"),
    [
        ("y ~ a*x^2 + b", "y ~ a*x + b + c*exp(-x)"),
        ("y ~ a*w + b", "y ~ a*x + b + c*x^3"),
        ("y ~ a*sin(x)", "y ~ a*x + b"),
        ("y ~ a*(x > 2)", "y ~ a*(x > 3) + b"),
        ("y ~ a*(x - mean(x))", "y ~ a*(x - mean(x)) + b"),
    ],
)
def test_not_seen_to_be_nested(simpler: str, fuller: str) -> None:
    assert nested(_of(simpler), _of(fuller)) is None


def test_a_parameter_that_was_fixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = {"x": range(8), "y": [2 * x + 0.4 + 0.1 * (-1) ** x for x in range(8)]}
    file = Path("one.json")
    file.write_text(render(exprgrad.fit("y ~ a*x + b", rows, fix=["b"], b=0.5), "json"))
    found = exprgrad.compare(str(file), "y ~ a*x + b + c*x^2", data=rows, a=1)
    assert [test.how for test in found.tests] == ["with b = 0.5, c = 0"]
    assert [model.name for model in found.models] == [str(file), "y ~ a*x + b + c*x^2"]
    assert f"{file} is enough, as y ~ a*x + b + c*x^2 fits no better, F(2, 5) = " in str(found).replace("\n  ", " ")


def test_constraints_make_the_simpler_model(tmp_path: Path) -> None:
    """The same formula, held: by equations or by ties; as results and as files."""
    model, rows = "y ~ c + a*x + b*w", _of_two_columns()
    full = exprgrad.fit(model, rows)
    equation = exprgrad.fit(model, rows, where="a + b = 1")
    tie = exprgrad.fit(model, rows, tie={"b": "1 - a"})
    written, _ = exprgrad.compare("y - w ~ c + a*(x - w)", "y - w ~ d", data=rows).models
    file = tmp_path / "full.json"
    file.write_text(str(render(full, "json")), "utf-8")
    for held, how in ((equation, "with a + b = 1"), (tie, "with b = 1 - a")):
        small = tmp_path / "small.json"
        small.write_text(str(render(held, "json")), "utf-8")
        for compared in (exprgrad.compare(held, full), exprgrad.compare(str(small), str(file))):
            (test,) = compared.tests
            assert (test.more, test.dof, test.how) == (1, full.dof, how)
            assert test.value == pytest.approx((held.rss - full.rss) / (full.rss / full.dof), rel=1e-9)
            assert [model.parameters for model in compared.models] == [2, 3]
            assert compared.models[0].aicc == pytest.approx(written.aicc, rel=1e-9)
    assert "as many parameters" in exprgrad.compare(equation, tie).notes[0]
    assert not exprgrad.compare(exprgrad.fit("y ~ c", rows), equation).tests
    below = exprgrad.fit(model, rows, where="a < -1")
    assert not exprgrad.compare(below, full).tests, "an inequality that holds as an equation has another distribution"


def _of_two_columns() -> dict[str, Any]:
    random = np.random.default_rng(4)
    x, w = random.normal(size=(2, 15))
    return {"x": x, "w": w, "y": 1 + 0.6 * x + 0.4 * w + 0.1 * random.normal(size=15)}


def test_a_parameter_at_its_bound_is_not_fitted() -> None:
    line = exprgrad.fit("dist ~ a + b*speed", CARS)
    bent = exprgrad.fit("dist ~ a + b*speed + c*speed^2", CARS, bound={"c": (-1, 0)})
    found = exprgrad.compare(line, bent)
    assert not found.tests
    assert "as many parameters" in found.notes[-1]


def test_likelihoods_are_compared_from_results_and_from_files(tmp_path: Path) -> None:
    rows: dict[str, Any] = {"x": range(1, 10), "k": [2, 3, 6, 7, 8, 9, 10, 12, 15]}
    fits = [exprgrad.fit(formula, rows, likelihood="poisson") for formula in ("k ~ exp(a + b*x)", "k ~ exp(a)")]
    files = [str(tmp_path / f"{k}.json") for k in range(2)]
    for file, fit in zip(files, fits, strict=True):
        Path(file).write_text(str(render(fit, "json")), "utf-8")
    for found in (exprgrad.compare(*fits), exprgrad.compare(*files)):
        assert [model.aicc for model in found.models] == pytest.approx([41.6233763613028, 55.1051426860693])
        (test,) = found.tests
        assert (test.statistic, test.more, test.dof, test.how) == ("chi2", 1, 7, "with b = 0")
        assert (test.value, test.p) == pytest.approx((16.9103377533, 3.91875815092e-05), rel=1e-10)
    assert exprgrad.predict(files[0], x=[1, 2]).fit[0] == pytest.approx(3.2435963866321447)


def test_what_cannot_be_compared() -> None:
    line = exprgrad.fit("dist ~ a*speed + b", CARS)
    short = {name: column[:-1] for name, column in CARS.items()}
    moved = {**CARS, "dist": [d + (k == 3) for k, d in enumerate(CARS["dist"])]}
    weighed = {**CARS, "s": CARS["speed"]}
    cases: list[tuple[Any, type[Exception], str]] = [
        (exprgrad.fit("dist ~ a*speed", short), DataError, "50 and of 49 rows"),
        (exprgrad.fit("dist ~ a*speed", moved), DataError, "different rows"),
        (exprgrad.fit("speed ~ a*dist", CARS), UsageError, "different responses, dist and speed"),
        (exprgrad.fit("dist ~ a*speed", weighed, sigma="s"), UsageError, "weigh the rows differently"),
        (exprgrad.fit("dist ~ a*speed", CARS, robust="huber"), UsageError, "differently|different things"),
    ]
    for other, kind, words in cases:
        with pytest.raises(kind, match=words):
            exprgrad.compare(line, other)
    with pytest.raises(UsageError, match="two fits or more"):
        exprgrad.compare(line)
    same = exprgrad.compare(line, exprgrad.fit("dist ~ a*speed^n", CARS, a=1, n=1))
    assert not same.tests
    assert "as many parameters" in same.notes[0]
    unseen = exprgrad.fit("dist ~ p*exp(q*speed) + r", CARS, p=1, q=0.1, r=1)
    assert "say nested" in str(exprgrad.compare(line, unseen)).replace("--", "")
    assert exprgrad.compare(line, unseen, nested=True).tests[0].more == 1
