"""Fits of groups are the fits of each group's rows alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import exprgrad
from exprgrad.jobs.fit.groups import each, far
from exprgrad.jobs.fit.groups.result import Group
from exprgrad.jobs.fit.groups.separate import separately

DRAW = np.random.default_rng(3)
SIZES = DRAW.integers(12, 30, 30)
RUN = DRAW.permutation(np.repeat(np.arange(30.0), SIZES))
A, B, C = DRAW.uniform(1, 3, 30), DRAW.uniform(0.6, 1.2, 30), DRAW.uniform(-0.2, 0.2, 30)
X = DRAW.uniform(0.1, 6, len(RUN))
S = DRAW.uniform(0.5, 2, len(RUN))
Y = (A * np.exp(-B * X[:, None]) + C)[np.arange(len(RUN)), RUN.astype(int)] + DRAW.normal(0, 0.01, len(RUN)) * S
DATA = {"x": X, "y": Y, "s": S, "run": RUN}


_ALL = 3
"""Groups of a case in which each is fitted alone."""


@dataclass
class Case:
    """A fit by run."""

    formula: str = "y ~ a*exp(-b*x) + c"
    more: dict[str, Any] = field(default_factory=lambda: {"a": 1, "b": 1, "c": 0})
    alone: int = 1
    """How many groups are fitted one by one, at the most; all where it is _ALL."""


CASES = {
    "given starts": Case(),
    "searched": Case(more={}, alone=6),
    "linear ones solved for": Case(more={"b": 0.7}),
    "linear": Case("y ~ a*x + b*log(x) + c", {}),
    "a constant": Case("y ~ c", {}),
    "sigmas": Case(more={"a": 1, "b": 1, "c": 0, "sigma": "s", "absolute": True}),
    "sigmas by an expression": Case(more={"a": 1, "b": 1, "c": 0, "sigma": "sqrt(s)"}),
    "one sigma": Case(more={"a": 1, "b": 1, "c": 0, "sigma": "0.1", "absolute": True}),
    "weights": Case(more={"a": 1, "b": 1, "c": 0, "weights": "s"}),
    "bounds and fixed ones": Case(
        "y ~ a*exp(-b*x) + c + d", {"a": 2, "b": 1, "c": 0, "d": 0.1, "fix": ["d"], "bound": {"b": (0.8, 3)}}
    ),
    "robust": Case(more={"a": 1, "b": 1, "c": 0, "robust": "huber"}, alone=_ALL),
    "a mean in the formula": Case("y ~ a*(x - mean(x)) + c", {}, alone=_ALL),
}


def numbers(group: Group | exprgrad.Fit) -> list[float]:
    found = [number for one in group.parameters.values() for number in (one.value, one.std_error, one.p, one.low)]
    return [*found, group.rss, group.r2, group.adjusted_r2, group.aic, group.bic, group.dof, group.n]


@pytest.mark.parametrize("name", CASES)
def test_each_group_is_fitted_as_if_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case, count = CASES[name], 0
    alone = separately

    def counted(*args: Any) -> Any:
        nonlocal count
        count += 1
        return alone(*args)

    monkeypatch.setattr(far, "separately", counted)
    monkeypatch.setattr(each, "_SAMPLES", 1)
    kept = (_ALL if case.alone == _ALL else 30) > RUN
    data = {name: column[kept] for name, column in DATA.items()}
    found = exprgrad.fit(case.formula, data, by="run", **case.more)
    assert [group.by["run"] for group in found.groups] == sorted(set(data["run"]))
    assert count <= case.alone
    for group in found.groups[:: 1 if case.alone == _ALL else 15]:
        rows = {name: column[data["run"] == group.by["run"]] for name, column in data.items()}
        single = exprgrad.fit(case.formula, rows, **case.more)
        assert group.stopped == single.stopped
        assert group.converged
        assert set(group.notes) == set(single.notes)
        pairs = zip(numbers(group), numbers(single), strict=True)
        assert all(mine == pytest.approx(other, rel=1e-6, abs=1e-9, nan_ok=True) for mine, other in pairs)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=12, max_size=40), st.randoms(use_true_random=False))
def test_neither_order_nor_labels_matter(labels: list[int], draw: Any) -> None:
    """Texts or numbers, lying together or not: the groups are the same."""
    x = [float(k % 7) + 0.1 * (k % 3) for k in range(len(labels))]
    y = [2 * value + label + 0.1 * (k * k % 5) for k, (value, label) in enumerate(zip(x, labels, strict=True))]
    rows = list(zip(x, y, labels, strict=True))
    mixed = draw.sample(rows, len(rows))

    def fits(rows: list[tuple[float, float, int]], prefix: str) -> dict[str, list[float]]:
        x, y, labels = map(list, zip(*rows, strict=True))
        table: Any = {"x": x, "y": y, "site": [f"{prefix}{label}" for label in labels] if prefix else labels}
        found = exprgrad.fit("y ~ a*x + b", table, by="site")
        return {
            str(group.by["site"]).removeprefix(prefix): [one.value for one in group.parameters.values()]
            for group in found.groups
        }

    first, second = fits(rows, ""), fits(mixed, "site ")
    assert first.keys() == second.keys()
    for label, values in first.items():
        assert second[label] == pytest.approx(values, rel=1e-9, abs=1e-9)


def test_a_group_that_cannot_be_fitted_says_so_and_the_others_are() -> None:
    y = [1.0, 2, 3.1, 1, np.inf, 2, 3, 2, 2.9, 4.2]
    data: Any = {"x": [1.0, 2, 3, 1, 2, 3, 1, 1, 2, 3], "y": y, "run": [1, 1, 1, 2, 2, 2, 3, 4, 4, 4]}
    found = exprgrad.fit("y ~ a*x + b", data, by="run")
    assert [group.stopped for group in found.groups] == ["converged", "failed", "failed", "converged"]
    assert not found.converged
    assert found.groups[2].notes == ("2 parameters cannot be fitted to 1 row; fix some with --fix NAME",)
    assert "not finite" in found.groups[1].notes[0]
    assert not found.groups[1].parameters
    assert isnan(found.groups[1].rss)
