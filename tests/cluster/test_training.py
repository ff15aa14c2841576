"""Training and fits on a cluster: the bits of one machine, whatever the number of workers."""

from __future__ import annotations

import random
from itertools import pairwise
from math import exp
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import exprgrad
from exprgrad.backends.prepared import Engine
from exprgrad.cluster.backend import Resident
from exprgrad.cluster.connection import connected
from exprgrad.cluster.settings import Settings
from exprgrad.data.resident import held
from exprgrad.data.shards import matching, parts
from exprgrad.data.source import TableSource
from exprgrad.data.table import open_table
from exprgrad.errors import UsageError

HEADERS = {"x": "x", "y": "y"}
START = {"a": 1.0, "b": 1.0, "c": 0.0}
ROWS = 420_000
"""So many that a fit folds sums."""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> TableSource:
    """Twenty files of unequal size."""
    folder, values = tmp_path_factory.mktemp("shards"), random.Random(5)
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
        engine = Engine(cluster=Resident(connection, parts(source.table), HEADERS, "error"))
        for optimizer in ("adam", "lbfgs"):
            settings = {"epochs": 5, "optimizer": optimizer, "every": 1}
            far = model.train(START, data=source, engine=engine, **settings)
            assert far.history[:] == model.train(START, data=source, **settings).history[:]
            assert far.final == model.train(START, data=source, **settings).final
        assert formula.fit(START, data=source, engine=engine) == formula.fit(START, data=own)
        if workers == 1:
            with pytest.raises(UsageError, match="--batch-size"):
                model.train(START, data=source, engine=engine, batch_size=100)


def test_there_are_files(source: TableSource) -> None:
    assert len(parts(source.table)) == 20
    assert all(Path(part.path).exists() for part in parts(source.table))
