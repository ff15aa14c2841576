"""Runs: what is trained, what it is trained for, and what stops it."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

import exprgrad
from exprgrad.backends.engine import Engine
from exprgrad.jobs.train.result import Training

LINE = "(w*x + b - y)*(w*x + b - y)"


def run(backend: str, text: str, bindings: dict[str, Any], **wishes: Any) -> Training:
    return exprgrad.train(text, bindings, engine=Engine(backend, 2), **wishes)


@pytest.mark.parametrize(
    ("text", "bindings", "wishes", "names"),
    [
        (LINE, {"w": 0, "b": 0}, {}, ["w", "b"]),
        (LINE, {"w": 0, "b": 0}, {"fix": ["b"]}, ["w"]),
        (LINE, {"w": 0, "b": 0}, {"params": ["b"]}, ["b"]),
        (LINE, {"b": 0}, {"init": "normal"}, ["w", "b"]),
        (f"param w = 1; {LINE}", {"b": 0}, {}, ["w"]),
        (f"input b = 1; {LINE}", {"w": 0}, {}, ["w"]),
    ],
)
def test_what_is_trained_over_columns(
    text: str, bindings: dict[str, float], wishes: dict[str, Any], names: list[str]
) -> None:
    training = exprgrad.train(text, {**bindings, "x": [1, 2, 3], "y": [1.0, 2.5, 3]}, epochs=1, **wishes)
    assert list(training.parameters) == names


def test_l2_is_in_the_loss_and_its_gradient() -> None:
    training = exprgrad.train("w*x", {"w": 3.0, "x": [1.0, 2.0]}, l2=0.5, epochs=0)
    assert training.loss == 4.5 + 0.25 * 9
    assert training.final.gradient == {"w": 1.5 + 0.5 * 3}


def test_maximize_climbs_and_shows_the_value_itself() -> None:
    training = exprgrad.train("param w = 0; 5 - (w - 3)^2", maximize=True, epochs=200, lr=0.1)
    assert training.parameters["w"] == pytest.approx(3)
    assert (training.history[0].loss, training.history[0].gradient) == (-4, {"w": 6})
    assert training.loss == pytest.approx(5)


def test_bounds_are_held_and_narrow_those_of_the_program() -> None:
    training = exprgrad.train("param w = 0.5 in [0, 5]; (w - 3)^2", bound={"w": (0.0, 1.0)}, epochs=9, lr=1)
    assert training.parameters == {"w": 1.0}
    free = exprgrad.train("param w = 0.5 in [0, 1]; (w - 3)^2", bound={"w": (-inf, inf)}, epochs=99, lr=0.1)
    assert free.parameters["w"] == pytest.approx(3)


def test_lbfgs_finds_a_valley_and_a_bound() -> None:
    text = "(1 - x)^2 + 100*(y - x^2)^2"
    found = exprgrad.train(text, {"x": -1.2, "y": 1.0}, ["x", "y"], optimizer="lbfgs", epochs=200)
    assert found.stopped == "converged"
    assert found.parameters == pytest.approx({"x": 1, "y": 1}, abs=1e-9)
    assert [epoch.epoch for epoch in found.history] == list(range(found.epochs))
    held = exprgrad.train(text, {"x": 0, "y": 0}, ["x", "y"], optimizer="lbfgs", epochs=200, bound={"x": (-1.0, 0.5)})
    assert held.parameters["x"] == 0.5


@pytest.mark.parametrize("backend", ["interpreter", "llvm"])
def test_patience_stops_where_the_loss_stands_still(backend: str) -> None:
    wishes: dict[str, Any] = {"tolerance": 1e-3, "patience": 3, "epochs": 10_000, "lr": 0.1}
    training = run(backend, "param w = 0; (w - 2)*(w - 2) + 1", {}, **wishes)
    assert training.stopped == "patience"
    losses = [epoch.loss for epoch in training.history] + [training.loss]
    assert training.epochs == len(losses) - 1 < 100
    assert losses[-4] * (1 - 1e-3) <= losses[-1] <= losses[-4]


@pytest.mark.parametrize("backend", ["interpreter", "llvm"])
def test_a_loss_that_turns_nan_leaves_the_last_good_parameters(backend: str) -> None:
    text = "w*w < 1 ? w*w : sqrt(-w*w)"
    training = run(backend, text, {"w": 0.5}, params=["w"], lr=1.7, epochs=100_000)
    assert training.stopped == "non-finite"
    good = training.last_good
    assert good is not None
    assert good.epoch == training.epochs - 1
    assert training.history[-1] == good
    assert any("sqrt" in note for note in training.notes)
    assert training.notes[-1].startswith(f"the last good parameters, before update {good.epoch}: w=")


def test_every_keeps_what_it_says_in_compiled_blocks() -> None:
    training = run("llvm", "param w = 0; (w - 2)*(w - 2)", {}, epochs=100_000, every=30_000, lr=1e-6)
    assert [epoch.epoch for epoch in training.history] == [0, 30_000, 60_000, 90_000]
    assert training.epochs == 100_000
