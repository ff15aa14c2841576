"""The compiled loops: the bits of the plain ones, on any number of threads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import exprgrad
from exprgrad.backends.engine import Engine
from exprgrad.jobs.train.optimizers.table import OPTIMIZERS
from exprgrad.jobs.train.result import Training
from tests.expressions import texts

DRAW = np.random.default_rng(3)
X = DRAW.normal(size=5003)
Y = 2 * X + 1 + 0.1 * DRAW.normal(size=5003)
LINE = "(w*x + b - y)*(w*x + b - y)"


def run(backend: str, text: str, bindings: dict[str, Any], **wishes: Any) -> Training:
    return exprgrad.train(text, bindings, engine=Engine(backend, 2), **wishes)


def bits(training: Training) -> list[tuple[Any, ...]]:
    epochs = [*training.history, training.final]
    return [(e.epoch, e.loss.hex(), *(v.hex() for v in (*e.parameters.values(), *e.gradient.values()))) for e in epochs]


@given(text=texts(["add", "sub", "mul", "div"]), optimizer=st.sampled_from(sorted(OPTIMIZERS)), clip=st.booleans())
@settings(max_examples=60)
def test_compiled_epochs_have_the_bits_of_the_loop(text: str, optimizer: str, clip: bool) -> None:
    """On + - * / and the root that an optimizer takes. (Signs of zeros and of nan aside.)"""
    bindings = {"x": 0.5, "y": -1.5, "z": 2.0}
    parameters = [name for name in exprgrad.parse(text).variables if name != "z"] or None
    if parameters is None:
        return
    bound = {name: bindings[name] for name in exprgrad.parse(text).variables}
    wishes: dict[str, Any] = {
        "epochs": 20,
        "optimizer": optimizer,
        "clip_norm": 1.5 if clip else None,
        "accumulate_gradients": clip,
        "bound": {parameters[0]: (-2.0, 2.0)},
    }
    ours, theirs = (run(backend, text, bound, params=parameters, **wishes) for backend in ("llvm", "interpreter"))
    assert list(ours.history) == list(theirs.history)
    assert ours.stopped == theirs.stopped
    if ours.stopped == "epochs":
        assert ours.final == theirs.final


@pytest.mark.parametrize("rows", [1, 7, 8, 1000, 4096, 5003])
@pytest.mark.parametrize("size", [None, 1, 3, 64, 1000, 4100])
@pytest.mark.parametrize("text", [LINE, f"mean({LINE}) + 0.1*w*w", "sum(w*x - y)*b/count(x)"])
def test_compiled_minibatches_have_the_bits_of_the_loop(rows: int, size: int | None, text: str) -> None:
    if rows // (size or rows) > 100:
        rows = 100 * (size or rows)
    bindings: dict[str, Any] = {"x": X[:rows], "y": Y[:rows], "w": 0.5, "b": 0.25}
    wishes: dict[str, Any] = {"epochs": 2, "batch_size": size, "optimizer": "adam", "lr": 0.1, "seed": 4}
    assert bits(run("llvm", text, bindings, **wishes)) == bits(run("interpreter", text, bindings, **wishes))


def test_threads_and_repetition_leave_the_bits() -> None:
    bindings: dict[str, Any] = {"x": X, "y": Y, "w": 0.5, "b": 0.25}
    found = [
        bits(exprgrad.train(LINE, bindings, epochs=3, batch_size=500, seed=9, engine=Engine("auto", threads)))
        for threads in (1, 1, 2, 5)
    ]
    assert found[0] == found[1] == found[2] == found[3]
    assert found[0] != bits(exprgrad.train(LINE, bindings, epochs=3, batch_size=500, seed=8))
