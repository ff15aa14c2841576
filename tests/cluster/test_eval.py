"""Reductions on a cluster: the bits of one machine, also where workers die on the way."""

from __future__ import annotations

import gc
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Timer
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import exprgrad
from exprgrad.backends.engine import Engine
from exprgrad.cluster import loaded, tree
from exprgrad.cluster.backend import Resident
from exprgrad.cluster.connect import connected
from exprgrad.cluster.connection import Connection
from exprgrad.cluster.settings import Settings
from exprgrad.columns.subtrees import Subtree
from exprgrad.data.parts.divide import divide
from exprgrad.data.parts.files import matching
from exprgrad.data.parts.part import Part, load
from exprgrad.data.source import TableSource
from exprgrad.data.table import open_table
from exprgrad.data.text import lines
from exprgrad.errors import ClusterError, DataError, UsageError
from tests.cluster.machines import processes
from tests.handing import evaluated

LOSS = "mean(softplus(-y*(w*x + b))) + std(x)*w + largest(y) + count(x)"
NUMBERS = {"w": 0.3, "b": -0.1}
HEADERS = {"x": "x", "y": "y"}
SIZES = [1, 5000, 0, 10000, 4095, 4096, 123, 7777, 1, 1, 30000, 3, 20000, 8192, 9999, 1234, 4321, 100, 40000, 2]

notes: list[str] = []


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    with connected(Settings("local:2"), notes.append) as connection:
        yield connection


@pytest.fixture
def cluster(connection: Connection) -> Connection:
    """Both workers are there, though the test before may have killed them."""
    wait_for(lambda: len(processes(connection)) == 2)
    return connection


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Twenty files of unequal size, one without rows; the last but one with three row groups."""
    folder = tmp_path_factory.mktemp("files")
    values = random.Random(3)
    for k, size in enumerate(SIZES):
        table = pa.table(
            {
                "x": pa.array([values.gauss(0, 1) * 10 ** values.randint(-3, 3) for _ in range(size)], pa.float64()),
                "y": pa.array([values.choice([-1.0, 1.0]) for _ in range(size)], pa.float64()),
            }
        )
        pq.write_table(table, folder / f"part-{k:02}.parquet", row_group_size=15_000)
    return matching([f"{folder}/part-*.parquet"])


def computed(
    files: list[str], connection: Connection | None, text: str = LOSS, nulls: str = "error", backend: str = "auto"
) -> exprgrad.results.Evaluation:
    expression = exprgrad.parse(text)
    table = open_table(files, nulls=nulls)
    source = TableSource(table, {name: name for name in HEADERS if name in expression.variables})
    resident = Resident(connection, divide(table), HEADERS, nulls) if connection else None
    numbers = {name: number for name, number in NUMBERS.items() if name in expression.variables}
    return evaluated(expression, numbers, data=source, engine=Engine(backend, cluster=resident))


@pytest.mark.parametrize("text", [LOSS, "prod(x)/norm(y)", "logsumexp(x*y)", "count(x)"])
@pytest.mark.parametrize("backend", ["llvm", "interpreter"])
def test_the_bits_are_those_of_one_machine(cluster: Connection, files: list[str], text: str, backend: str) -> None:
    chosen = files if backend == "llvm" else files[:5]
    assert computed(chosen, cluster, text, backend=backend) == computed(chosen, None, text, backend=backend)


def test_rows_without_a_number_are_those_of_each_pass(cluster: Connection, tmp_path: Path) -> None:
    for k in range(3):
        (tmp_path / f"{k}.csv").write_text("x,y\n1,\n2,3\n,4\n" + "7,8\n" * 5000 * k)
    files, text = matching([f"{tmp_path}/*.csv"]), "sum((x - mean(x))*y)"
    for nulls in ("skip", "nan"):
        assert repr(computed(files, cluster, text, nulls)) == repr(computed(files, None, text, nulls))


@pytest.mark.parametrize("moment", [0.0, 0.05, 0.3])
def test_a_worker_that_is_killed_changes_nothing(cluster: Connection, files: list[str], moment: float) -> None:
    expected = computed(files, None)
    notes.clear()
    victim = processes(cluster)[0]
    timer = Timer(moment, os.kill, (victim, signal.SIGKILL))
    timer.start()
    until = time.monotonic() + 2
    while time.monotonic() < until or len(processes(cluster)) < 2:
        assert computed(files, cluster) == expected
    timer.join()
    assert victim not in processes(cluster)
    assert [note for note in notes if "was lost: what it held is loaded again" in note]
    assert notes[-1].endswith("was taken over")


def wait_for(happened: Callable[[], bool]) -> None:
    """What others do takes them a moment."""
    until = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < until
        gc.collect()  # what other tests held on the workers goes with what held it here
        time.sleep(0.05)


def holders(cluster: Connection) -> list[int]:
    """How many leaves and branches each worker has."""
    return sorted(cluster.client.run(lambda dask_worker: len(dask_worker.state.actors)).values())


def test_a_tree_of_workers_folds_as_one(cluster: Connection, files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    slots = cluster.slots
    monkeypatch.setattr(cluster, "slots", lambda: [*slots() * 5][:9])
    monkeypatch.setattr(loaded, "_FAN", 2)
    expression, point = exprgrad.parse(LOSS), NUMBERS
    table = open_table(files)
    source = TableSource(table, HEADERS)
    engine = Engine(cluster=Resident(cluster, divide(table), HEADERS, "error"))
    expected = computed(files, None)
    assert evaluated(expression, point, data=source, engine=engine) == expected
    wait_for(lambda: sum(holders(cluster)) == 9 + 5 + 3 + 2)  # when those of other tests are gone
    cluster.client.run(_break)
    assert evaluated(expression, point, data=source, engine=engine) == expected
    os.kill(processes(cluster)[0], signal.SIGKILL)
    for _ in range(5):
        assert evaluated(expression, point, data=source, engine=engine) == expected


def test_where_all_workers_are_killed_others_have_their_rows(cluster: Connection, files: list[str]) -> None:
    source = TableSource(open_table(files), HEADERS)
    engine = Engine(cluster=Resident(cluster, divide(source.table), HEADERS, "error"))
    expression, expected = exprgrad.parse(LOSS), computed(files, None)
    assert evaluated(expression, NUMBERS, data=source, engine=engine) == expected
    for pid in processes(cluster):
        os.kill(pid, signal.SIGKILL)
    assert evaluated(expression, NUMBERS, data=source, engine=engine) == expected


def _break(dask_worker: Any) -> None:
    """The next request from this worker to another meets a broken connection."""
    pool, real = dask_worker.rpc, type(dask_worker.rpc).connect

    async def connect(address: str, timeout: float | None = None) -> Any:
        pool.connect = partial(real, pool)
        raise OSError("broken")

    pool.connect = connect


def test_what_is_loaded_again_has_to_be_what_it_was(cluster: Connection, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("x\n" + "1\n" * 100)
    expression, table = exprgrad.parse("sum(x)"), open_table([str(file)])
    source = TableSource(table, {"x": "x"})
    engine = Engine(cluster=Resident(cluster, divide(table), {"x": "x"}, "error"))
    assert evaluated(expression, {}, data=source, engine=engine).rows[-1].value == 100
    for text, message in [("2", "has changed since it was loaded; a worker was lost"), ("a", 'row 1, column "x": "a"')]:
        file.write_text("x\n" + f"{text}\n" * 100)
        workers = set(cluster.client.nthreads())
        for pid in processes(cluster):
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda lost=workers: len(set(cluster.client.nthreads()) - lost) == 2)
        with pytest.raises(DataError, match=message):
            evaluated(expression, {}, data=source, engine=engine)


def test_rows_that_kill_whoever_folds_them_are_given_up(
    cluster: Connection, files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Deadly(tree.Leaf):
        def fold(self, question: tree.Question) -> list[Subtree]:
            os.kill(os.getpid(), signal.SIGKILL)
            return []

    monkeypatch.setattr(loaded, "Leaf", Deadly)
    with pytest.raises(ClusterError, match="4 workers died over the same part of the data; did they run out of memo"):
        computed(files[:1], cluster)


def test_workers_that_come_get_rows_and_those_that_go_lose_none(files: list[str]) -> None:
    expected = computed(files, None)
    expression = exprgrad.parse(LOSS)
    with connected(Settings("local:1"), notes.append) as cluster:
        table = open_table(files)
        source = TableSource(table, HEADERS)
        engine = Engine(cluster=Resident(cluster, divide(table), HEADERS, "error"))
        for workers, held in ((1, [1]), (3, [1, 1, 1]), (1, [3]), (2, [1, 1])):
            cluster.client.cluster.scale(workers)
            wait_for(lambda workers=workers: len(processes(cluster)) == workers)
            assert evaluated(expression, NUMBERS, data=source, engine=engine) == expected
            wait_for(lambda held=held: holders(cluster) == held)


def test_a_bad_row_is_named_as_on_one_machine(cluster: Connection, tmp_path: Path) -> None:
    for k in range(3):
        (tmp_path / f"{k}.csv").write_text("x,y\n" + "1,2\n" * 5000 + ("3,four\n" if k else "3,4\n"))
    files = matching([f"{tmp_path}/*.csv"])
    messages = []
    for connection in (cluster, None):
        with pytest.raises(DataError) as caught:
            computed(files, connection)
        messages.append(str(caught.value))
    assert messages == [f'{tmp_path}/1.csv, row 5001, column "y": "four" is not a number'] * 2


def test_a_text_is_divided(cluster: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "PART", 20_000)
    values = random.Random(4)
    names = ["", "plain", '5" pipe', '"a, b"', '"a\n1,2,3\n"', '"""\n1,2,3\r\n"""']
    rows = [f"{values.choice(names)},{values.gauss(0, 1)},{values.choice(['1', '-1', ''])}\n" for _ in range(20_000)]
    path = tmp_path / "d.csv"
    path.write_text("".join(["name,x,y\n", *rows]), newline="")
    assert len(divide(open_table([str(path)]))) > 20
    for nulls in ("skip", "nan"):
        assert repr(computed([str(path)], cluster, nulls=nulls)) == repr(computed([str(path)], None, nulls=nulls))
    path.write_text("".join(["name,x,y\n", *rows[:15_000], ",1,one\n", *rows[15_000:], ",1\n"]), newline="")
    messages = []
    for connection in (cluster, None):
        with pytest.raises(DataError) as caught:
            computed([str(path)], connection, nulls="skip")
        messages.append(str(caught.value))
    assert messages == [f'{path}, row 15001, column "y": "one" is not a number'] * 2


def test_a_bad_row_of_a_row_group_counts_from_the_start_of_the_file(tmp_path: Path) -> None:
    column = [1.0] * 600_000 + [None]
    pq.write_table(pa.table({"x": column}), tmp_path / "x.parquet", row_group_size=150_000)
    found = divide(open_table([str(tmp_path / "x.parquet")]))
    assert [part.bounds for part in found] == [(0, 2), (2, 4), (4, 5)]
    with pytest.raises(DataError, match=r"x\.parquet, row 600001, column \"x\": null"):
        load(found[-1], {"x": "x"}, "error")


def test_a_file_that_a_worker_does_not_see_is_named_with_the_host(cluster: Connection, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.csv cannot be read on the worker .*: No such file"):
        Resident(cluster, [Part(f"{tmp_path}/gone.csv", "gone.csv", 4, None, 1.0)], HEADERS, "error").rows(["x"])
    (tmp_path / "other.csv").write_text("x\n1\n")
    with pytest.raises(DataError, match=r"other\.csv has 4 bytes on the worker .*, and 5 here"):
        Resident(cluster, [Part(f"{tmp_path}/other.csv", "other.csv", 5, None, 1.0)], HEADERS, "error").rows(["x"])


def test_a_column_is_not_given_out(cluster: Connection, files: list[str]) -> None:
    with pytest.raises(UsageError, match=r"x\^2 is a column, one number a row, and a cluster folds rows to numbers"):
        computed(files, cluster, "x^2")
