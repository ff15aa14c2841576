"""Groups that share parameters, against one fit of all their parameters together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import optimize

import exprgrad
from exprgrad.errors import UsageError
from tests.jobs.fit.groups.test_groups import DATA

KEPT = DATA["run"] < 6
FEW = {name: column[KEPT] for name, column in DATA.items()}
FORMULA = "y ~ a*exp(-b*x) + c"


@pytest.mark.parametrize(
    ("more", "weighed"), [({"a": 1, "b": 1, "c": 0}, False), ({"a": 1, "b": 1, "c": 0}, True), ({}, False)]
)
def test_as_one_fit_of_all_parameters(more: dict[str, float], weighed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The values, and the standard errors from the whole covariance, are those of SciPy on the dense problem."""
    monkeypatch.setattr("exprgrad.jobs.fit.groups.each._SAMPLES", 1)
    run, x, y = FEW["run"].astype(int), FEW["x"], FEW["y"]
    sigma = FEW["s"] if weighed else np.ones(len(x))

    def dense(_: np.ndarray, *p: float) -> np.ndarray:
        own = np.array(p[1:]).reshape(6, 2)
        return np.asarray(own[run, 0] * np.exp(-p[0] * x) + own[run, 1])

    options = {"sigma": "s", "absolute": True} if weighed else {}
    found = exprgrad.fit(FORMULA, {**FEW, **more}, by="run", share="b", **options)
    expected, covariance = optimize.curve_fit(
        dense, x, y, [0.9, *[1.5, 0.0] * 6], sigma=sigma, absolute_sigma=weighed, xtol=1e-14, ftol=1e-14
    )
    errors = np.sqrt(np.diag(covariance))
    estimates = [found.shared["b"], *(one for group in found.groups for one in group.parameters.values())]
    assert found.converged
    assert list(found.groups[0].parameters) == ["a", "c"]
    assert [one.value for one in estimates] == pytest.approx(expected, rel=1e-7, abs=1e-8)
    assert [one.std_error for one in estimates] == pytest.approx(errors, rel=1e-5)
    assert found.dof == len(x) - 13
    assert found.rss == pytest.approx(np.sum(((dense(x, *expected) - y) / sigma) ** 2), rel=1e-10)
    assert found.shared_covariance[0][0] == pytest.approx(covariance[0, 0], rel=1e-5)


def test_bounds_and_groups_that_cannot_take_part() -> None:
    run = np.append(FEW["run"], 99)
    data: Any = {"x": np.append(FEW["x"], 1.0), "y": np.append(FEW["y"], 1.0), "run": run, "a": 1, "b": 1, "c": 0}
    found = exprgrad.fit(FORMULA, data, by="run", share=["b"], bound={"b": (1.0, 2.0)})
    assert found.groups[-1].notes == ("its 2 own parameters cannot be fitted to 1 row",)
    assert (found.stopped, found.groups[0].stopped) == ("failed", "converged")
    assert found.shared["b"].value == 1.0
    assert found.dof == KEPT.sum() - 12
    alone = exprgrad.fit(FORMULA, {**FEW, "a": 1, "b": 1, "c": 0}, by="run", fix=["b"])
    for group, other in zip(found.groups, alone.groups, strict=False):
        values = [one.value for one in other.parameters.values()]
        assert [one.value for one in group.parameters.values()] == pytest.approx(values, rel=1e-7, abs=1e-9)


WRONG = {
    "all": (["a", "b", "c"], "with all of a, b, c shared, the groups are fitted as one; this is the plain fit"),
    "none": (["q"], "the model has no parameter q to share; it has a, b, c"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_shared(name: str) -> None:
    share, message = WRONG[name]
    with pytest.raises(UsageError, match=message):
        exprgrad.fit(FORMULA, FEW, by="run", share=share)
