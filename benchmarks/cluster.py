"""`python -m benchmarks.cluster [--write]`: what a pass on a cluster costs, beside dask.array on the same workers.

A pass gives the loss of a logistic regression with its gradient over columns that are resident on local workers
of one thread each. Seconds are medians; runs that are compared take turns, as the machine may have other work.
`--write` puts all that is printed into docs/cluster.md.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from argparse import ArgumentParser
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

import exprgrad
from benchmarks import page
from exprgrad.autodiff.columns import column_derivatives
from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.cluster.backend import Resident
from exprgrad.cluster.connect import connected
from exprgrad.cluster.connection import Connection
from exprgrad.cluster.loaded import _FAN
from exprgrad.cluster.settings import Settings
from exprgrad.cluster.tree import Branch, Question
from exprgrad.columns.subtrees import Subtree, joining, spans, whole
from exprgrad.data.parts.divide import divide
from exprgrad.data.parts.files import matching
from exprgrad.data.source import TableSource
from exprgrad.data.table import open_table

LOSS = "mean(softplus(-y*(v*x + w*z + b)))"
POINT = {"v": 0.3, "w": -0.2, "b": 0.1}
COLUMNS = {"x": "x", "z": "z", "y": "y"}
ROWS = 20_000_000
PARTS = 20
SMALL = (1, 4, 16, 64, 256)
LARGEST = 100_000
"""Workers that the model looks at, at the most."""

Pass = Callable[[], object]
Say = Callable[[str], None]


def write(folder: Path, rows: int, count: int) -> list[str]:
    """Files of random columns, `rows` in each."""
    values = np.random.default_rng(7)
    for k in range(count):
        x, z = values.normal(size=rows), values.normal(size=rows)
        y = np.where(x + 0.5 * values.normal(size=rows) > 0, 1.0, -1.0)
        pq.write_table(pa.table({"x": x, "z": z, "y": y}), folder / f"{k:03}.parquet", compression=None)
    return matching([f"{folder}/*.parquet"])


def prepared(files: list[str], connection: Connection | None) -> Pass:
    """A pass over the files, on a cluster or, over columns in memory, on one thread of this process."""
    expression = exprgrad.parse(LOSS)
    graph, output = expression.model.graph.copy(), expression.model.output
    inputs = graph.inputs()
    slopes = column_derivatives(graph, output, [inputs[name] for name in POINT], COLUMNS)
    table = open_table(files)
    source: Any = TableSource(table, COLUMNS)
    cluster = Resident(connection, divide(table), COLUMNS, "error") if connection else None
    if connection is None:
        from exprgrad.data.between.resident import held

        source = held(source, list(COLUMNS), 1 << 40)
    work = Prepared(graph, [output, *slopes], source, Engine("llvm", 1, cluster))
    return lambda: work.run(source, POINT).values


def by_hand(files: list[str], connection: Connection) -> Pass:
    """The same in dask.array, with the columns persisted in the workers' memory."""
    from dask import array
    from dask.delayed import delayed
    from distributed import wait

    da: Any = array

    def column(name: str) -> Any:
        sizes = [pq.read_metadata(file).num_rows for file in files]
        blocks = [
            da.from_delayed(delayed(read)(file, name), (size,), float) for file, size in zip(files, sizes, strict=True)
        ]
        return da.concatenate(blocks)

    client: Any = connection.client
    x, z, y = client.persist([column(name) for name in COLUMNS])
    wait([x, z, y])

    def once() -> object:
        score = -y * (POINT["v"] * x + POINT["w"] * z + POINT["b"])
        loss = (da.maximum(score, 0) + da.log1p(da.exp(-abs(score)))).mean()
        slope = -y / (1 + da.exp(-score))
        return client.gather(client.compute([loss, (slope * x).mean(), (slope * z).mean(), slope.mean()]))

    return once


def read(file: str, name: str) -> Any:
    """A column of a file as an array, on a worker."""
    return pq.read_table(file, columns=[name]).column(0).to_numpy()


def timed(runs: Mapping[str, Pass], times: int) -> dict[str, float]:
    """The median seconds of each, taking turns; the first run of each does not count."""
    for run in runs.values():
        run()
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(times):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            found[name].append(time.perf_counter() - start)
    return {name: median(seconds) for name, seconds in found.items()}


def busy(connection: Connection, run: Pass, times: int) -> float:
    """The processor seconds that a pass takes the worker with the most to do: what other work on the machine
    does not add to."""
    client: Any = connection.client
    before = client.run(time.process_time)
    for _ in range(times):
        run()
    after = client.run(time.process_time)
    return float(max(after[worker] - before[worker] for worker in before)) / times


@contextmanager
def workers(count: int) -> Iterator[Connection]:
    """Local workers."""
    with connected(Settings(f"local:{count}"), lambda message: print(message, file=sys.stderr)) as connection:
        yield connection


def overhead(say: Say) -> tuple[float, float]:
    """Print a pass over parts of a single block; the seconds that a pass takes beside its rows, and of these those
    that it takes to ask one worker."""
    say("parts of 4,096 rows, two workers:        ms a pass")
    seconds = []
    with workers(2) as two, tempfile.TemporaryDirectory() as folder:
        files = write(Path(folder), 4096, max(SMALL))
        for count in SMALL:
            seconds.append(timed({"": prepared(files[:count], two)}, 31)[""])
            say(f"{count:33,} {1e3 * seconds[-1]:17.1f}")
        call = asking(two)
    slope, constant = np.polyfit(SMALL, seconds, 1, w=1 / np.array(seconds))
    say(f"a pass costs {1e3 * constant:.1f} ms + {1e3 * slope:.2f} ms a part; to ask a worker, {1e3 * call:.2f} ms\n")
    return float(constant), call


def asking(connection: Connection, count: int = 64) -> float:
    """The processor seconds that it takes to ask one of many, who have nothing to do but to answer."""
    promises = [connection.submit(Branch, [], stays=True) for _ in range(count)]
    actors = connection.settled(promises)
    question = [Question(0, 0, dict.fromkeys(range(3), 1.0), ["add"] * 4)]
    connection.asked(actors, "fold", question, promises)
    start = time.process_time()
    for _ in range(10):
        connection.asked(actors, "fold", question, promises)
    return (time.process_time() - start) / (10 * count)


def resident(say: Say) -> float:
    """Print passes over all rows, by one worker and by two; the seconds a row takes one of them."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        files = write(Path(folder), ROWS // PARTS, PARTS)
        one, two = stack.enter_context(workers(1)), stack.enter_context(workers(2))
        runs = {
            "this process, one thread": prepared(files, None),
            "one worker": prepared(files, one),
            "two workers": prepared(files, two),
            "dask.array, two workers": by_hand(files, two),
        }
        answers = [np.array(run(), float) for run in runs.values()]
        assert all(np.array_equal(answers[0], answer) for answer in answers[:3])
        assert np.allclose(answers[0], answers[3], rtol=1e-12, atol=1e-12)
        found = timed(runs, 15)
        alone = busy(one, runs["one worker"], 7)
        shared = busy(two, runs["two workers"], 7)
    say(f"{ROWS:,} rows resident in {PARTS} parts:    s a pass   ns a row")
    for name, seconds in found.items():
        say(f"{name:>38} {seconds:10.3f} {1e9 * seconds / ROWS:10.2f}")
    single, one_worker, two_workers, hand = found.values()
    say(f"two workers: {one_worker / two_workers:.2f} times one; dask.array: {hand / two_workers:.1f} times the time")
    say(f"processor time of the busiest worker: one {alone:.3f} s, of two {shared:.3f} s: {alone / shared:.2f} times")
    say("")
    return single / ROWS


def summation(say: Say) -> float:
    """Print what it takes to fold subtrees; the seconds of each."""
    blocks = 250
    subtrees = [
        Subtree(level, place, (1.0, 2.0, 3.0, 4.0))
        for part in range(1000)
        for level, place in spans(part * blocks, (part + 1) * blocks)
    ]
    seconds = timed({"": lambda: whole(joining(["add"] * 4), subtrees)}, 15)[""]
    say(f"1,000 parts of {blocks * 4096:,} rows have {len(subtrees):,} subtrees: {1e3 * seconds:.1f} ms to fold\n")
    return seconds / 1000


def beside(workers: int, fan: int, constant: float, each: float) -> float:
    """The model: seconds of a pass beside its rows, where each asks so many, one after the other; what is asked on
    one level of the tree is asked at once."""
    seconds = 0.0
    while workers > 1:
        seconds += constant + min(workers, fan) * each
        workers = -(-workers // fan)
    return seconds


def most(rows: int, row: float, fan: int, constant: float, each: float) -> int:
    """The most workers, of so many rows each, with which a pass takes twice its rows' time or less."""
    sizes = range(1, LARGEST)
    return bisect_right(sizes, rows * row, key=lambda workers: beside(workers, fan, constant, each))


def main() -> None:
    """Print all tables, and write them if asked."""
    parser = ArgumentParser(prog="python -m benchmarks.cluster")
    parser.add_argument("--write", action="store_true", help="write what is printed into docs/cluster.md")
    options = parser.parse_args()
    lines: list[str] = []

    def say(line: str) -> None:
        print(line, flush=True)
        lines.append(line)

    say(f"{os.cpu_count()} processors\n")
    constant, call = overhead(say)
    row = resident(say)
    each = call + summation(say)
    ways = {"one asks all": LARGEST, f"a tree of {_FAN}": _FAN}
    say(f"a model: a level of the tree costs {1e3 * constant:.1f} ms + {1e3 * each:.2f} ms for each that one asks")
    say(f"{'workers':>13}" + "".join(f"{name:>15}" for name in ways) + "    ms a pass, beside its rows")
    for workers in (2, 16, 100, 1_000, 10_000):
        times = [1e3 * beside(workers, fan, constant, each) for fan in ways.values()]
        say(f"{workers:13,}" + "".join(f"{ms:15,.1f}" for ms in times))
    say(f"{'rows a worker':>13}" + " " * 33 + "workers at which a pass takes twice its rows' time")
    for rows in (1_000_000, 10_000_000, 100_000_000):
        limits = [most(rows, row, fan, constant, each) for fan in ways.values()]
        shown = [f"{limit:,}" if limit < LARGEST - 1 else f"> {LARGEST:,}" for limit in limits]
        say(f"{rows:13,}" + "".join(f"{text:>15}" for text in shown))
    if options.write:
        page.write("cluster", ["```", *lines, "```"], page.ROOT / "docs" / "cluster.md")


if __name__ == "__main__":
    main()
