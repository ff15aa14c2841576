"""Commands with `--cluster local:2`, of which a worker is killed on the way.

    python -m benchmarks.kills_cluster [--kills 20] [--seed N] [--write]

`train` and `fit` lose a worker (SIGKILL) so many times over, `map` and `eval` half as often: each time in a run of its
own, at a random moment between the first row that is loaded and the end. A kill that comes when the workers are done
is none. All that a run writes has to be what it writes without a cluster; exits 1 if anything differs. `--write` puts
the result into docs/cluster.md.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil  # type: ignore[import-untyped]
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from benchmarks import page

ROWS, PARTS = 5_000_000, 20
_COMMAND = [sys.executable, "-c", "from exprgrad.cli import main; main()"]
_ON_A_CLUSTER = ["--cluster", "local:2"]
_CHECKPOINT = "run.json"
_ROWS = "rows.ndjson"
"""What map writes: a file whose parts are the parts of its bytes."""


class Ended(NamedTuple):
    """A command that has ended."""

    code: int
    output: bytes
    """All that it wrote."""
    messages: str
    lasted: float
    """Seconds since rows were loaded."""
    epoch: int
    """Where training stood when a worker was killed."""

    @property
    def hit(self) -> bool:
        """Whether the kill came while the worker was needed."""
        return "was lost" in self.messages


def write(folder: Path) -> None:
    """Files of unequal size."""
    values = np.random.default_rng(7)
    edges = np.sort([0, ROWS, *values.integers(1, ROWS, PARTS - 1)])
    for k, (first, last) in enumerate(pairwise(edges)):
        x = 10 * values.random(last - first)
        y = 2.5 * np.exp(-0.7 * x) + 1.5 * np.exp(-0.3 * x) + values.normal(size=last - first) * 0.1
        pq.write_table(pa.table({"x": x, "y": y}), folder / f"{k:02}.parquet")


def commands(data: Path) -> dict[str, list[str]]:
    """One of each kind that takes a cluster; each takes it some seconds."""
    model, starts = "a*exp(-b*x) + c*exp(-d*x)", "--a 10 --b 5 --c 1 --d 0.01".split()
    chain = [f"u{k} = mean(sin(a*x - u{k - 1}))" for k in range(1, 61)]
    epochs = f"--optimizer adam --lr 0.01 --epochs 120 --every 20 --checkpoint {_CHECKPOINT} --checkpoint-every 1"
    rows, some = ["--data", f"{data}/*.parquet"], ["--data", f"{data}/0*.parquet"]
    return {
        "train": ["train", f"({model} - y)^2", *rows, *starts, *epochs.split()],
        "fit": ["fit", f"y ~ {model}", *rows, *starts, "--robust", "cauchy"],
        "map": ["map", f"{model} - y", *some, *starts, "--wrt", "a,b,c,d", "-o", _ROWS],
        "eval": ["eval", "; ".join(["u0 = mean(y)", *chain, "std(x)*u60"]), *rows, "--a", "1.5"],
    }


def run(command: list[str], data: Path, folder: Path, draw: random.Random | None = None, lasts: float = 0.0) -> Ended:
    """Run a command in an empty folder, and if there is something to draw from, kill one of its workers so many
    seconds after rows were loaded, or earlier."""
    folder.mkdir()
    program = [*_COMMAND, *command]
    with subprocess.Popen(program, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while "--cluster" in command and process.poll() is None and not any(loads(w, data) for w in workers(process)):
            time.sleep(0.002)
        start, epoch = time.perf_counter(), 0
        if draw is not None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(draw.uniform(0, lasts))
            epoch = stands(folder / _CHECKPOINT)
            with suppress(IndexError, ProcessLookupError):  # at the end of a run there may be none
                os.kill(draw.choice(workers(process)), signal.SIGKILL)
        output, messages = process.communicate(timeout=120)
    lasted = time.perf_counter() - start
    for part in sorted([*folder.glob(_ROWS), *folder.glob(f"{_ROWS}/part-*")]):
        output += part.read_bytes() if part.is_file() else b""
    shutil.rmtree(folder)
    return Ended(process.returncode, output, messages.decode(), lasted, epoch)


def workers(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that a command has started to work for it."""
    found = []
    with suppress(psutil.Error):
        for child in psutil.Process(process.pid).children():
            with suppress(psutil.Error):
                found += [child.pid] if "spawn_main" in " ".join(child.cmdline()) else []
    return found


def loads(worker: int, data: Path) -> bool:
    """Whether a process has one of the files open."""
    with suppress(psutil.Error):
        return any(file.path.startswith(f"{data}/") for file in psutil.Process(worker).open_files())
    return False


def stands(checkpoint: Path) -> int:
    """The epoch of a checkpoint, 0 if there is none."""
    return int(json.loads(checkpoint.read_text("utf-8"))["state"]["epoch"]) if checkpoint.exists() else 0


def lose(kind: str, command: list[str], kills: int, draw: random.Random, data: Path, folder: Path) -> str:
    """Run a command again and again, until so many workers were lost: what happened. Raises AssertionError."""
    far = [*command, *_ON_A_CLUSTER]
    expected, whole = run(command, data, folder), run(far, data, folder)
    assert expected.code == 0, expected.messages
    assert whole[:2] == expected[:2], f"{kind}: other bits on a cluster\n{whole.messages}"
    lost = runs = epochs = 0
    while lost < kills:
        ended = run(far, data, folder, draw, whole.lasted)
        assert ended[:2] == expected[:2], f"{kind}: exit code {ended.code}, other bits\n{ended.messages}"
        runs, lost, epochs = runs + 1, lost + ended.hit, epochs + (ended.hit and ended.epoch > 0)
        when = f"in epoch {ended.epoch}" if ended.epoch else "on the way"
        print(f"{kind} {runs:2}: killed {when if ended.hit else 'at the end'}, {ended.lasted:.1f} s", flush=True)
    where = f", {epochs} of them past the first epoch" if epochs else ""
    return f"- `{kind}`, {whole.lasted:.1f} s of work: {lost} kills{where}; {runs} of {runs} runs with the same bits"


def main() -> None:
    """Print a line for each kill, then what came of them, and write that if asked."""
    parser = ArgumentParser(prog="python -m benchmarks.kills_cluster")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="write the result into docs/cluster.md")
    options = parser.parse_args()
    draw, lines = random.Random(options.seed), []
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        data.mkdir()
        write(data)
        for kind, command in commands(data).items():
            kills = options.kills if kind in ("train", "fit") else -(-options.kills // 2)
            lines.append(lose(kind, command, kills, draw, data, Path(name) / "run"))
    print("", *lines, sep="\n")
    if options.write:
        page.write("kills", lines, page.ROOT / "docs" / "cluster.md")


if __name__ == "__main__":
    main()
