"""Training and fits on a cluster: the bits of one machine, whatever the number of workers."""

from __future__ import annotations

import random
from functools import partial
from itertools import pairwise
from math import exp
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import exprgrad
from exprgrad.backends.engine import Engine
from exprgrad.cluster.backend import Resident
from exprgrad.cluster.connect import connected
from exprgrad.cluster.settings import Settings
from exprgrad.data.between.resident import held
from exprgrad.data.checkpoints.document import read
from exprgrad.data.parts.divide import divide
from exprgrad.data.parts.files import matching
from exprgrad.data.source import TableSource
from exprgrad.data.table import open_table
from exprgrad.errors import UsageError
from exprgrad.jobs.train.saved.checkpoints import FORM, Checkpoints
from exprgrad.observer import Observer

HEADERS = {"x": "x", "y": "y"}
START = {"a": 1.0, "b": 1.0, "c": 0.0}
ROWS = 420_000
"""So many that a fit folds sums."""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> TableSource:
    """Twenty files of unequal size."""
    folder, values = tmp_path_factory.mktemp("files"), random.Random(5)
    edges = sorted([0, ROWS, *values.sample(range(1, ROWS), 19)])
    for k, (first, last) in enumerate(pairwise(edges)):
        x = [10 * values.random() for _ in range(last - first)]
        y = [2.5 * exp(-0.7 * at) + 0.5 + values.gauss(0, 0.1) for at in x]
        pq.write_table(pa.table({"x": x, "y": y}), folder / f"part-{k:02}.parquet")
    return TableSource(open_table(matching([f"{folder}/*.parquet"])), HEADERS)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_the_bits_are_those_of_one_machine(source: TableSource, workers: int) -> None:
    model, formula = exprgrad.parse("(a*exp(-b*x) + c - y)^2"), exprgrad.parse("y ~ a*exp(-b*x) + c", formula=True)
    own = held(source, ["x", "y"], None)
    with connected(Settings(f"local:{workers}"), lambda message: None) as connection:
        engine = Engine(cluster=Resident(connection, divide(source.table), HEADERS, "error"))
        for optimizer in ("adam", "lbfgs"):
            settings = {"epochs": 5, "optimizer": optimizer, "every": 1}
            far = model.train(START, data=source, engine=engine, **settings)
            assert far.history[:] == model.train(START, data=source, **settings).history[:]
            assert far.final == model.train(START, data=source, **settings).final
        assert formula.fit(START, data=source, engine=engine) == formula.fit(START, data=own)
        if workers == 1:
            with pytest.raises(UsageError, match="batch_size"):
                model.train(START, data=source, engine=engine, batch_size=100)


def test_few_rows_are_trained_to_the_bits_of_compiled_loops(tmp_path: Path) -> None:
    """With numbers of which compiled functions give other bits than the interpreter's, and resumed elsewhere."""
    values = random.Random(2)
    for k in range(3):
        rows = [f"{values.gauss(0, 1)!r},{values.gauss(1, 2)!r}\n" for _ in range(2000 * k + 37)]
        (tmp_path / f"{k}.csv").write_text("x,y\n" + "".join(rows))
    few = TableSource(open_table(matching([f"{tmp_path}/*.csv"])), HEADERS)
    model, start = exprgrad.parse("log(exp(s) + gamma(2 + m)) + ((y - m*x - atan(b))/exp(s))^2/2"), (0.3, -0.2, 0.1)
    with connected(Settings("local:2"), lambda message: None) as connection:
        resident = Resident(connection, divide(few.table), HEADERS, "error")
        for backend, epochs in [("auto", 500), ("llvm", 30), ("interpreter", 10)]:
            wishes = {"epochs": epochs, "lr": 0.01, "optimizer": "adam", "data": few}
            near, far = (
                partial(model.train, dict(zip("smb", start, strict=True)), engine=engine, **wishes)
                for engine in (Engine(backend), Engine(backend, cluster=resident))
            )
            final, file = near().final, str(tmp_path / "run.json")
            for first, second, every in [(near, far, epochs - 9), (far, near, 9)]:
                with pytest.raises(KeyboardInterrupt):
                    first(checkpoints=Checkpoints(file, every=every), observer=Interrupted())
                assert read(file, FORM)["state"]["epoch"] < epochs
                assert second(checkpoints=Checkpoints(file, resume=True)).final == final


class Interrupted(Observer):
    def progress(self, step: int, loss: float) -> None:
        if step >= 9:
            raise KeyboardInterrupt


def test_there_are_files(source: TableSource) -> None:
    assert len(divide(source.table)) == 20
    assert all(Path(part.path).exists() for part in divide(source.table))
