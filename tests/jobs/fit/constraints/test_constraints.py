"""Constraints, ties and priors against SciPy, and against the same said in another way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import optimize

import exprgrad
from exprgrad.errors import UsageError

X = np.linspace(0, 5, 30)
Y = 2 * np.exp(-0.7 * X) + 0.5 + np.random.default_rng(0).normal(0, 0.05, 30)
FORMULA = "y ~ a*exp(-b*x) + c"
STARTS: dict[str, float] = {"a": 1, "b": 1, "c": 0}


def fit(formula: str = FORMULA, starts: dict[str, float] = STARTS, **more: Any) -> exprgrad.Fit:
    found = exprgrad.fit(formula, {"x": X, "y": Y, "s": np.full(30, 0.04), **starts}, **more)
    assert isinstance(found, exprgrad.Fit)
    return found


def values(found: exprgrad.Fit) -> dict[str, float]:
    return {name: one.value for name, one in found.parameters.items()}


def errors(found: exprgrad.Fit) -> dict[str, float]:
    return {name: one.std_error for name, one in found.parameters.items()}


SAME: dict[str, tuple[dict[str, Any], str, dict[str, str]]] = {
    "an equation": ({"where": "a + c = 2.4"}, "y ~ a*exp(-b*x) + (2.4 - a)", {}),
    "an equation of products": ({"where": "a*b = 1"}, "y ~ a*exp(-x/a) + c", {}),
    "an inequality that holds as an equation": ({"where": "a < 1.5*b"}, "y ~ 1.5*b*exp(-b*x) + c", {}),
    "a curved one": ({"where": "a*b <= 1"}, "y ~ a*exp(-x/a) + c", {}),
    "one that asks nothing": ({"where": ["a > b", "0 <= c <= 1"]}, FORMULA, {}),
    "a tie": ({"tie": "b = a/3"}, "y ~ a*exp(-a/3*x) + c", {}),
    "a tie to a name of its own": ({"tie": "b = 2*k"}, "y ~ a*exp(-2*k*x) + c", {}),
    "ties in a chain of names": ({"tie": ["b = 2*k", "k = 3*m"]}, "y ~ a*exp(-6*m*x) + c", {}),
    "ties of ties": ({"tie": {"c": "b - 0.2", "b": "a/3"}}, "y ~ a*exp(-a/3*x) + a/3 - 0.2", {}),
}


@pytest.mark.parametrize("name", SAME)
def test_as_the_formula_in_which_it_is_written_out(name: str) -> None:
    """Values and standard errors of what is left of the parameters, and how many rows are to spare."""
    said, formula, _ = SAME[name]
    found = fit(starts={} if "tie" in said else STARTS, **said)
    names = exprgrad.parse(formula, formula=True).variables
    plain = fit(formula, {name: value for name, value in STARTS.items() if name in names})
    assert found.converged
    for parameter, estimate in plain.parameters.items():
        assert values(found)[parameter] == pytest.approx(estimate.value, rel=1e-7)
        assert errors(found)[parameter] == pytest.approx(estimate.std_error, rel=1e-5)
    assert found.rss == pytest.approx(plain.rss, rel=1e-9)
    assert (found.dof, next(iter(found.parameters))) == (plain.dof, "a")


def test_what_a_constraint_says_of_the_others() -> None:
    """The standard errors of tied parameters are the delta method's, those of constrained ones follow."""
    found, tied = fit(where="a + c = 2.4"), fit(starts={}, tie="c = 2.4 - a")
    assert errors(found)["c"] == pytest.approx(errors(found)["a"], rel=1e-9)
    assert values(tied) == pytest.approx(values(found), rel=1e-7)
    assert errors(tied) == pytest.approx(errors(found), rel=1e-5)
    assert found.correlation[0][2] == pytest.approx(-1)
    at = fit(where=["a^2 + c^2 = 1", "0.1 < b < 0.3"])
    assert values(at)["b"] == pytest.approx(0.3, abs=1e-12)
    assert errors(at)["b"] == 0
    assert at.notes == ("0.1 < b < 0.3 holds as an equation: the standard errors take it as exact",)


def test_a_prior_is_a_row_more() -> None:
    def model(rows: np.ndarray, a: float, b: float, c: float) -> np.ndarray:
        return np.append(a * np.exp(-b * rows[:-1]) + c, a)

    found = fit(prior="a=1.2±0.1", sigma="s", absolute=True)
    sigma = np.append(np.full(30, 0.04), 0.1)
    expected, covariance = optimize.curve_fit(
        model, np.append(X, 0), np.append(Y, 1.2), [1, 1, 0], sigma=sigma, absolute_sigma=True, xtol=1e-14, ftol=1e-15
    )
    assert list(values(found).values()) == pytest.approx(expected, rel=1e-6)
    assert list(errors(found).values()) == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-5)


@pytest.mark.parametrize("text", ["a=1.2±1e-7", "a = 1.2 +- 1e-7", "a=1.2+/-1e-7"])
def test_a_prior_that_is_sure_fixes(text: str) -> None:
    found, fixed = fit(prior=text), fit("y ~ 1.2*exp(-b*x) + c", {"b": 1, "c": 0}, tolerance=1e-9)
    assert values(found) == pytest.approx({"a": 1.2, **values(fixed)}, rel=1e-4)
    assert errors(found) == pytest.approx({"a": 1e-7, **errors(fixed)}, rel=1e-3)
    assert found.residual_std_error == pytest.approx(fixed.residual_std_error, rel=1e-6)


def test_a_prior_that_knows_nothing_changes_nothing() -> None:
    found, free = fit(prior={"a": (1.2, 1e6)}), fit()
    assert values(found) == pytest.approx(values(free), rel=1e-7)
    assert errors(found) == pytest.approx(errors(free), rel=1e-6)


def test_a_prior_determines_what_the_data_do_not() -> None:
    found = fit("y ~ a*d*exp(-b*x) + c", {**STARTS, "d": 1}, prior="d = 2+-0.5")
    assert found.converged
    assert values(found)["d"] == pytest.approx(2, rel=1e-6)
    assert errors(found)["d"] == pytest.approx(0.5, rel=1e-6)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "contradictory": ({"where": ["a < 1", "a > 2"]}, "the constraints a < 1 and a > 2 cannot be met together"),
    "never met": ({"where": "a^2 = -1"}, "the constraint a\\^2 = -1 cannot be met"),
    "no relation": ({"where": "a + c"}, "where takes a constraint, not 'a \\+ c'"),
    "two kinds": ({"where": "a != c"}, "where takes a constraint"),
    "no parameter in it": ({"where": "1 = 2"}, "the constraint '1 = 2' has no parameter"),
    "another name": ({"where": "a = q"}, "a constraint has q, which is no parameter; .*a, b, c"),
    "no expression": ({"where": "a = (b"}, "which is no expression"),
    "a prior on none": ({"prior": "q=1±1"}, "a prior is on q, which is no parameter; they are a, b, c"),
    "a prior without error": ({"prior": "a=1"}, "prior takes NAME=MEAN±ERROR, not 'a=1'"),
    "a prior of error 0": ({"prior": "a=1±0"}, "the error of the prior on a is 0"),
    "two priors": ({"prior": ["a=1±1", "a=2±1"]}, "a has two priors"),
    "a circle": ({"tie": ["a = b", "b = 2*a"], "starts": {}}, "the ties of a, b go in a circle"),
    "to itself": ({"tie": "a = a + 1", "starts": {}}, "a is tied to itself"),
    "to a column": ({"tie": "a = x", "starts": {}}, "a tie has x, which is no parameter"),
    "a tied column": ({"tie": "x = a", "starts": {}}, "a tie is on x, which is a column"),
    "a tied start": ({"tie": "a = b"}, "a is tied to other parameters: it has no start"),
    "a tied bound": ({"tie": "a = b", "bound": {"a": (0, 1)}, "starts": {}}, "and bound"),
    "robust": ({"where": "a = b", "robust": "huber"}, "these do not go together: robust, where"),
    "shared": ({"where": "a = b", "by": "s", "share": "c"}, "parameters are shared in plain least squares"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_asked_for(name: str) -> None:
    said, message = WRONG[name]
    with pytest.raises(UsageError, match=message):
        fit(**said)


def test_of_groups() -> None:
    """Each group respects what is said."""
    data: Any = {"x": np.tile(X, 2), "y": np.append(Y, Y + 0.1), "run": np.repeat([1, 2], 30), **STARTS}
    found = exprgrad.fit(FORMULA, data, by="run", where="a*b <= 1")
    single = fit(where="a*b <= 1")
    assert found.groups[0].parameters["a"].value == pytest.approx(values(single)["a"], rel=1e-9)
    assert found.converged


INDOMETH = {
    "t": [0.25, 0.5, 0.75, 1, 1.25, 2, 3, 4, 5, 6, 8],
    "c": [1.5, 0.94, 0.78, 0.48, 0.37, 0.19, 0.12, 0.11, 0.08, 0.07, 0.05],
}
"""Kwan and others 1976, subject 1: two phases, one fast and one slow."""


@pytest.mark.parametrize(
    ("where", "rss"),
    [
        ("k1 > 1", 0.0117820139355),
        ("k2 > 1", 0.0117820139355),
        ("1 <= 2*k1 - 1", 0.0117820139355),
        ("A1 > A2", 0.0117820139355),
        ("A2 > 5*A1", 0.0117820139355),
        ("k2 < 0.1", 0.0122383622524),
        ("A1 >= 2.5", 0.0335246914950415),
    ],
)
def test_constraints_that_are_met_elsewhere(where: str, rss: float) -> None:
    """The search ends at one of two names of the same minimum: the constraint may be met at the other one, and a bound
    is looked for as one."""
    found: Any = exprgrad.fit("c ~ A1*exp(-k1*t) + A2*exp(-k2*t)", INDOMETH, where=where)
    assert found.converged
    assert found.rss == pytest.approx(rss, rel=1e-10)


def test_bounds_that_contradict_are_an_error() -> None:
    with pytest.raises(UsageError, match="cannot be met together"):
        fit(starts={}, where=["b < 1", "b > 2"])
