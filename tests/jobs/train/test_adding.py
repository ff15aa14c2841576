"""An optimizer is one row: added at run time as the page says, it trains everywhere, to the same bits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exprgrad
from exprgrad.backends.engine import Engine
from exprgrad.cli.process import execute
from exprgrad.jobs.train.optimizers import table
from exprgrad.jobs.train.optimizers.table import Memory, Optimizer, Setting
from exprgrad.jobs.train.saved.checkpoints import Checkpoints

PAGE = Path(__file__).parents[3] / "docs" / "adding-an-optimizer.md"
NADAM = Optimizer(
    name="nadam",
    doc="adam with the momentum of nesterov",
    source="Dozat 2016, ICLR Workshop",
    parameter="p - rate*(beta1*m/(1 - beta1*c) + (1 - beta1)*g/(1 - c))/(sqrt(v/(1 - d)) + epsilon)",
    memory=(
        Memory("m", 0.0, "beta1*m + (1 - beta1)*g"),
        Memory("v", 0.0, "beta2*v + (1 - beta2)*g*g"),
        Memory("c", 1.0, "beta1*c"),
        Memory("d", 1.0, "beta2*d"),
    ),
    settings={"beta1": Setting(0.9, below=1.0), "beta2": Setting(0.999, below=1.0), "epsilon": Setting(1e-8)},
)
LINE = "(w*x + b - y)*(w*x + b - y)"
DRAW = np.random.default_rng(7)
X = DRAW.normal(size=1003)
COLUMNS: dict[str, Any] = {"x": X, "y": 2 * X + 1, "w": 0.5, "b": 0.25}
NUMBERS: dict[str, Any] = {"x": 2.0, "y": 3.0, "w": 0.5, "b": 0.25}


@pytest.fixture
def nadam() -> Iterator[Optimizer]:
    table.register(NADAM)
    yield NADAM
    del table.OPTIMIZERS["nadam"]


def test_the_page_shows_this_row() -> None:
    (shown,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    source = Path(__file__).read_text("utf-8")
    assert re.sub(r"\s", "", shown) in re.sub(r"\s", "", source)


def test_it_is_unknown_before() -> None:
    with pytest.raises(exprgrad.UsageError, match="there is no optimizer 'nadam'; did you mean adam"):
        exprgrad.train("(w-2)^2", {"w": 0.0}, ["w"], optimizer="nadam")


def test_it_follows_its_paper(nadam: Optimizer) -> None:
    training = exprgrad.train("(w-2)^2", {"w": 0.0}, ["w"], optimizer="nadam,beta1=0.8", epochs=20, lr=0.1)
    w, m, v = 0.0, 0.0, 0.0
    for t, epoch in enumerate(training.history, 1):
        assert epoch.parameters["w"] == pytest.approx(w, rel=1e-12)
        g = 2 * (w - 2)
        m, v = 0.8 * m + 0.2 * g, 0.999 * v + 0.001 * g * g
        ahead = 0.8 * m / (1 - 0.8 ** (t + 1)) + 0.2 * g / (1 - 0.8**t)
        w -= 0.1 * ahead / (sqrt(v / (1 - 0.999**t)) + 1e-8)
    assert training.parameters["w"] == pytest.approx(w, rel=1e-12)


def bits(backend: str, bindings: dict[str, Any], **settings: Any) -> list[tuple[Any, ...]]:
    """The epochs of a run on a backend, in hexadecimal."""
    engine = Engine(backend, 2)
    training = exprgrad.train(LINE, bindings, ["w", "b"], optimizer="nadam", engine=engine, **settings)
    epochs = [*training.history, training.final]
    return [(e.epoch, e.loss.hex(), *(v.hex() for v in (*e.parameters.values(), *e.gradient.values()))) for e in epochs]


@pytest.mark.parametrize(
    ("bindings", "batch_size"),
    [(NUMBERS, None), (COLUMNS, None), (COLUMNS, 100)],
    ids=["numbers", "rows", "minibatches"],
)
def test_it_has_the_same_bits_on_both_backends(
    nadam: Optimizer, bindings: dict[str, Any], batch_size: int | None
) -> None:
    settings: dict[str, Any] = {"epochs": 30, "lr": 0.1, "batch_size": batch_size, "clip_norm": 2.0}
    ours, theirs = (bits(backend, bindings, **settings) for backend in ("llvm", "interpreter"))
    assert ours == theirs
    assert ours[-1] != ours[0]


def test_a_checkpoint_keeps_what_it_remembers(nadam: Optimizer, tmp_path: Path) -> None:
    file = str(tmp_path / "c.json")
    whole = bits("llvm", COLUMNS, epochs=9)
    bits("llvm", COLUMNS, epochs=4, checkpoints=Checkpoints(file))
    assert bits("llvm", COLUMNS, epochs=9, checkpoints=Checkpoints(file, resume=True)) == whole[4:]


def test_the_command_line_knows_it(nadam: Optimizer, capfd: pytest.CaptureFixture[str]) -> None:
    line = ["train", "(w-2)^2", "--w", "0", "--params", "w", "--epochs", "1", "--optimizer"]
    assert execute([*line, "nadam"]) == 0
    assert capfd.readouterr().out.splitlines()[0] == "0\t4\t0\t-4"
    assert execute([*line, "nadam,beta1=1"]) == 2
    assert "beta1 of nadam must be at least 0 and below 1, not 1" in capfd.readouterr().err
    assert execute([*line, "nadam,gamma=1"]) == 2
    assert "the optimizer nadam has no setting 'gamma'; it has beta1, beta2, epsilon" in capfd.readouterr().err


def test_a_name_can_be_taken_once(nadam: Optimizer) -> None:
    with pytest.raises(ValueError, match="defined twice"):
        table.register(nadam)
